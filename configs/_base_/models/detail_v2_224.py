# Detail stage, the repaired method, at the published sizes: 224 px, ResNet-50, 256 x 256 UV map.
_base_ = [
    "../parts/face_224.py",
    "../parts/code_stats.py",
    "../parts/encoder_224.py",
    "../parts/au_net_224.py",
    "../parts/detail_networks_224.py",
    "../parts/detail_v2_losses.py",
]
_coarse_weights = dict(type="Pretrained", checkpoint="work_dirs/aucgan_coarse_224/final.pth", prefix="encoder")
_contrast = dict(_base_._losses.contrast, sigma=8.0, reach=2)
model = dict(
    type="DetailReconstructor",
    encoder=dict(**_base_._encoder, init_cfg=_coarse_weights),
    **_base_._face,
    code_stats=_base_._code_stats,
    au_net=_base_._au_net,
    detail_encoder=_base_._detail_encoder,
    generator=dict(**_base_._generator, n_exp=_base_.n_exp, afn_dim=_base_.afn_dim, uv_size=_base_.uv_size),
    discriminator=dict(**_base_._discriminator, afn_dim=_base_.afn_dim),
    patch_size=256,
    losses=dict(_base_._losses, contrast=_contrast, displacement=_base_._displacement),
)
