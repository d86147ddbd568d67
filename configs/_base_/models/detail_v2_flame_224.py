# Detail stage, the repaired method, on FLAME at the published sizes, with DECA's and EMOCA's coarse encoders and
# OpenGraphAU's network of action units.
_base_ = [
    "../parts/face_flame_224.py",
    "../parts/detail_networks_224.py",
    "../parts/detail_v2_losses.py",
]
afn_dim = 512
required_assets = dict(
    e_expression="weights/emoca/e_expression.safetensors",
    au_network="weights/opengraphau.safetensors",
)
model = dict(
    type="DetailReconstructor",
    encoder=_base_._encoder,
    expression_encoder=dict(
        type="EmocaExpressionEncoder",
        out_dim=50,
        init_cfg=dict(type="Pretrained", checkpoint=required_assets["e_expression"]),
    ),
    **_base_._face,
    au_net=dict(
        type="MEFARG",
        backbone="resnet50",
        normalize=True,
        init_cfg=dict(type="Pretrained", checkpoint=required_assets["au_network"]),
    ),
    detail_encoder=_base_._detail_encoder,
    generator=dict(**_base_._generator, n_exp=50, afn_dim=afn_dim, uv_size=256),
    discriminator=dict(**_base_._discriminator, afn_dim=afn_dim),
    patch_size=256,
    losses=dict(
        _base_._losses,
        contrast=dict(_base_._losses.contrast, sigma=8.0, reach=2, weight=2.0),
        au=dict(_base_._losses.au, weight=0.005),
        z_reg=dict(_base_._losses.z_reg, weight=8.0),
    ),
)
