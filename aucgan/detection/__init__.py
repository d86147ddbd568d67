"""Faces in photos: where they are, and where their landmarks are."""

from aucgan.detection.aligned_photos import AlignedPhotos
from aucgan.detection.detected_face import DetectedFace
from aucgan.detection.detector import FaceDetector
from aucgan.detection.landmark_files import LandmarkFiles
from aucgan.detection.mediapipe_face_mesh import MediaPipeFaceMesh
from aucgan.detection.mesh_points import IBUG68, N_POINTS, to_ibug68
from aucgan.detection.tracking import FaceTracker

__all__ = [
    "IBUG68",
    "N_POINTS",
    "AlignedPhotos",
    "DetectedFace",
    "FaceDetector",
    "FaceTracker",
    "LandmarkFiles",
    "MediaPipeFaceMesh",
    "to_ibug68",
]
