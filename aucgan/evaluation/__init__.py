"""Metrics, one a file; every registered metric can be imported from here."""

from aucgan.evaluation.metrics.au_consistency import AUConsistency
from aucgan.evaluation.metrics.au_f1 import AUF1
from aucgan.evaluation.metrics.au_intensity import AUIntensity
from aucgan.evaluation.metrics.chamfer_distance import ChamferDistance
from aucgan.evaluation.metrics.displacement_error import DisplacementError
from aucgan.evaluation.metrics.identity_similarity import IdentitySimilarity
from aucgan.evaluation.metrics.landmark_nme import LandmarkNME
from aucgan.evaluation.metrics.mesh_error import MeshError
from aucgan.evaluation.metrics.normal_angular_error import NormalAngularError
from aucgan.evaluation.metrics.photo_share import PhotoShare
from aucgan.evaluation.metrics.photometric_error import PhotometricError
from aucgan.evaluation.metrics.scan_to_mesh_distance import ScanToMeshDistance
from aucgan.evaluation.metrics.slope_energy import SlopeEnergy

__all__ = [
    "AUConsistency",
    "AUF1",
    "AUIntensity",
    "ChamferDistance",
    "DisplacementError",
    "IdentitySimilarity",
    "LandmarkNME",
    "MeshError",
    "NormalAngularError",
    "PhotoShare",
    "PhotometricError",
    "ScanToMeshDistance",
    "SlopeEnergy",
]
