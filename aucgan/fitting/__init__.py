"""Codes of a head by optimisation: from the points of a face, and from the photo."""

from aucgan.fitting.energies.dense_points import DensePoints
from aucgan.fitting.energies.lid_opening import LidOpening
from aucgan.fitting.energies.photometric import PhotometricSkin
from aucgan.fitting.energies.priors import ExpressionPrior, IdentityPrior, LeftRightSymmetry, TemporalSmoothness
from aucgan.fitting.face_fitter import FaceFitter
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.fitting.focal_length import focal_from_exif
from aucgan.fitting.start import Start
from aucgan.fitting.trust import WARNINGS

__all__ = [
    "WARNINGS",
    "DensePoints",
    "ExpressionPrior",
    "FaceFitter",
    "FittedFaces",
    "IdentityPrior",
    "LeftRightSymmetry",
    "LidOpening",
    "PhotometricSkin",
    "Start",
    "TemporalSmoothness",
    "focal_from_exif",
]
