"""Faces edited by action unit.

    from aucgan import Reconstructor
    from aucgan.apis.edit import FaceEditor

    (face,) = Reconstructor()("photo.jpg")
    editor = FaceEditor(face)  # once for a photo; with a checkpoint FaceEditor(face, reconstructor.detail)
    editor.own.aus, editor.own.arkit  # what the photo shows, by name
    edited = editor({"AU12": 0.8, "AUL4": 0.5, "jawOpen": 0.2})  # these are set, all else stays
    edited = editor({"AU12": 0.2}, add=True)  # so much more than the photo shows
    edited = editor({"AU4": 1.0}, turn=(20, 0, 0), wrinkles=1.5)  # also shape=…, and draft=True while dragging
    edited.verts, edited.faces, edited.aus, edited.expression  # as of every reconstructed face
    edited.render(512)  # on the photo; edited.render(512, "grey")
    edited.save("out", ["glb", "comparison", "codes"])  # all that a reconstructed face can be saved as

An edit is an offset to what was fitted: ``codes + codes(wanted) - codes(own)``. What is not named stays where it is,
and an edit that changes nothing gives the reconstruction back bit for bit. The identity and the skin of the photo stay.

Names are the 41 of :data:`aucgan.action_units.AU_NAMES` (also as ``AU12L``, ``au12``) and ARKit's 52 in any spelling. A
main unit moves both its sides by as much; a side moves alone. docs/editing.md has the rules.
"""

from aucgan.apis.edit.edited_face import EditedFace
from aucgan.apis.edit.editor import FaceEditor
from aucgan.apis.edit.named_expression import NamedExpression
from aucgan.apis.edit.names import EDIT_NAMES, edit_name

__all__ = ["EDIT_NAMES", "EditedFace", "FaceEditor", "NamedExpression", "edit_name"]
