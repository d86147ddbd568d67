"""Sliders of what a face shows: by action unit or by ARKit's shapes, left and right linked or free; and of the head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aucgan.viewer.controls import identity_controls, pose_controls, shape_controls, unit_controls
from aucgan.viewer.face_state import FaceState
from aucgan.viewer.page.slider_panel import SliderPanel

if TYPE_CHECKING:
    from aucgan.viewer.page.visitor import Visitor

UNITS, SHAPES = "Action units", "ARKit"


class UnitPanel:
    """The same expression in two languages; the page has the sliders of one at a time.

    Args:
        visitor: Whose.
    """

    def __init__(self, visitor: Visitor) -> None:
        self._visitor, gui = visitor, visitor.client.gui
        self._language = gui.add_button_group("Names", (UNITS, SHAPES))
        self._linked = gui.add_checkbox("Left and right together", True)
        self._spoken, self._slot = UNITS, gui.add_folder(None)
        self._sliders = self._made()
        self._language.on_click(lambda event: self._speak(event.target.value))
        self._linked.on_update(lambda _: self._speak(self._spoken))

    @staticmethod
    def of_head(visitor: Visitor) -> SliderPanel:
        """Pose, jaw, gaze and identity."""
        names = visitor.person.face.studio.head.identity_names
        controls = [*pose_controls(), *identity_controls(names)]
        return SliderPanel(visitor.client.gui, controls, visitor.state, visitor.move)

    def show(self, state: FaceState, but: str = "") -> None:
        """Let all sliders stand where a state is."""
        self._sliders.show(state, but)

    def _speak(self, language: str) -> None:
        self._spoken = language
        with self._visitor.client.atomic():
            old, self._sliders = self._sliders, self._made()
            old.remove()

    def _made(self) -> SliderPanel:
        linked, visitor = self._linked.value, self._visitor
        controls = unit_controls() if self._spoken == UNITS else shape_controls(linked)
        shown = [control for control in controls if not (linked and control.sided)]
        with self._slot:
            return SliderPanel(visitor.client.gui, shown, visitor.state, visitor.move)
