"""Losses, one a file: a typed function and a thin registered module; all return unweighted scalars."""

from aucgan.losses.adversarial import AdversarialLoss
from aucgan.losses.au_asymmetric_loss import WeightedAsymmetricLoss
from aucgan.losses.au_feature import AUFeatureLoss
from aucgan.losses.bce import BCELoss
from aucgan.losses.code_prior import CodePriorLoss
from aucgan.losses.displacement_reg import DisplacementRegLoss
from aucgan.losses.eye_closure import EyeClosureLoss
from aucgan.losses.hinge import HingeLoss
from aucgan.losses.idmrf import IDMRFLoss
from aucgan.losses.landmark import LandmarkLoss
from aucgan.losses.legacy_au_feature import LegacyAUFeatureLoss
from aucgan.losses.light_prior import LightPriorLoss
from aucgan.losses.lip_distance import LipDistanceLoss
from aucgan.losses.non_saturating import NonSaturatingLoss
from aucgan.losses.photometric import PhotometricLoss
from aucgan.losses.r1_penalty import R1Penalty
from aucgan.losses.shading_smoothness import ShadingSmoothnessLoss
from aucgan.losses.symmetry import SymmetryLoss

__all__ = [
    "AUFeatureLoss",
    "AdversarialLoss",
    "BCELoss",
    "CodePriorLoss",
    "DisplacementRegLoss",
    "EyeClosureLoss",
    "HingeLoss",
    "IDMRFLoss",
    "LandmarkLoss",
    "LegacyAUFeatureLoss",
    "LightPriorLoss",
    "LipDistanceLoss",
    "NonSaturatingLoss",
    "PhotometricLoss",
    "R1Penalty",
    "ShadingSmoothnessLoss",
    "SymmetryLoss",
    "WeightedAsymmetricLoss",
]
