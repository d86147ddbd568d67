"""Saving, parameters that come back, and a video's table of units."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from aucgan.viewer.face_state import FaceState
from aucgan.viewer.files import KINDS, saved_file, state_of
from aucgan.viewer.unit_video import UnitVideo

if TYPE_CHECKING:
    from aucgan.viewer.page.visitor import Visitor

FRAME = "video frame"


class FilePanel:
    """Files out and in.

    Args:
        visitor: Whose.
    """

    def __init__(self, visitor: Visitor) -> None:
        self._visitor, gui = visitor, visitor.client.gui
        self._video: UnitVideo | None = None
        with gui.add_folder("Save"):
            for kind in KINDS:
                gui.add_button(f"Save {kind}").on_click(partial(self._save, kind))
        with gui.add_folder("Load"):
            load = gui.add_upload_button("Load parameters", mime_type=".json")
            load.on_upload(lambda event: self._load(event.target.value))
            table = gui.add_upload_button(
                "Load a video's AU table", mime_type=".csv", hint="NAME_aus.csv of aucgan reconstruct, or OpenFace's"
            )
            table.on_upload(lambda event: self._play(event.target.value))
            self._place = gui.add_markdown("")
        self._slot = gui.add_folder("Video", visible=False)
        self._slider: Any = None

    def show(self, state: FaceState, but: str = "") -> None:
        """Nothing here follows the state."""

    def _save(self, kind: str, _: Any) -> None:
        visitor = self._visitor
        note = visitor.say("One moment", f"Writing the {kind} …", "busy")
        try:
            name, content = saved_file(kind, visitor.person, visitor.state)
            visitor.client.send_file_download(name, content, save_immediately=True)
        finally:
            note.remove()

    def _load(self, file: Any) -> None:
        try:
            state = state_of(file.content, self._visitor.person.start)
        except ValueError as error:
            self._visitor.say("No parameters", f"{file.name}: {error}", "error")
        else:
            self._visitor.go(state)

    def _play(self, file: Any) -> None:
        try:
            self._video = UnitVideo.from_content(file.name, file.content)
        except ValueError as error:
            self._visitor.say("No AU table", str(error), "error")
            return
        if self._slider is not None:
            self._slider.remove()
        with self._slot:
            last = max(len(self._video) - 1, 1)
            self._slider = self._visitor.client.gui.add_slider(FRAME, 0, last, 1, 0)
        self._slider.on_update(lambda event: self._scrub(int(event.target.value)))
        self._slot.visible = True
        self._scrub(0)

    def _scrub(self, row: int) -> None:
        video, visitor = self._video, self._visitor
        if video is None:
            return
        row = min(row, len(video) - 1)
        self._place.content = f"frame {video.frames[row]}, {video.times[row]:.2f} s"
        visitor.go(video.show(row, visitor.state, visitor.person), FRAME)
