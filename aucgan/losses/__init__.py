"""Losses, one a file: a typed function and a thin registered module; all return unweighted scalars."""

from aucgan.losses.adversarial.adversarial import AdversarialLoss
from aucgan.losses.adversarial.bce import BCELoss
from aucgan.losses.adversarial.hinge import HingeLoss
from aucgan.losses.adversarial.non_saturating import NonSaturatingLoss
from aucgan.losses.adversarial.r1_penalty import R1Penalty
from aucgan.losses.appearance.albedo_constancy import AlbedoConstancyLoss
from aucgan.losses.appearance.albedo_ring import AlbedoRingLoss
from aucgan.losses.appearance.albedo_same import AlbedoSameLoss
from aucgan.losses.appearance.albedo_symmetry import AlbedoSymmetryLoss
from aucgan.losses.appearance.light_prior import LightPriorLoss
from aucgan.losses.appearance.shading_smoothness import ShadingSmoothnessLoss
from aucgan.losses.appearance.shading_white import ShadingWhiteLoss
from aucgan.losses.au.au_asymmetric_loss import WeightedAsymmetricLoss
from aucgan.losses.au.au_feature import AUFeatureLoss
from aucgan.losses.au.legacy_au_feature import LegacyAUFeatureLoss
from aucgan.losses.codes.code_distance import CodeDistanceLoss
from aucgan.losses.codes.code_prior import CodePriorLoss
from aucgan.losses.codes.detail_consistency import DetailConsistencyLoss
from aucgan.losses.codes.euler_jaw import EulerJawLoss
from aucgan.losses.codes.kl import KLLoss
from aucgan.losses.codes.shape_consistency import ShapeConsistencyLoss
from aucgan.losses.codes.vertex_distance import VertexDistanceLoss
from aucgan.losses.displacement.displacement_reg import DisplacementRegLoss
from aucgan.losses.displacement.displacement_supervision import DisplacementSupervisionLoss
from aucgan.losses.displacement.gradient_difference import GradientDifferenceLoss
from aucgan.losses.displacement.laplacian import LaplacianLoss
from aucgan.losses.displacement.symmetry import SymmetryLoss
from aucgan.losses.image.identity import IdentityLoss
from aucgan.losses.image.idmrf import IDMRFLoss
from aucgan.losses.image.local_contrast import LocalContrastLoss
from aucgan.losses.image.perceptual import PerceptualLoss
from aucgan.losses.image.photometric import PhotometricLoss
from aucgan.losses.landmarks.eye_closure import EyeClosureLoss
from aucgan.losses.landmarks.landmark import LandmarkLoss
from aucgan.losses.landmarks.lip_distance import LipDistanceLoss

__all__ = [
    "AUFeatureLoss",
    "AdversarialLoss",
    "AlbedoConstancyLoss",
    "AlbedoRingLoss",
    "AlbedoSameLoss",
    "AlbedoSymmetryLoss",
    "BCELoss",
    "CodeDistanceLoss",
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
