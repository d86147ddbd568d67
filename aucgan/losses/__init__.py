"""Losses, one a file: a typed function and a thin registered module; all return unweighted scalars."""

from aucgan.losses.adversarial import AdversarialLoss
from aucgan.losses.albedo_constancy import AlbedoConstancyLoss
from aucgan.losses.albedo_ring import AlbedoRingLoss
from aucgan.losses.albedo_same import AlbedoSameLoss
from aucgan.losses.albedo_symmetry import AlbedoSymmetryLoss
from aucgan.losses.au_asymmetric_loss import WeightedAsymmetricLoss
from aucgan.losses.au_feature import AUFeatureLoss
from aucgan.losses.bce import BCELoss
from aucgan.losses.code_prior import CodePriorLoss
from aucgan.losses.detail_consistency import DetailConsistencyLoss
from aucgan.losses.displacement_reg import DisplacementRegLoss
from aucgan.losses.displacement_supervision import DisplacementSupervisionLoss
from aucgan.losses.euler_jaw import EulerJawLoss
from aucgan.losses.eye_closure import EyeClosureLoss
from aucgan.losses.gradient_difference import GradientDifferenceLoss
from aucgan.losses.hinge import HingeLoss
from aucgan.losses.identity import IdentityLoss
from aucgan.losses.idmrf import IDMRFLoss
from aucgan.losses.kl import KLLoss
from aucgan.losses.landmark import LandmarkLoss
from aucgan.losses.laplacian import LaplacianLoss
from aucgan.losses.legacy_au_feature import LegacyAUFeatureLoss
from aucgan.losses.light_prior import LightPriorLoss
from aucgan.losses.lip_distance import LipDistanceLoss
from aucgan.losses.local_contrast import LocalContrastLoss
from aucgan.losses.non_saturating import NonSaturatingLoss
from aucgan.losses.perceptual import PerceptualLoss
from aucgan.losses.photometric import PhotometricLoss
from aucgan.losses.r1_penalty import R1Penalty
from aucgan.losses.shading_smoothness import ShadingSmoothnessLoss
from aucgan.losses.shading_white import ShadingWhiteLoss
from aucgan.losses.shape_consistency import ShapeConsistencyLoss
from aucgan.losses.symmetry import SymmetryLoss
from aucgan.losses.vertex_distance import VertexDistanceLoss

__all__ = [
    "AUFeatureLoss",
    "AdversarialLoss",
    "AlbedoConstancyLoss",
    "AlbedoRingLoss",
    "AlbedoSameLoss",
    "AlbedoSymmetryLoss",
    "BCELoss",
    "CodePriorLoss",
    "DetailConsistencyLoss",
    "DisplacementRegLoss",
    "DisplacementSupervisionLoss",
    "EulerJawLoss",
    "EyeClosureLoss",
    "GradientDifferenceLoss",
    "HingeLoss",
    "IDMRFLoss",
    "IdentityLoss",
    "KLLoss",
    "LandmarkLoss",
    "LaplacianLoss",
    "LegacyAUFeatureLoss",
    "LightPriorLoss",
    "LipDistanceLoss",
    "NonSaturatingLoss",
    "PerceptualLoss",
    "LocalContrastLoss",
    "PhotometricLoss",
    "R1Penalty",
    "ShadingSmoothnessLoss",
    "ShadingWhiteLoss",
    "ShapeConsistencyLoss",
    "SymmetryLoss",
    "VertexDistanceLoss",
    "WeightedAsymmetricLoss",
]
