# Detail stage, wrinkles read from the skin, at 112 px with a 128 x 128 UV map.
_base_ = [
    "../parts/face_112.py",
    "../parts/code_stats.py",
    "../parts/encoder_112.py",
    "../parts/au_net_112.py",
    "../parts/detail_v3_networks_112.py",
]
_coarse_weights = dict(type="Pretrained", checkpoint="work_dirs/aucgan_coarse/final.pth", prefix="encoder")
model = dict(
    type="SkinDetailReconstructor",
    encoder=dict(**_base_._encoder, init_cfg=_coarse_weights),
    **_base_._face,
    code_stats=_base_._code_stats,
    au_net=_base_._au_net,
    detail_encoder=_base_._detail_encoder,
    generator=dict(**_base_._generator, n_exp=_base_.n_exp, uv_size=_base_.uv_size),
    discriminator=dict(**_base_._discriminator, uv_size=_base_.uv_size),
    adversarial_share=0.25,
    patch_size=None,
    exchange_photos=True,
    # Skin is read where it lies: where the true codes are known, as far off as a fit to landmarks is.
    code_noise=dict(shape=0.16, exp=0.02, pose=0.005, cam=0.00027),
    losses=dict(
        displacement=dict(type="DisplacementSupervisionLoss", unit=1e-3, norm="l2", slope=1.0, weight=5.0),
        adv=dict(type="NonSaturatingLoss"),
        r1=dict(type="R1Penalty", unit=1e-3, weight=0.02),
    ),
)
