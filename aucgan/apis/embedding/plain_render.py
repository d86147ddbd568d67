"""Plain pictures of heads that remember which place of the mesh every pixel shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aucgan.models.face_models.rotations import axis_angle_to_matrix
from aucgan.renderers import TorchRasterizer, orthographic, vertex_normals

SIZE = 512
"""Side of the renders, pixels."""
FILLS = 0.85
"""Share of the picture that the height of the head's skin takes."""
LIGHTS = ((-0.4, 0.5, 0.77, 0.65), (0.7, 0.1, 0.7, 0.25))
"""Directions towards the lights in the camera's frame, and their strengths; ambient light fills up to one."""
BACKGROUND = (0.45, 0.5, 0.55)


@dataclass(frozen=True)
class PosedHeads:
    """Some people of one head model, to be rendered and labelled.

    Attributes:
        rest: Vertices of the mean head, ``(V, 3)`` metres, y up, z out of the face.
        faces: ``(F, 3)``, counter-clockwise from outside.
        people: Neutral heads, ``(N, V, 3)``.
        opened: The same people with their mouths open, which tells the lips apart, ``(N, V, 3)``; ``(0, V, 3)`` where
            the head cannot.
        skin: Vertices that landmarks may lie on, ``(V,)`` bool.
        colours: RGB in [0, 1], ``(V, 3)``.
    """

    rest: np.ndarray
    faces: np.ndarray
    people: np.ndarray
    opened: np.ndarray
    skin: np.ndarray
    colours: np.ndarray

    @property
    def skin_faces(self) -> np.ndarray:
        """Triangles whose corners are all skin, ``(F,)`` bool."""
        return self.skin[self.faces].all(1)


@dataclass(frozen=True)
class PlainRender:
    """A picture of a head.

    Attributes:
        picture: ``(S, S, 3)`` uint8.
        places: The place on the mean head that each pixel shows, ``(S, S, 3)`` metres; NaN off the skin.
        facing: Cosine between the surface's normal and the line of sight, ``(S, S)``.
    """

    picture: np.ndarray
    places: np.ndarray
    facing: np.ndarray


def view(heads: PosedHeads, verts: np.ndarray, yaw: float) -> tuple[Tensor, Tensor]:
    """Turn a head, and the camera that its skin fills.

    Args:
        heads: The model.
        verts: One person, ``(V, 3)``.
        yaw: Turn to the person's left, degrees.

    Returns:
        The turned vertices ``(V, 3)`` and the camera ``(1, 3)``.
    """
    placed, skin = torch.from_numpy(np.ascontiguousarray(verts, np.float32)), torch.from_numpy(heads.skin)
    turn = axis_angle_to_matrix(torch.tensor([[0.0, np.deg2rad(yaw), 0.0]], dtype=torch.float32))[0]
    placed = (placed - placed[skin].mean(0)) @ turn.T
    low, high = placed[skin].amin(0), placed[skin].amax(0)
    centre, height = (low + high) / 2, high[1] - low[1]
    return placed, torch.stack([2 * FILLS / height, -centre[0], -centre[1]])[None]


def render(heads: PosedHeads, verts: np.ndarray, yaw: float) -> PlainRender:
    """A plain picture of one person ``(V, 3)``, turned to the person's left by ``yaw`` degrees."""
    placed, cam = view(heads, verts, yaw)
    faces = torch.from_numpy(heads.faces.astype(np.int64))
    fragments = TorchRasterizer(image_size=SIZE)(orthographic(placed[None], cam), faces)
    covered, bary = fragments.mask[0].numpy(), fragments.bary_coords[0].numpy()
    face = fragments.pix_to_face[0].clamp(min=0).numpy()
    corners = heads.faces[face]
    normals = _blend(bary, vertex_normals(placed[None], faces)[0].numpy()[corners])
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-9)
    picture = _shade(normals, _blend(bary, heads.colours[corners]), covered)
    places = _blend(bary, heads.rest[corners])
    places[~(covered & heads.skin_faces[face])] = np.nan
    return PlainRender(picture, places, normals[..., 2])


def _blend(bary: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.einsum("hwk,hwkc->hwc", bary, values)


def _shade(normals: np.ndarray, colours: np.ndarray, covered: np.ndarray) -> np.ndarray:
    light = np.full(covered.shape, 1.0 - sum(strength for *_, strength in LIGHTS))
    for *direction, strength in LIGHTS:
        light += strength * np.clip(normals @ (np.array(direction) / np.linalg.norm(direction)), 0, None)
    picture = np.where(covered[..., None], light[..., None] * colours, BACKGROUND)
    return np.round(255 * np.clip(picture, 0, 1)).astype(np.uint8)
