"""Points on the outline of a face, which slide over the skin as the head turns, and points that turn away."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from aucgan.detection.mesh_points import N_POINTS, OUTLINE
from aucgan.fitting.view import View
from aucgan.heads.head import Head
from aucgan.heads.sliding_contour import seen_from_front

SHARES = (0.45, 0.55, 0.65, 0.75, 0.83, 0.91)
"""Places of a sliding point, as shares of the way from the middle of the face to where it lies from the front."""
MIDDLE = 1
"""The point in the middle of the face: the tip of the nose."""


def outline_places(head: Head) -> tuple[np.ndarray, np.ndarray]:
    """Where the outline's points may lie besides their own places.

    Args:
        head: With dense landmarks.

    Returns:
        Faces ``(36 · 6,)`` int64 and weights ``(36 · 6, 3)``, the places of one point one after the other.
    """
    assert head.dense_landmarks is not None
    verts = head.v_template.astype(np.float64)
    points = head.dense_landmarks.points(verts, head.faces)
    skin = np.flatnonzero((head.vertex_parts[head.faces] == "skin").all(1))
    ends, middle = points[list(OUTLINE)], points[MIDDLE]
    places = middle[:2] + np.array(SHARES)[None, :, None] * (ends - middle)[:, None, :2]
    faces, weights = seen_from_front(verts, head.faces[skin], places.reshape(-1, 2))
    return skin[faces], weights


def outermost(view: View) -> Tensor:
    """The place of each outline point that stands out farthest to its side of the face, as ``Observed.chosen``."""
    outline = torch.tensor(OUTLINE)
    places = view.everywhere[:, N_POINTS:].unflatten(1, (len(OUTLINE), -1))  # (B, 36, S, 2)
    ends = view.everywhere[:, outline]
    outward = torch.nn.functional.normalize(view.observed.points[:, outline] - view.everywhere[:, None, MIDDLE], dim=-1)
    reach = torch.cat([ends[:, :, None], places], 2)
    best = (reach * outward[:, :, None]).sum(-1).argmax(2)  # (B, 36); 0: its own place
    first = N_POINTS + torch.arange(len(OUTLINE)) * places.shape[2]
    chosen = torch.arange(N_POINTS).repeat(len(best), 1)
    chosen[:, outline] = torch.where(best > 0, first + best - 1, outline)
    return chosen


def facing(view: View, normals: Tensor) -> Tensor:
    """Cosine between the skin at the points and the line of sight, ``(B, 468)``.

    Args:
        view: The state.
        normals: Of the mean head's skin at all points, ``(N, 3)``.
    """
    rows = torch.arange(len(view.state))[:, None]
    turned = (normals @ view.state.rotation.transpose(1, 2))[rows, view.observed.chosen]
    sight = torch.nn.functional.normalize(-view.placed[rows, view.observed.chosen], dim=-1)
    return (turned * sight).sum(-1)
