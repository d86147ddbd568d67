# Detail stage, the repaired method, at 112 px with a 128 x 128 UV map.
_base_ = [
    "../parts/face_112.py",
    "../parts/code_stats.py",
    "../parts/encoder_112.py",
    "../parts/au_net_112.py",
    "../parts/detail_networks_112.py",
    "../parts/detail_v2_losses.py",
]
_coarse_weights = dict(type="Pretrained", checkpoint="work_dirs/aucgan_coarse/final.pth", prefix="encoder")
model = dict(
    type="DetailReconstructor",
    encoder=dict(**_base_._encoder, init_cfg=_coarse_weights),
    **_base_._face,
    code_stats=_base_._code_stats,
    au_net=_base_._au_net,
    detail_encoder=_base_._detail_encoder,
    generator=dict(**_base_._generator, n_exp=_base_.n_exp, afn_dim=_base_.afn_dim, uv_size=_base_.uv_size),
    discriminator=dict(**_base_._discriminator, afn_dim=_base_.afn_dim),
    patch_size=None,
    exchange_photos=True,
    losses=dict(**_base_._losses, displacement=_base_._displacement),
)
