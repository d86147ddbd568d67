"""Sliders of a list of controls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from viser import GuiApi, GuiFolderHandle, GuiSliderHandle

from aucgan.viewer.controls import Control
from aucgan.viewer.face_state import FaceState
from aucgan.viewer.page.inputs import set_value

Move = Callable[[Control, float], None]
"""What is called when a visitor moves a slider."""
DECIMALS = 2
"""Of the numbers beside the sliders."""


class SliderPanel:
    """Sliders in a folder for each group.

    Args:
        gui: Of one visitor.
        controls: In the order of their groups.
        state: Where they stand.
        move: Called when a visitor moves one.
    """

    def __init__(self, gui: GuiApi, controls: Sequence[Control], state: FaceState, move: Move) -> None:
        self._move = move
        self._folders: list[GuiFolderHandle] = []
        self._sliders: dict[str, tuple[Control, GuiSliderHandle[float]]] = {}
        for group, members in groupby(controls, key=lambda control: control.group):
            folder = gui.add_folder(group)
            self._folders.append(folder)
            with folder:
                for control in members:
                    self._add(gui, control, state)

    def _add(self, gui: GuiApi, control: Control, state: FaceState) -> None:
        slider = gui.add_slider(
            control.label, control.low, control.high, control.step, _place(control, state), hint=control.hint or None
        )
        slider.on_update(lambda event: self._moved(control, event))
        self._sliders[control.name] = control, slider

    def _moved(self, control: Control, event: Any) -> None:
        if event.client is not None:  # the visitor's hand, not ours
            self._move(control, float(event.target.value))

    def show(self, state: FaceState, but: str = "") -> None:
        """Let the sliders stand where a state is.

        Args:
            state: The state.
            but: The control that the visitor's hand is on.
        """
        for name, (control, slider) in self._sliders.items():
            if name != but:
                set_value(slider, _place(control, state))

    def remove(self) -> None:
        """Take the sliders from the page."""
        for folder in self._folders:
            folder.remove()


def _place(control: Control, state: FaceState) -> float:
    """Where a slider stands: a value of the state, no finer than can be read."""
    return round(min(max(control.get(state), control.low), control.high), DECIMALS)
