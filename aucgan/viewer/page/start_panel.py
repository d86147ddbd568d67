"""Above all else: the photo, steps back, presets, A/B, and what units the face has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aucgan.viewer.face_maker import NoFaceError
from aucgan.viewer.face_state import FaceState
from aucgan.viewer.history import History
from aucgan.viewer.page.inputs import set_value
from aucgan.viewer.presets import NEUTRAL, PRESETS, preset
from aucgan.viewer.unit_chart import unit_chart

if TYPE_CHECKING:
    from aucgan.viewer.page.visitor import Visitor

STEPS = {"Undo": History.undo, "Redo": History.redo, "Reset": History.reset}
CHOOSE = "choose …"
BESIDE = {"nothing": None, "A: the photo": "photo", "B: the edited photo": "edited"}
"""What stands beside the head."""


class StartPanel:
    """The part of the page that is always there.

    Args:
        visitor: Whose.
    """

    def __init__(self, visitor: Visitor) -> None:
        self._visitor, gui = visitor, visitor.client.gui
        upload = gui.add_upload_button(
            "Photo", mime_type="image/*", hint="A file; on a phone or tablet also a picture of the camera"
        )
        upload.on_upload(lambda event: self._upload(event.target.value))
        steps = gui.add_button_group("Steps", tuple(STEPS))
        steps.on_click(lambda event: visitor.travel(STEPS[event.target.value]))
        self._presets = gui.add_dropdown("Expression", (CHOOSE, NEUTRAL, *PRESETS), initial_value=CHOOSE)
        self._presets.on_update(self._preset)
        self._beside = gui.add_dropdown("Beside it", tuple(BESIDE), initial_value="nothing")
        self._beside.on_update(lambda _: self._compare())
        self._chart = gui.add_html("")

    @property
    def beside(self) -> str | None:
        """``photo``, ``edited`` or nothing."""
        return BESIDE[self._beside.value]

    def show(self, state: FaceState, but: str = "") -> None:
        """Show what is set."""
        person = self._visitor.person
        self._chart.content = unit_chart(person.start.expression.aus, state.expression.aus)
        self._beside.visible = person.has_photo
        if but != "preset":
            set_value(self._presets, CHOOSE)

    def _preset(self, event: Any) -> None:
        if event.client is not None and event.target.value != CHOOSE:
            self._visitor.go(self._visitor.state.at_rest().showing(preset(event.target.value)), "preset")
            self._visitor.history.settle()

    def _compare(self) -> None:
        self._visitor.scene.look(at_both=self.beside is not None)
        self._visitor.show_again()

    def _upload(self, file: Any) -> None:
        note = self._visitor.say("One moment", f"Looking for a face in {file.name} …", "busy")
        try:
            person = self._visitor.maker.from_content(file.name, file.content)
        except NoFaceError as error:
            self._visitor.say("No face", str(error), "error")
        else:
            self._visitor.meet(person)
        finally:
            note.remove()
