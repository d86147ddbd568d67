"""One visitor: whom they edit, what they have set, and the panels that show it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

import numpy as np
from viser import ClientHandle, NotificationHandle

from aucgan.viewer.controls import Control
from aucgan.viewer.drawing import FaceDrawing
from aucgan.viewer.face_maker import FaceMaker
from aucgan.viewer.face_state import FaceState
from aucgan.viewer.history import History
from aucgan.viewer.page.face_scene import FaceScene
from aucgan.viewer.page.file_panel import FilePanel
from aucgan.viewer.page.look_panel import LookPanel
from aucgan.viewer.page.start_panel import StartPanel
from aucgan.viewer.page.unit_panel import UnitPanel
from aucgan.viewer.person import Person
from aucgan.viewer.redrawer import Redrawer

BESIDE = 384
"""Pixels of the picture beside the head."""
Kind = Literal["", "busy", "error"]
"""Of a note."""
COLOURS: dict[Kind, Literal["green", "blue", "red"]] = {"": "green", "busy": "blue", "error": "red"}


class Visitor:
    """What one browser shows; nothing of it is shared with others.

    Args:
        client: The browser.
        maker: Makes people of photos.
        person: Whom the visitor sees first.
    """

    def __init__(self, client: ClientHandle, maker: FaceMaker, person: Person) -> None:
        self.client, self.maker = client, maker
        self._lock = threading.RLock()
        self.scene = FaceScene(client)
        self._meet(person)
        client.gui.configure_theme(control_width="large", show_logo=False, show_share_button=False)
        client.gui.main_panel.dock_right()
        self.start_panel = StartPanel(self)
        with (tabs := client.gui.add_tab_group()).add_tab("Units"):
            units = UnitPanel(self)
        with tabs.add_tab("Head"):
            head = UnitPanel.of_head(self)
        with tabs.add_tab("Look"):
            look = LookPanel(self)
        with tabs.add_tab("Files"):
            files = FilePanel(self)
        self._panels = (self.start_panel, units, head, look, files)
        self._redrawer = Redrawer(self._draft, self._full)

    def begin(self) -> None:
        """Show the start."""
        with self._lock:
            self._show()

    @property
    def state(self) -> FaceState:
        """What is set."""
        return self.history.now

    def move(self, control: Control, value: float) -> None:
        """A slider was moved."""
        with self._lock:
            self.history.change(control.set(self.state, value), control.name)
            self._show(but=control.name)

    def go(self, state: FaceState, step: str = "") -> None:
        """Go on to a state."""
        with self._lock:
            self.history.change(state, step)
            self._show(but=step)

    def travel(self, way: Callable[[History[FaceState]], FaceState]) -> None:
        """Undo, redo or reset."""
        with self._lock:
            way(self.history)
            self._show()

    def meet(self, person: Person) -> None:
        """Edit somebody else from now on."""
        with self._lock:
            self._meet(person)
            self._show()

    def say(self, title: str, text: str, kind: Kind = "") -> NotificationHandle:
        """Show a note in the corner; with the kind ``"busy"`` it stays until it is removed."""
        busy = kind == "busy"
        return self.client.add_notification(
            title,
            text,
            loading=busy,
            with_close_button=not busy,
            auto_close_seconds=None if busy else 8.0,
            color=COLOURS[kind],
        )

    def leave(self) -> None:
        """The browser is closed."""
        self._redrawer.end()

    def show_again(self) -> None:
        """Draw the same state again, where something else has changed that is drawn."""
        self._redrawer.ask(self.state)

    def _meet(self, person: Person) -> None:
        self.person = person
        self.drawing = FaceDrawing(person, self.maker.bump_studio)
        self.history = History(person.start)

    def _show(self, but: str = "") -> None:
        self.scene.show_light(self.state)
        self._redrawer.ask(self.state)
        with self.client.atomic():
            for panel in self._panels:
                panel.show(self.state, but)

    def _draft(self, state: FaceState) -> None:
        self.scene.show_head(self.drawing.draft(state))

    def _full(self, state: FaceState) -> None:
        self.history.settle()
        self.scene.show_head(self.drawing.full(state))
        self.scene.show_beside(*self._beside(state))

    def _beside(self, state: FaceState) -> tuple[np.ndarray | None, float]:
        """The picture beside the head, and its side in metres."""
        beside = self.start_panel.beside
        if beside is None or not self.person.has_photo:
            return None, 0.0
        return self.person.picture(state if beside == "edited" else self.person.start, BESIDE)
