# The frozen AU network of the embedded default, and the width of its features.
afn_dim = 64
_au_net = dict(
    type="MEFARG",
    backbone="resnet_slim",
    dim=afn_dim,
    normalize=True,
    init_cfg=dict(type="Pretrained", checkpoint="work_dirs/aunet_procedural/final.pth", prefix="network"),
)
