# The same, then the photo itself: light, albedo and shading of the visible skin.
_base_ = ["face_fitter.py"]
fitter = dict(
    stages=dict(
        photo=dict(
            energies=("points", "lids", "photo", "identity", "expression", "symmetry", "smoothness"),
            iterations=4,
            rounds=2,
        ),
    ),
)
