"""A head seen through the reference anatomy.

What paints and wrinkles a person is written in coordinates of one adult
(:mod:`aucgan.datasets.procedural.reference.anatomy`). On a head it finds its places through one smooth warp, which
carries the head's landmarks, lid margins, ears, skull and eyeballs onto the reference's: a brow drawn there along the
brow lies on this head's brow.
"""

from __future__ import annotations

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.spatial import cKDTree

from aucgan.datasets.procedural.reference import anatomy
from aucgan.datasets.procedural.reference.curves import resampled
from aucgan.heads.anny.landmarks import seen_from
from aucgan.heads.head import Head

_FIXED = np.r_[8, 18:26, 27:68]
"""Landmarks that are places of the anatomy: without the rest of the contour, which is a matter of the view, and the
tails of the brows, which detectors put on the temples."""
_RAY_CENTRE = np.array([0.0, 20.0, -10.0]) * 0.001
_RAYS: dict[int, dict[int, float]] = {
    -35: {60: 81.4, 130: 89.6, 155: 93.5, 180: 93.3},
    -15: {60: 75.2, 130: 84.8, 155: 89.7, 180: 90.6},
    5: {55: 72.4, 130: 89.1, 155: 98.1, 180: 101.0},
    25: {50: 82.0, 125: 96.3, 150: 109.8, 180: 114.7},
    40: {0: 96.9, 25: 96.8, 50: 92.5, 75: 90.3, 100: 95.2, 125: 106.2, 150: 116.7, 180: 120.9},
    55: {0: 105.9, 30: 105.0, 60: 103.9, 90: 106.3, 120: 112.9, 150: 119.9, 180: 123.4},
    72: {0: 114.5, 45: 114.9, 90: 117.3, 135: 121.1, 180: 122.2},
    90: {0: 120.8},
}
"""Reference skull and cheeks, left: elevation → azimuth (0 is ahead), degrees → distance from the centre, mm."""
_APART = 0.0008
"""Points closer together than this count as one, metres."""


def reference_positions(head: Head) -> np.ndarray:
    """Where each vertex of the mean head lies on the reference, ``(V, 3)`` metres.

    Args:
        head: Any head; the more of FLAME's parts its ``vertex_parts`` name, the better the warp.
    """
    verts = head.v_template.astype(np.float64)
    sources, targets = (np.concatenate(one) for one in zip(*_anchors(head, verts), strict=True))
    warp = _warp(sources, targets)
    margin = _lid_margin(head, verts)
    if len(margin):
        sources = np.concatenate([sources, verts[margin]])
        warp = _warp(sources, np.concatenate([targets, _on_lids(warp(verts[margin]))]))
    reference = warp(verts)
    for side in (1, -1):
        ball = (head.vertex_parts == "eyeball") & (side * verts[:, 0] > 0)
        if ball.any():  # only shifted: irises are of one size, whatever the eyeball's
            centre = 0.5 * (verts[ball].min(0) + verts[ball].max(0))
            reference[ball] = verts[ball] - centre + anatomy.EYE_CENTRE * [side, 1, 1]
    return reference


def _warp(sources: np.ndarray, targets: np.ndarray) -> RBFInterpolator:
    """The smoothest map of space (biharmonic) that carries points ``(N, 3)`` to others, but for near duplicates."""
    near = cKDTree(sources).query_pairs(_APART, output_type="ndarray")
    kept = np.setdiff1d(np.arange(len(sources)), near.reshape(-1, 2)[:, 1])
    return RBFInterpolator(sources[kept], targets[kept], kernel="linear", degree=1)


def _anchors(head: Head, verts: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pairs of points of the head and of the reference, each ``(n, 3)`` metres."""
    corners = head.faces[head.landmarks.full_faces_idx[_FIXED]]
    landmarks = (verts[corners] * head.landmarks.full_bary_coords[_FIXED, :, None]).sum(1)
    return [(landmarks, anatomy.landmarks_68()[_FIXED]), _skull(head, verts), *_ears(head, verts)]


def _skull(head: Head, verts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where rays from the middle of the head leave it."""
    directions, reaches = reference_rays()
    skin = head.faces[(head.vertex_parts[head.faces] != "ear").all(1)]
    hit, weights, _ = seen_from(_RAY_CENTRE, directions, verts[skin])
    return (verts[skin][hit] * weights[..., None]).sum(1), _RAY_CENTRE + directions * reaches[:, None]


def reference_rays() -> tuple[np.ndarray, np.ndarray]:
    """Unit directions ``(R, 3)`` to both sides, and how far the reference reaches there, ``(R,)`` metres."""
    directions, reaches = [], []
    for elevation, ring in _RAYS.items():
        for azimuth, reach in ring.items():
            e, a = np.radians([elevation, azimuth])
            for side in (1, -1) if 0 < azimuth < 180 and elevation < 90 else (1,):
                directions.append([side * np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])
                reaches.append(reach * 0.001)
    return np.array(directions), np.array(reaches)


def _ears(head: Head, verts: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """The outermost, uppermost, lowest and hindmost points of the ears."""
    pairs = []
    for side in (1, -1):
        ear = verts[(head.vertex_parts == "ear") & (side * verts[:, 0] > 0)] * [side, 1, 1]
        if len(ear):
            ends = np.array([[1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, -1]])
            places = anatomy.EAR_CENTRE + ends * anatomy.EAR_RADII
            pairs.append((ear[(ear @ ends.T).argmax(0)] * [side, 1, 1], places * [side, 1, 1]))
    return pairs


def _lid_margin(head: Head, verts: np.ndarray) -> np.ndarray:
    """Vertices of the skin next to the rims of the lids, ``(n,)``."""
    parts = head.vertex_parts[head.faces]
    border = head.faces[(parts == "lid_rim").any(1) & (parts == "skin").any(1)]
    margin = np.unique(border)
    return margin[(head.vertex_parts[margin] == "skin") & (verts[margin, 2] > 0)]


def _on_lids(points: np.ndarray) -> np.ndarray:
    """The nearest points of the reference's lid margins."""
    curves = [resampled(curve) for curve in (anatomy.UPPER_LID, anatomy.LOWER_LID)]
    places = np.concatenate([*curves, *map(anatomy.mirrored, curves)])
    return places[cKDTree(places).query(points)[1]]
