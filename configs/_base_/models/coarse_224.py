# Coarse stage at the published size: 224 px, ResNet-50, 256 x 256 UV map.
uv_size = 256
model = dict(
    type="CoarseReconstructor",
    encoder=dict(type="ResnetEncoder", out_dim=236, depth=50),
    flame=dict(type="FLAME", n_shape=100, n_exp=50),
    flametex=dict(type="FLAMETex", n_tex=50, uv_size=uv_size),
    renderer=dict(type="SRenderY", image_size=224, uv_size=uv_size, rasterizer=dict(type="TorchRasterizer")),
    code_stats=dict(
        shape=dict(std=1.0),
        tex=dict(std=1.0),
        exp=dict(std=0.4),
        pose=dict(mean=[0.0, 0.0, 0.0, 0.1, 0.0, 0.0], std=[0.12, 0.25, 0.09, 0.15, 0.02, 0.02]),
        cam=dict(mean=[8.8, 0.0, 0.015], std=[0.8, 0.02, 0.015]),
        light=dict(mean=[[1.8], [0.0], [0.25], [0.27]] + [[0.0]] * 5, std=0.2),
    ),
    losses=dict(
        landmark=dict(type="LandmarkLoss", weight=10.0),
        eye=dict(type="EyeClosureLoss", weight=10.0),
        lip=dict(type="LipDistanceLoss", weight=5.0),
        photo=dict(type="PhotometricLoss", weight=2.0),
        shape=dict(type="CodePriorLoss", weight=1e-4),
        exp=dict(type="CodePriorLoss", weight=1e-4),
        tex=dict(type="CodePriorLoss", weight=1e-4),
        light=dict(type="LightPriorLoss", weight=0.1),
        # Generated faces know their true codes; leave these two out for photos.
        neutral=dict(type="VertexDistanceLoss", weight=0.1),
        motion=dict(type="VertexDistanceLoss", weight=1.0),
    ),
)
