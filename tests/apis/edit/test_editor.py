"""Edits of one face: what moves, what stays, and how it is drawn."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from posed_face import SIDE, posed_face, studio

from aucgan.apis.edit import FaceEditor, NamedExpression
from aucgan.apis.outputs.code_file import read_codes
from aucgan.apis.photos import Photo
from aucgan.apis.reconstruction.picture_part import PicturePart
from aucgan.expression import arkit_to_codes
from aucgan.motion.angles import to_yaw_pitch_roll

SMILE = {"mouthSmileLeft": 0.4, "mouthSmileRight": 0.2, "browInnerUp": 0.3, "jawOpen": 0.1}


@pytest.fixture(scope="module")
def editor():
    return FaceEditor(posed_face(SMILE))


def test_an_edit_that_changes_nothing_gives_the_reconstruction_back(editor):
    face = editor.face
    for edited in (editor(), editor({"AU12": editor.own.aus["AU12"]}), editor({"AU4": 0.0}, add=True)):
        assert edited.fitted is face.fitted and edited.expression == face.expression and edited.aus == face.aus
        assert np.array_equal(edited.texture, face.texture) and edited.uv_displacement is face.uv_displacement
    whole = np.asarray(editor().render(SIDE, whole=True))
    assert np.array_equal(whole, face.photo.pixels)


def test_an_edit_gives_the_mesh_of_the_wanted_codes(editor):
    head, own = studio().head, editor.face.fitted
    edited = editor({"AU12": 0.9, "AU1": 0.0, "AU26": 0.8})
    wanted = arkit_to_codes({"mouthSmileLeft": 0.9, "mouthSmileRight": 0.7, "jawOpen": 0.4}, head)
    pose = torch.cat([torch.zeros(1, 3), torch.from_numpy(wanted.jaw_pose)[None]], 1)
    verts = studio().flame(own.shape, torch.from_numpy(wanted.exp)[None], pose)[0]
    assert np.abs(edited.verts - verts[0].numpy()).max() < 1e-6
    dense = head.dense_landmarks
    seen = edited.camera.project(dense.points(edited.verts, head.faces))
    assert np.abs(edited.landmarks468 - seen).max() < 0.01
    assert edited.aus["AU12"] == pytest.approx(0.9) and edited.aus["AU1"] == 0


def test_what_the_fit_has_beside_the_names_stays():
    face = posed_face(SMILE, AU21=0.7)  # a column that no name speaks of
    moved = torch.zeros_like(face.fitted.verts)
    moved[:, 100] = 0.01  # and vertices that no code makes
    face = replace(face, fitted=replace(face.fitted, verts=face.fitted.verts + moved))
    edited = FaceEditor(face)({"AU12": 0.0})
    column = face.studio.head.expression_names.index("AU21")
    assert edited.fitted.expression[0, column] == pytest.approx(0.7)
    plain = FaceEditor(posed_face(SMILE, AU21=0.7))({"AU12": 0.0})
    assert np.allclose(edited.verts - plain.verts, moved[0], atol=1e-6)


@pytest.mark.parametrize("values, shapes", [
    ({"AUL12": 1.0}, ["mouthSmileLeft"]), ({"AU4": 1.0}, ["browDownLeft", "browDownRight"]),
    ({"AU9": 1.0}, ["noseSneerLeft", "noseSneerRight"]),
    ({"AU38": 1.0}, ["AU38Left", "AU38Right"]),
])  # fmt: skip
def test_only_what_a_unit_moves_is_moved(values, shapes):
    face = posed_face({"mouthSmileRight": 0.3})
    away = np.linalg.norm(FaceEditor(face)(values).verts - face.verts, axis=1)
    touched = np.abs(studio().head.columns(*shapes)).max((1, 2)) > 1e-9
    assert away[~touched].max() < 1e-6 and away[touched].max() > 5e-4


def test_a_turn_leads_where_turn_to_comes_from():
    posed = posed_face(SMILE)
    own = torch.tensor([[0.1, -0.3, 0.05]])
    fitted = replace(posed.fitted, pose=torch.cat([own, posed.fitted.jaw_pose], 1))
    editor = FaceEditor(replace(posed, fitted=fitted))
    assert editor.turned((0.0, 0.0, 0.0)) is None
    there = editor.turned((25.0, -10.0, 5.0))
    assert editor.turn_to(there) == pytest.approx((25.0, -10.0, 5.0), abs=1e-4)
    assert editor.turn_to(own[0].double().numpy()) == pytest.approx((0, 0, 0), abs=1e-4)
    assert editor(turn=(25.0, -10.0, 5.0)).fitted.pose[0, :3].numpy() == pytest.approx(there, abs=1e-6)


def test_the_head_turns_about_its_middle(editor):
    face, edited = editor.face, editor(turn=(20.0, 0.0, 0.0))
    yaw = np.degrees(to_yaw_pitch_roll(np.stack([face.pose[:3], edited.pose[:3]])))[:, 0]
    assert np.array_equal(edited.verts, face.verts) and yaw[1] - yaw[0] == pytest.approx(20, abs=2)
    middle = ((face.verts.min(0) + face.verts.max(0)) / 2)[None]
    assert np.allclose(edited.camera.project(middle), face.camera.project(middle), atol=0.01)
    assert edited.is_changed and np.abs(edited.landmarks468 - face.landmarks468).max() > 5


def test_identity_may_change_too(editor):
    edited = editor(shape=np.array([1.0, -0.5], np.float32))
    assert torch.allclose(edited.fitted.shape[0, :2] - editor.face.fitted.shape[0, :2], torch.tensor([1.0, -0.5]))
    assert edited.aus == editor.face.aus and np.abs(edited.verts - editor.face.verts).max() > 1e-3
    with pytest.raises(ValueError, match="identity columns"):
        editor(shape=np.zeros(9999, np.float32))


def test_another_expression_on_the_same_person(editor):
    driving = NamedExpression.of(posed_face({"mouthFrownLeft": 0.8, "jawOpen": 0.5}, seed=5).fitted)
    edited = editor.express(driving)
    assert edited.expression == driving.arkit and torch.equal(edited.fitted.shape, editor.face.fitted.shape)
    codes = arkit_to_codes({"mouthFrownLeft": 0.8, "jawOpen": 0.5}, studio().head)
    assert np.allclose(edited.fitted.expression[0], codes.exp, atol=1e-6)


def test_the_photo_moves_with_the_face_and_far_away_stays(editor):
    photo = np.asarray(editor().render(SIDE, whole=True)).astype(float)
    opened = np.asarray(editor({"AU27": 1.0}).render(SIDE, whole=True)).astype(float)
    away = np.abs(opened - photo).mean(2)
    chin = editor({"AU27": 1.0}).landmarks468[152].astype(int)
    assert away[chin[1] - 12 : chin[1], chin[0] - 5 : chin[0] + 5].mean() > 5
    assert away[:5].max() <= 1 and away[:, :5].max() <= 1, "the border of the photo"


def test_a_place_of_the_skin_keeps_its_colour(editor):
    edited, photo = editor({"AU12": 1.0}), editor.face.photo.pixels
    picture = np.asarray(edited.render(SIDE, whole=True)).astype(float)
    corner = 61  # of the lips, on the person's right
    assert np.linalg.norm(edited.landmarks468[corner] - editor.face.landmarks468[corner]) > 3
    before, after = (points[corner].astype(int) for points in (editor.face.landmarks468, edited.landmarks468))
    ratio = picture[after[1], after[0]] / photo[before[1], before[0]]
    assert np.ptp(ratio) < 0.15 * ratio.mean() and 0.5 < ratio.mean() < 1.7, "hue as it was, brightness by the light"


def test_on_grey_there_is_the_head_alone(editor):
    picture = np.asarray(editor({"AU12": 1.0}).render(128, "grey"))
    assert picture.shape == (128, 128, 3) and (picture[0, 0] == round(255 * 0.92)).all()
    with pytest.raises(ValueError, match="photo, grey, not 'blue'"):
        editor().render(64, "blue")


def test_an_edited_face_is_saved_as_every_face(editor, tmp_path):
    edited = editor({"AU12": 1.0})
    files = {path.name for path in edited.save(tmp_path, ["codes", "glb", "words", "overlay", "comparison"], "smile")}
    assert {"smile_codes.npz", "smile_detail.glb", "smile_expression.json", "smile_overlay.jpg"} <= files
    assert np.allclose(read_codes(tmp_path / "smile_codes.npz").exp, edited.fitted.expression)
    assert Image.open(tmp_path / "smile_comparison.png").size[0] > 500


@pytest.fixture(scope="module")
def painted():
    """A photo whose skin is red and whose eyeballs are blue."""
    face = posed_face({}, zoom=3)
    part = PicturePart(0, 0, 3 * SIDE, 3 * SIDE)
    _, renderer, _, spots = studio().surface(face.fitted, part)
    colours = np.where((studio().head.vertex_parts == "eyeball")[:, None], [0.2, 0.3, 0.8], [0.8, 0.4, 0.3])
    drawn, mask = renderer.render_attributes(spots, torch.from_numpy(colours.astype(np.float32))[None])
    pixels = (255 * (drawn + 0.5 * (1 - mask)))[0].permute(1, 2, 0).round().byte().numpy()
    return FaceEditor(replace(face, photo=Photo(pixels, face.photo.size)))


def colour_at(edited, place):
    picture = np.asarray(edited.render(3 * SIDE, whole=True)).astype(float)
    column, row = np.asarray(place).astype(int)
    return picture[row, column]


@pytest.mark.parametrize("upper, lower", [(159, 145), (386, 374)], ids=["right", "left"])
def test_lids_that_close_are_skin_and_eyes_that_open_are_eyes(painted, upper, lower):
    before = painted().landmarks468
    middle = (before[upper] + before[lower]) / 2
    red, _, blue = colour_at(painted(), middle)
    assert blue > 2 * red, "the eye is open in the photo"
    red, _, blue = colour_at(painted({"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}), middle)
    assert red > 1.8 * blue, "the lid is painted with the eye"
    wide = painted({"AU5": 1.0})
    assert before[upper][1] - wide.landmarks468[upper][1] > 3
    red, _, blue = colour_at(wide, (before[upper] + wide.landmarks468[upper]) / 2)
    assert blue > 1.8 * red, "what the lid uncovers is not the eye"
