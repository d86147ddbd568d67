"""Places on a head's skin that are compared with photos, and the colours that skin may have there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from aucgan.fitting.columns import Columns
from aucgan.fitting.head_points import HeadPoints, head_points
from aucgan.heads.head import Head
from aucgan.heads.texture_model import load_texture_model
from aucgan.renderers.camera import uv_to_grid

N_PLACES = 800
"""How many triangles are compared."""
N_COLOURS = 20
"""Components of the albedo that a fit may use."""
PLAIN = (0.62, 0.46, 0.38)
"""RGB of skin where no albedo model is known for a head."""


@dataclass(frozen=True)
class Skin:
    """Triangles of the face's skin, spread evenly, and the albedo of all vertices.

    Attributes:
        corners: Vertices of the triangles, ``(S, 3)``.
        points: These corners one after the other, as functions of the codes, ``3 S`` points.
        albedo: Mean RGB of all vertices, ``(V, 3)``.
        basis: Change per unit of each component, ``(C, V, 3)``.
    """

    corners: Tensor
    points: HeadPoints
    albedo: Tensor
    basis: Tensor

    @classmethod
    def of(cls, head: Head, columns: Columns, source: str | Path | None) -> Skin:
        """Choose places and read the albedo model.

        Args:
            head: The head.
            columns: Its unknowns.
            source: What :func:`aucgan.heads.load_head` took; ``None`` for plain skin.
        """
        chosen = _spread(head)
        corners = head.faces[chosen]
        flat = np.repeat(corners.reshape(-1, 1), 3, 1)
        points = head_points(head, columns, flat, np.tile(np.array([1.0, 0, 0], np.float32), (len(flat), 1)))
        return cls(torch.as_tensor(corners), points, *_albedo(head, source))

    def colours(self, codes: Tensor) -> Tensor:
        """Albedo of all vertices for codes ``(B, C)``, ``(B, V, 3)``."""
        return self.albedo + (codes @ self.basis.flatten(1)).unflatten(1, (-1, 3))

    def at_places(self, values: Tensor) -> Tensor:
        """Means over the triangles of what vertices have, ``(..., V, 3)`` to ``(..., S, 3)``."""
        return values[..., self.corners, :].mean(-2)


def _spread(head: Head) -> np.ndarray:
    """Triangles of the skin where the face's displacement acts: every so many of them, from the top down."""
    at = uv_to_grid(torch.as_tensor(head.uv_coords[head.uv_faces].mean(1)))[None, None]
    mask = torch.as_tensor(head.face_eye_mask)[None, None]
    inside = F.grid_sample(mask, at.float(), align_corners=False)[0, 0, 0].numpy() > 0.5
    skin = np.array([part.startswith(("skin", "lip")) for part in head.vertex_parts])
    triangles = np.flatnonzero(inside & skin[head.faces].all(1))
    heights = head.v_template[head.faces[triangles], 1].mean(1)
    step = max(1, len(triangles) // N_PLACES)
    return triangles[np.argsort(heights, kind="stable")][::step]


def _albedo(head: Head, source: str | Path | None) -> tuple[Tensor, Tensor]:
    count = len(head.v_template)
    if source is None:
        return torch.tensor(PLAIN).repeat(count, 1), 0.15 * torch.eye(3)[:, None].repeat(1, count, 1)
    model = load_texture_model(source, N_COLOURS)
    places = np.zeros((count, 2), np.float32)
    places[head.faces.reshape(-1)] = head.uv_coords[head.uv_faces.reshape(-1)]
    grid = uv_to_grid(torch.as_tensor(places))[None, None]
    maps = np.concatenate([model.mean[..., None], model.basis], -1)[:, :, ::-1]  # published as blue, green, red
    maps = torch.from_numpy(np.ascontiguousarray(maps.transpose(3, 2, 0, 1)))  # (1 + C, 3, 512, 512)
    found = F.grid_sample(maps, grid.expand(len(maps), -1, -1, -1), align_corners=False, padding_mode="border")
    found = found[:, :, 0].transpose(1, 2)
    return found[0], found[1:]
