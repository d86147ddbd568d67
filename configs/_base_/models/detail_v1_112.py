# Detail stage, the method as it stood, at 112 px with a 128 x 128 UV map.
_base_ = [
    "../parts/face_112.py",
    "../parts/code_stats.py",
    "../parts/encoder_112.py",
    "../parts/au_net_112.py",
    "../parts/detail_networks_112.py",
]
_coarse_weights = dict(type="Pretrained", checkpoint="work_dirs/aucgan_coarse/final.pth", prefix="encoder")
model = dict(
    type="DetailReconstructor",
    encoder=dict(**_base_._encoder, init_cfg=_coarse_weights),
    **_base_._face,
    code_stats=_base_._code_stats,
    au_net=_base_._au_net,
    detail_encoder=_base_._detail_encoder,
    generator=dict(
        _base_._generator, type="Generator3", n_exp=_base_.n_exp, afn_dim=_base_.afn_dim, uv_size=_base_.uv_size
    ),
    discriminator=dict(type="ConditionalDiscriminator", afn_dim=_base_.afn_dim, base_channels=16, max_channels=128),
    patch_size=128,
    exchange_photos=True,
    losses=dict(
        photo=dict(type="PhotometricLoss", weight=2.0),
        au=dict(type="LegacyAUFeatureLoss", weight=0.05),
        z_reg=dict(type="DisplacementRegLoss", weight=0.005),
        z_diff=dict(type="ShadingSmoothnessLoss", weight=0.005),
        z_sym=dict(type="SymmetryLoss", reduction="sum", weight=0.005),
        adv=dict(type="BCELoss", real_label=0.9, fake_label=0.1, generator_label=1.0, weight=1.0),
    ),
)
