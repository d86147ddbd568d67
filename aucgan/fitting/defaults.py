"""The energies and stages of a fit, as ``configs/fitting/face_fitter.py`` names them, too."""

from __future__ import annotations

ENERGIES_OF_A_FIT: dict[str, dict] = {
    "points": dict(type="DensePoints", weight=0.1),
    "identity": dict(type="IdentityPrior"),
    "expression": dict(type="ExpressionPrior"),
    "symmetry": dict(type="LeftRightSymmetry"),
    "smoothness": dict(type="TemporalSmoothness"),
}
_PRIORS = ("identity", "expression", "symmetry", "smoothness")
STAGES_OF_A_FIT: dict[str, dict] = {
    "pose": dict(energies=("points",), unknowns=("pose",), iterations=4),
    "landmarks": dict(energies=("points", *_PRIORS), iterations=5, rounds=3),
}
