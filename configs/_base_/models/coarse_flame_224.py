# Coarse stage on FLAME at the published sizes, continued from DECA's weights; the weights of the losses are DECA's.
_base_ = "../parts/face_flame_224.py"
model = dict(
    type="CoarseReconstructor",
    encoder=_base_._encoder,
    **_base_._face,
    losses=dict(
        landmark=dict(type="LandmarkLoss", weight=1.0),
        eye=dict(type="EyeClosureLoss", weight=1.0),
        lip=dict(type="LipDistanceLoss", weight=0.5),
        photo=dict(type="PhotometricLoss", weight=2.0),
        shape=dict(type="CodePriorLoss", weight=1e-4),
        exp=dict(type="CodePriorLoss", weight=1e-4),
        tex=dict(type="CodePriorLoss", weight=1e-4),
        light=dict(type="LightPriorLoss", weight=1.0),
    ),
)
