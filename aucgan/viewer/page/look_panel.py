"""What the surface shows, and in what light."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aucgan.action_units import AU_NAMES
from aucgan.viewer.controls import surface_controls
from aucgan.viewer.face_state import LOOKS, FaceState
from aucgan.viewer.page.slider_panel import SliderPanel

if TYPE_CHECKING:
    from aucgan.viewer.page.visitor import Visitor


class LookPanel:
    """Look, heat map, detail and light.

    Args:
        visitor: Whose.
    """

    def __init__(self, visitor: Visitor) -> None:
        self._visitor, gui, state = visitor, visitor.client.gui, visitor.state
        self._fields: dict[str, Any] = {
            "look": gui.add_dropdown("Surface", LOOKS, initial_value=state.look),
            "heat_unit": gui.add_dropdown(
                "Heat map of", AU_NAMES, initial_value=state.heat_unit, hint="How far this unit moves the skin"
            ),
            "detailed": gui.add_checkbox("Fine detail", state.detailed),
        }
        for field, handle in self._fields.items():
            handle.on_update(lambda event, field=field: self._changed(field, event))
        self._sliders = SliderPanel(gui, surface_controls(), state, visitor.move)

    def show(self, state: FaceState, but: str = "") -> None:
        """Show what is set."""
        for field, handle in self._fields.items():
            handle.value = getattr(state, field)
        self._fields["heat_unit"].visible = state.look == "heat map"
        self._sliders.show(state, but)

    def _changed(self, field: str, event: Any) -> None:
        if event.client is not None:
            self._visitor.go(replace(self._visitor.state, **{field: event.target.value}))
