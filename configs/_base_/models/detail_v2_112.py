# Detail stage, the repaired method, at 112 px with a 128 x 128 UV map.
uv_size = 128
afn_dim = 64
model = dict(
    type="DetailReconstructor",
    encoder=dict(
        type="ResnetEncoder",
        out_dim=236,
        depth=18,
        width=32,
        hidden=512,
        init_cfg=dict(type="Pretrained", checkpoint="work_dirs/aucgan_coarse/final.pth", prefix="encoder"),
    ),
    flame=dict(type="FLAME", n_shape=100, n_exp=50),
    flametex=dict(type="FLAMETex", n_tex=50, uv_size=uv_size),
    renderer=dict(type="SRenderY", image_size=112, uv_size=uv_size, rasterizer=dict(type="TorchRasterizer")),
    code_stats=dict(
        shape=dict(std=1.0),
        tex=dict(std=1.0),
        exp=dict(std=0.4),
        pose=dict(mean=[0.0, 0.0, 0.0, 0.1, 0.0, 0.0], std=[0.12, 0.25, 0.09, 0.15, 0.02, 0.02]),
        cam=dict(mean=[8.8, 0.0, 0.015], std=[0.8, 0.02, 0.015]),
        light=dict(mean=[[1.8], [0.0], [0.25], [0.27]] + [[0.0]] * 5, std=0.2),
    ),
    au_net=dict(
        type="MEFARG",
        backbone="resnet_slim",
        dim=afn_dim,
        normalize=True,
        init_cfg=dict(type="Pretrained", checkpoint="work_dirs/aunet_procedural/final.pth", prefix="network"),
    ),
    detail_encoder=dict(type="DetailEncoder", latent_dim=128, input_size=128, base_channels=16),
    generator=dict(
        type="LatentAFNGenerator",
        latent_dim=128,
        afn_dim=afn_dim,
        n_exp=50,
        uv_size=uv_size,
        max_z=0.01,
        base_channels=8,
    ),
    discriminator=dict(type="ProjectionDiscriminator", afn_dim=afn_dim, base_channels=8, max_channels=64),
    patch_size=None,
    losses=dict(
        photo=dict(type="PhotometricLoss", weight=0.05),
        contrast=dict(type="LocalContrastLoss", reach=1, tolerance=0.05, robust=0.05, weight=0.3),
        au=dict(type="AUFeatureLoss", mode="bce", weight=0.02),
        z_reg=dict(type="DisplacementRegLoss", weight=0.005),
        z_diff=dict(type="ShadingSmoothnessLoss", weight=0.005),
        z_sym=dict(type="SymmetryLoss", weight=0.005),
        adv=dict(type="BCELoss", weight=0.005),
        # Generated faces know the true displacement; leave this out for photos.
        displacement=dict(type="DisplacementSupervisionLoss", unit=1e-3, norm="l2", slope=1.0, weight=5.0),
    ),
)
