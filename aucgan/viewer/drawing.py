"""From a state to what the browser draws."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import torch

from aucgan.apis.edit import EditedFace
from aucgan.apis.reconstruction.studio import Studio
from aucgan.renderers.colormaps import signed_heat
from aucgan.renderers.drawing import to_uint8
from aucgan.renderers.export.arrays import normal_picture
from aucgan.viewer.face_state import FaceState
from aucgan.viewer.live_mesh import Coat, LiveMesh, as_jpeg, as_png
from aucgan.viewer.person import Person

BUMPS = 256
"""Side of the normal map that is drawn; files have a larger one."""
LEAST_MOTION = 1e-5
"""Metres: a unit that moves nothing further is drawn as one that moves nothing."""


class FaceDrawing:
    """Draws one person.

    Args:
        person: Who.
        bump_studio: Of the same head, with maps of :data:`BUMPS`.
    """

    def __init__(self, person: Person, bump_studio: Studio) -> None:
        self.person, self._studio = person, bump_studio
        self._mesh = LiveMesh(person.face.studio.renderer)
        self._bumps: bytes | None = None

    def draft(self, state: FaceState) -> bytes:
        """The head as GLB, with the fine normals of the last :meth:`full` one: relative to the mesh, these stay."""
        return self._draw(state, self.person.edited(state, draft=True))

    def full(self, state: FaceState) -> bytes:
        """The head as GLB."""
        face = self.person.edited(state)
        self._bumps = as_png(normal_picture(self._studio.tangent_normals(face.fitted, face.uv_displacement)))
        return self._draw(state, face)

    def _draw(self, state: FaceState, face: EditedFace) -> bytes:
        verts, normals = self.person.in_scene(face)
        return self._mesh.glb(verts, normals, self._coat(state, normals))

    def _coat(self, state: FaceState, normals: np.ndarray) -> Coat:
        bumps = self._bumps if state.detailed else None
        if state.look == "texture":
            return Coat(texture=self._texture, bumps=bumps)
        if state.look == "normals":
            return Coat(colours=(normals + 1) / 2, shines=True)
        if state.look == "heat map":
            return Coat(colours=self.heat(state), bumps=bumps)
        return Coat(bumps=bumps)

    def heat(self, state: FaceState) -> np.ndarray:
        """How far the chosen unit moves each vertex, as colours ``(V, 3)``: the furthest is red."""
        way = unit_motion(self.person, state)
        most = max(float(way.max()), LEAST_MOTION)
        return signed_heat(torch.as_tensor(way, dtype=torch.float32).view(1, 1, -1, 1), most)[0, :, :, 0].T.numpy()

    @cached_property
    def _texture(self) -> bytes:
        return as_jpeg(to_uint8(self.person.face.texture))


def unit_motion(person: Person, state: FaceState) -> np.ndarray:
    """How far a state's ``heat_unit`` moves each vertex of the person from intensity 0 to 1, all else as it is.

    Returns:
        ``(V,)`` metres.
    """
    ends = (person.edited(state.showing({state.heat_unit: value}), draft=True).verts for value in (0.0, 1.0))
    return np.linalg.norm(np.subtract(*ends), axis=1)
