# The frozen AU network of the published size, and the width of its features.
afn_dim = 512
_au_net = dict(
    type="MEFARG",
    backbone="resnet50",
    dim=afn_dim,
    normalize=True,
    init_cfg=dict(type="Pretrained", checkpoint="work_dirs/aunet_procedural_224/final.pth", prefix="network"),
)
