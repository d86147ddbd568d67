"""The head, its light, and the photo beside it."""

from __future__ import annotations

import numpy as np
from viser import ClientHandle, GlbHandle, ImageHandle

from aucgan.viewer.face_state import FaceState

HEAD, LAMP, AROUND, PLANE = "/head", "/lamp", "/around", "/photo"
CAMERA = (0.0, 0.0, 0.62)
"""Where the viewer stands, metres."""
BOTH = (-0.18, 1.15)
"""Sideways and distance from which the head and the picture to its left are seen."""
FIELD = 0.5
"""Of view, radians."""
UP = (0.0, 1.0, 0.0)
LAMP_DISTANCE = 2.0
HALF_TURN = (0.0, 1.0, 0.0, 0.0)
"""About x: pictures have their y downwards."""
GAP = 0.02
"""Metres between the head and the photo."""
HEAD_HALF = 0.13
"""Half of what a head is wide, metres."""
BACKGROUND = 236
"""Grey level."""


class FaceScene:
    """What one visitor sees.

    Args:
        client: The visitor.
    """

    def __init__(self, client: ClientHandle) -> None:
        self._client = client
        self._head: GlbHandle | None = None
        self._plane: ImageHandle | None = None
        client.scene.set_background_image(np.full((2, 2, 3), BACKGROUND, np.uint8), format="png")
        self._lamp = client.scene.add_light_directional(LAMP, intensity=0.0)
        self._around = client.scene.add_light_ambient(AROUND, intensity=0.0)

    def look(self, at_both: bool) -> None:
        """Place the viewer in front of the head, or so that the picture to its left is seen, too."""
        sideways, distance = BOTH if at_both else (CAMERA[0], CAMERA[2])
        self._client.camera.position = (sideways, 0.0, distance)  # which takes along what is looked at
        self._client.camera.look_at = (sideways, 0.0, 0.0)

    def show_head(self, glb: bytes) -> None:
        """Show a head."""
        if self._head is None:
            self._head = self._client.scene.add_glb(HEAD, glb, cast_shadow=False, receive_shadow=False)
        else:
            self._head.glb_data = glb

    def show_light(self, state: FaceState) -> None:
        """Place the lamp."""
        sideways, height = np.radians(state.light[:2])
        way = np.sin(sideways) * np.cos(height), np.sin(height), np.cos(sideways) * np.cos(height)
        self._lamp.position = LAMP_DISTANCE * np.array(way)
        self._lamp.intensity, self._around.intensity = state.light[2:]

    def show_beside(self, picture: np.ndarray | None, side: float) -> None:
        """Show a picture to the left of the head.

        Args:
            picture: Square, RGB uint8; ``None``: none.
            side: Metres.
        """
        if picture is None:
            if self._plane is not None:
                self._plane.visible = False
            return
        left = (-HEAD_HALF - GAP - side / 2, 0.0, 0.0)
        if self._plane is None:
            self._plane = self._client.scene.add_image(
                PLANE, picture, side, side, wxyz=HALF_TURN, position=left, cast_shadow=False, receive_shadow=False
            )
        self._plane.image, self._plane.position, self._plane.visible = picture, left, True
