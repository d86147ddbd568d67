"""Metrics, one a file; every registered metric can be imported from here."""

from aucgan.evaluation.au_consistency import AUConsistency
from aucgan.evaluation.au_f1 import AUF1
from aucgan.evaluation.au_intensity import AUIntensity
from aucgan.evaluation.chamfer_distance import ChamferDistance
from aucgan.evaluation.displacement_error import DisplacementError
from aucgan.evaluation.identity_similarity import IdentitySimilarity
from aucgan.evaluation.landmark_nme import LandmarkNME
from aucgan.evaluation.mesh_error import MeshError
from aucgan.evaluation.normal_angular_error import NormalAngularError
from aucgan.evaluation.photometric_error import PhotometricError
from aucgan.evaluation.scan_to_mesh_distance import ScanToMeshDistance

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
    "PhotometricError",
    "ScanToMeshDistance",
]
