# Losses of the coarse stage on generated faces.
_losses = dict(
    landmark=dict(type="LandmarkLoss", weight=10.0),
    eye=dict(type="EyeClosureLoss", weight=10.0),
    lip=dict(type="LipDistanceLoss", weight=5.0),
    photo=dict(type="PhotometricLoss", weight=2.0),
    shape=dict(type="CodePriorLoss", weight=1e-4),
    exp=dict(type="CodePriorLoss", weight=1e-4),
    tex=dict(type="CodePriorLoss", weight=1e-4),
    light=dict(type="LightPriorLoss", weight=0.1),
    # Generated faces know their true codes; leave these three out for photos.
    neutral=dict(type="VertexDistanceLoss", weight=0.1),
    motion=dict(type="VertexDistanceLoss", weight=1.0),
    expression=dict(type="CodeDistanceLoss", scale=0.25, weight=0.3),
)
