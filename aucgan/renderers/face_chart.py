"""Where on a face the texels of a head's UV chart lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from aucgan.heads.library import DEFAULT_HEAD, load_flame_model, load_landmarks, load_topology
from aucgan.renderers.uv_space import UVSpace, resize_map


@dataclass(frozen=True)
class FaceChart:
    """A head's chart in the frame of its landmarks.

    Attributes:
        x: Place of every texel across the box of the 68 landmarks, seen from the front, 0 at its left, 1 at its right
            in a picture, ``(S, S)``; texels off the chart have that of the nearest one on it.
        y: The same down the box, 0 at the brows or the contour's top, 1 at the chin; the forehead is negative.
        mask: Where displacement acts, in [0, 1], ``(S, S)``.
    """

    x: Tensor
    y: Tensor
    mask: Tensor


def face_chart(size: int, head: str | Path | Mapping[str, Any] = DEFAULT_HEAD) -> FaceChart:
    """The chart of a head without identity and expression.

    Args:
        size: Side S of the maps.
        head: Name or file of a head; or ``dict(model=…, landmarks=…, topology=…)``: what ``FLAME`` and a renderer take,
            for heads that come in several files.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A file is no head.
    """
    parts = head if isinstance(head, Mapping) else dict.fromkeys(("model", "landmarks", "topology"), head)
    model, landmarks, topology = load_flame_model(parts["model"]), load_landmarks(parts["landmarks"]), parts["topology"]
    mesh = load_topology(**topology) if isinstance(topology, Mapping) else load_topology(topology)
    faces, verts = torch.as_tensor(mesh.faces).long(), torch.as_tensor(model.v_template).double()
    corners = verts[torch.as_tensor(model.faces).long()[landmarks.full_faces_idx]]  # (68, 3 corners, 3)
    points = (corners * torch.as_tensor(landmarks.full_bary_coords).double()[..., None]).sum(1)
    low, high = points.amin(0), points.amax(0)
    place = (verts - low) / (high - low)
    chart = UVSpace(faces, torch.as_tensor(mesh.uv_coords), torch.as_tensor(mesh.uv_faces).long(), size)
    x, y, _ = chart.dilate(chart(place[None].float()))[0]
    return FaceChart(x, 1.0 - y, resize_map(mesh.face_eye_mask, size)[0, 0])
