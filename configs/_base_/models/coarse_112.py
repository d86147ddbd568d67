# Coarse stage of the embedded default: 112 px, a slim ResNet-18, 128 x 128 UV map.
_base_ = [
    "../parts/face_112.py",
    "../parts/code_stats.py",
    "../parts/encoder_112.py",
    "../parts/coarse_losses.py",
]
model = dict(
    type="CoarseReconstructor",
    encoder=_base_._encoder,
    **_base_._face,
    code_stats=_base_._code_stats,
    losses=_base_._losses,
)
