# Coarse stage at the published size: 224 px, ResNet-50, 256 x 256 UV map.
_base_ = [
    "../parts/face_224.py",
    "../parts/code_stats.py",
    "../parts/encoder_224.py",
    "../parts/coarse_losses.py",
]
model = dict(
    type="CoarseReconstructor",
    encoder=_base_._encoder,
    **_base_._face,
    code_stats=_base_._code_stats,
    losses=_base_._losses,
)
