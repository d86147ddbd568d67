"""The energies and stages of a fit, as ``configs/fitting/face_fitter.py`` names them, too."""

from __future__ import annotations

RARE: dict[str, float] = {
    "mouthSmile": 0.3,
    "mouthDimple": 4.0,
    "mouthPress": 3.0,
    "mouthLeft": 3.0,
    "mouthRight": 3.0,
    "mouthClose": 3.0,
    "mouthRoll": 2.0,
    "mouthShrug": 2.0,
    "mouthStretch": 2.0,
    "noseSneer": 2.0,
    "cheekPuff": 4.0,
    "jawForward": 4.0,
    "jawLeft": 3.0,
    "jawRight": 3.0,
    "AU": 3.0,
}
"""How much dearer than others shapes are, by the beginnings of their names: people smile more often than they puff
their cheeks."""

BESIDE: dict[str, tuple[str, float]] = {"mouthUpperUp": ("mouthSmile", 3.0)}
"""A smile with teeth is a smile: the lip that it raises costs more beside it."""

ENERGIES_OF_A_FIT: dict[str, dict] = {
    "points": dict(type="DensePoints", weight=0.2),
    "lids": dict(type="LidOpening"),
    "identity": dict(type="IdentityPrior"),
    "expression": dict(type="ExpressionPrior", weight=3.0, square=0.3, rare=RARE, beside=BESIDE),
    "photo": dict(type="PhotometricSkin"),
    "symmetry": dict(type="LeftRightSymmetry"),
    "smoothness": dict(type="TemporalSmoothness"),
}
_PRIORS = ("identity", "expression", "symmetry", "smoothness")
STAGES_OF_A_FIT: dict[str, dict] = {
    "pose": dict(energies=("points",), unknowns=("pose",), iterations=4),
    "landmarks": dict(energies=("points", "lids", *_PRIORS), iterations=5, rounds=2),
}
PHOTO_STAGE: dict[str, dict] = {"photo": dict(energies=("points", "lids", "photo", *_PRIORS), iterations=4, rounds=2)}
"""What may follow: the photo itself, at several times the cost."""
