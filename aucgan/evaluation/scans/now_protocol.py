"""The protocol of the NoW challenge: align by seven landmarks, then measure the scan's distance to the mesh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aucgan.evaluation.scans.closest_point import Surface
from aucgan.evaluation.scans.registration import refine_alignment
from aucgan.evaluation.scans.similarity_transform import Similarity, align_points

SEVEN_LANDMARKS = (
    "right_eye_outer",
    "right_eye_inner",
    "left_eye_inner",
    "left_eye_outer",
    "nose_bottom",
    "right_mouth_corner",
    "left_mouth_corner",
)
"""Right and left are the person's own."""
SEVEN_OF_68 = (36, 39, 42, 45, 33, 48, 54)
"""The same among the 68 iBUG landmarks, zero-based."""
FACE_CENTRE, FACE_RADIUS = 0.3, 1.2
"""Of the face region [2]: how far up from the nose's bottom to its bridge its centre lies, and its radius over the
mean of outer eye distance and nose length."""
REFINE_POINTS = 4000
"""Scan points that the fine alignment uses, spread evenly over the scan's list; distances are taken of all."""


@dataclass(frozen=True)
class ScanDistances:
    """One scan against one mesh.

    Attributes:
        distances: Of every scan point in the face region to the mesh, in the scan's unit, ``(N,)``.
        alignment: Mesh frame → scan frame.
        landmark_error: Root mean square distance of the seven landmarks after the first alignment.
    """

    distances: np.ndarray
    alignment: Similarity
    landmark_error: float


def face_region(points: np.ndarray, landmarks: np.ndarray, radius: float = FACE_RADIUS) -> np.ndarray:
    """Which points belong to the face: those within a sphere about a point on the nose [2].

    Args:
        points: ``(N, 3)``.
        landmarks: The seven, ``(7, 3)``.
        radius: Factor of the mean of outer eye distance and nose length.

    Returns:
        ``(N,)`` booleans.
    """
    bottom, bridge = landmarks[4], landmarks[1:3].mean(0)
    centre = bottom + FACE_CENTRE * (bridge - bottom)
    size = (np.linalg.norm(landmarks[0] - landmarks[3]) + np.linalg.norm(bridge - bottom)) / 2
    return np.linalg.norm(points - centre, axis=1) <= radius * size


def scan_to_mesh(
    scan: np.ndarray,
    scan_landmarks: np.ndarray,
    mesh: Surface,
    mesh_landmarks: np.ndarray,
    refine: bool = True,
    radius: float = FACE_RADIUS,
) -> ScanDistances:
    """Distances of a scan to a mesh of any topology, scale and pose [1].

    1. The seven landmarks of the mesh are brought to those of the scan by rotation, scale and translation.
    2. Scan points outside the face region are dropped, see :func:`face_region`.
    3. With ``refine`` the alignment is continued on the scan-to-mesh distance itself.
    4. The exact distance of every remaining scan point to the surface is taken.

    Args:
        scan: Scan points, ``(N, 3)``.
        scan_landmarks: ``(7, 3)``, in the order of :data:`SEVEN_LANDMARKS`.
        mesh: The reconstruction.
        mesh_landmarks: ``(7, 3)``.
        refine: Whether to do step 3, as the challenge does.
        radius: See :func:`face_region`.

    Raises:
        ValueError: No scan point is in the face region, or landmarks do not determine an alignment.

    [1] Sanyal, Bolkart, Feng & Black, "Learning to regress 3D face shape and expression from an image without 3D
        supervision", CVPR 2019, and the challenge's page, https://now.is.tue.mpg.de.
    [2] Feng et al., "Evaluation of dense 3D reconstruction from 2D face images in the wild", FG 2018.
    """
    alignment = align_points(mesh_landmarks, scan_landmarks)
    error = float(np.sqrt(((alignment.apply(mesh_landmarks) - scan_landmarks) ** 2).sum(1).mean()))
    points = scan[face_region(scan, scan_landmarks, radius)]
    if not len(points):
        raise ValueError("no scan point lies in the face region: are landmarks and scan in one frame and unit?")
    if refine:
        chosen = points[np.linspace(0, len(points) - 1, min(len(points), REFINE_POINTS)).round().astype(int)]
        alignment = refine_alignment(mesh, chosen, alignment)
    distances = alignment.scale * mesh.closest(alignment.undo(points)).distances
    return ScanDistances(distances, alignment, error)
