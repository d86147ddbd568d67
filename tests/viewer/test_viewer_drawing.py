"""From states to meshes, colours, files and frames, without a page."""

import io
import json
import threading
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from renderers.glb_reading import Glb, khronos_report
from scipy.spatial.transform import Rotation

from aucgan.action_units import AU_NAMES
from aucgan.apis.outputs.au_table import AUTable, write_au_table
from aucgan.viewer.drawing import FaceDrawing, unit_motion
from aucgan.viewer.face_state import LOOKS
from aucgan.viewer.files import KINDS, parameters, saved_file, state_of
from aucgan.viewer.redrawer import Redrawer
from aucgan.viewer.unit_chart import unit_chart
from aucgan.viewer.unit_video import UnitVideo


@pytest.fixture
def drawing(mean_person, studio):
    return FaceDrawing(mean_person, studio)


def read(tmp_path, content):
    (tmp_path / "head.glb").write_bytes(content)
    return Glb(tmp_path / "head.glb")


def lips_gap(person, verts):
    """Metres between the inner lips, of iBUG's points 62 and 66."""
    points = person.face.studio.head.landmarks
    corners = verts[person.face.faces[points.full_faces_idx[[62, 66]]]]
    upper, lower = (corners * points.full_bary_coords[[62, 66], :, None]).sum(1)
    return float(np.linalg.norm(upper - lower))


def test_au26_opens_the_mouth_of_the_mesh_step_by_step(mean_person):
    gaps = [
        lips_gap(mean_person, mean_person.edited(mean_person.start.showing({"AU26": value})).verts)
        for value in (0.0, 0.3, 0.6, 1.0)
    ]
    assert (np.diff(gaps) > 0.001).all()


@pytest.mark.parametrize("look", LOOKS)
def test_every_look_is_a_valid_glb_of_the_same_mesh(drawing, mean_person, look, tmp_path):
    state = replace(mean_person.start.showing({"AU12": 0.5}), look=look)
    drawing.full(state)
    glb = read(tmp_path, drawing.draft(state))
    verts, _ = mean_person.in_scene(mean_person.edited(state))
    corners = glb.attribute("POSITION")[glb.array(glb.primitive["indices"])]
    np.testing.assert_array_equal(corners, verts[mean_person.face.faces.ravel()].astype(np.float32))
    assert ("COLOR_0" in glb.primitive["attributes"]) == (look in ("normals", "heat map"))


@pytest.mark.parametrize("look", LOOKS)
def test_khronos_validator_has_no_word_about_a_look(drawing, mean_person, look, tmp_path):
    state = replace(mean_person.start, look=look)
    (tmp_path / "head.glb").write_bytes(drawing.full(state))
    said = [
        line for line in khronos_report(tmp_path / "head.glb") if "TANGENT_SPACE" not in line and "UNUSED" not in line
    ]
    assert said == []


def test_a_full_drawing_of_a_draft_differs_by_its_fine_normals_alone(drawing, mean_person, tmp_path):
    draft, full = drawing.draft(mean_person.start), drawing.full(mean_person.start)
    assert drawing.draft(mean_person.start) == full
    before, after = read(tmp_path, draft), read(tmp_path, full)
    np.testing.assert_array_equal(before.attribute("POSITION"), after.attribute("POSITION"))
    assert "normalTexture" not in before.json["materials"][0] and "normalTexture" in after.json["materials"][0]
    smooth = drawing.full(replace(mean_person.start, detailed=False))
    assert smooth == draft


def test_the_head_turns_about_its_middle(mean_person):
    straight, _ = mean_person.in_scene(mean_person.edited(mean_person.start))
    turned, normals = mean_person.in_scene(mean_person.edited(replace(mean_person.start, turn=(30.0, 0.0, 0.0))))
    expected = Rotation.from_euler("y", 30, degrees=True).apply(straight)
    np.testing.assert_allclose(turned, expected, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-5)
    aside = Rotation.from_euler("y", 30, degrees=True).as_rotvec()
    assert mean_person.editor.turn_to(aside) == pytest.approx((30, 0, 0))


def test_the_identity_changes_by_the_heads_columns(mean_person):
    state = mean_person.start.with_part("identity", 1, 2.0)
    moved = mean_person.edited(state).verts - mean_person.face.verts
    np.testing.assert_allclose(moved, 2 * mean_person.face.studio.head.shapedirs[..., 1], atol=2e-5)


def test_the_heat_map_shows_where_a_unit_acts_whatever_its_slider_says(mean_person, drawing):
    start = replace(mean_person.start, heat_unit="AUL12")
    way = unit_motion(mean_person, start)
    assert way.max() > 0.003
    assert mean_person.face.verts[way > way.max() / 2, 0].min() > 0  # the person's left
    again = unit_motion(mean_person, start.showing({"AUL12": 0.7}))
    np.testing.assert_allclose(way, again, atol=1e-6)
    colours = drawing.heat(start)
    assert colours.shape == mean_person.face.verts.shape
    assert np.argmax(colours[:, 0] - colours[:, 2]) == way.argmax()


def test_wrinkle_strength_scales_what_a_network_gave(mean_person):
    given = np.random.default_rng(0).normal(0, 1e-4, (64, 64)).astype(np.float32)
    wrinkled = replace(mean_person, face=replace(mean_person.face, uv_displacement=given))
    assert wrinkled.has_wrinkles and not mean_person.has_wrinkles
    stronger = wrinkled.edited(replace(wrinkled.start, wrinkles=2.0))
    np.testing.assert_array_equal(stronger.uv_displacement, 2 * given)
    assert mean_person.edited(replace(mean_person.start, wrinkles=2.0)).uv_displacement is None


def test_files_hold_what_is_set(mean_person, tmp_path):
    state = mean_person.start.showing({"AU26": 0.8})
    files = dict(saved_file(kind, mean_person, state) for kind in KINDS)
    assert sorted(files) == ["mean.glb", "mean_mesh.zip", "mean_parameters.json", "mean_picture.png"]
    glb = read(tmp_path, files["mean.glb"])
    corners = glb.attribute("POSITION")[glb.array(glb.primitive["indices"])]
    np.testing.assert_allclose(
        corners, mean_person.edited(state).verts[mean_person.face.faces.ravel()].astype(np.float32), atol=1e-7
    )
    names = zipfile.ZipFile(io.BytesIO(files["mean_mesh.zip"])).namelist()
    assert any(name.endswith(".obj") for name in names) and any(name.endswith(".mtl") for name in names)
    assert files["mean_picture.png"].startswith(b"\x89PNG")
    assert json.loads(files["mean_parameters.json"])["units"]["AU26"] == pytest.approx(0.8)
    with pytest.raises(ValueError, match="no kind of file 'tiff'; there are mesh, GLB"):
        saved_file("tiff", mean_person, state)


def test_parameters_come_back(mean_person):
    state = replace(
        mean_person.start.showing({"AU12": 0.25, "eyeBlinkLeft": 0.5, "AU25": 0.5}),
        turn=(10.0, -5.0, 2.0),
        identity=(1.0, *[0.0] * 7),
        look="grey",
    )
    assert state_of(json.dumps(parameters(state)).encode(), mean_person.start) == state


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: b"\xff", "no JSON file"),
        (lambda data: b"[1]", "no parameters of the viewer"),
        (lambda data: json.dumps(data | {"version": 9}).encode(), "no parameters of the viewer"),
        (lambda data: json.dumps(data | {"turn": [1, 2]}).encode(), "3 numbers were expected, got 2"),
        (lambda data: json.dumps(data | {"shapes": {}}).encode(), "not complete"),
        (lambda data: json.dumps(data | {"wrinkles": 1e9}).encode(), "expected 0…10"),
        (lambda data: json.dumps(data | {"wrinkles": float("nan")}).encode(), "expected 0…10"),
    ],
)
def test_other_files_are_no_parameters(mean_person, change, message):
    with pytest.raises(ValueError, match=message):
        state_of(change(parameters(mean_person.start)), mean_person.start)


@pytest.fixture
def table():
    names = (*AU_NAMES, "AU45", "AUL45", "AUR45")
    values = np.zeros((4, len(names)))
    values[:, names.index("AU26")] = [0.1, 0.9, 0.4, 0.2]
    values[:, names.index("AUL45")] = [0, 0, 1, 0]
    turns = np.radians([[0, 0, 0], [0, 10, 0], [0, 20, 0], [0, 30, 0]])
    face = np.array([7, 3, 7, 7])
    return AUTable(np.arange(4), face, np.arange(4) / 25, np.ones(4), turns, np.zeros((4, 3)), names, values)


def test_a_videos_table_is_scrubbed_by_the_face_that_most_frames_show(table, mean_person, tmp_path):
    content = write_au_table(tmp_path / "clip_aus.csv", table).read_bytes()
    video = UnitVideo.from_content("clip_aus.csv", content)
    assert video.frames.tolist() == [0, 2, 3]
    start = replace(mean_person.start.showing({"AU12": 1.0}), look="grey")
    state = video.show(1, start, mean_person)
    assert state.expression.aus["AU26"] == pytest.approx(0.4, abs=1e-3) and state.expression.aus["AU12"] == 0
    assert state.expression.shapes["eyeBlinkLeft"] == pytest.approx(1) and state.expression.shapes["eyeBlinkRight"] == 0
    assert state.turn == pytest.approx((20, 0, 0), abs=1e-3) and state.look == "grey"


def test_another_table_is_refused_by_its_name(tmp_path):
    with pytest.raises(ValueError, match=r"prices\.csv"):
        UnitVideo.from_content("prices.csv", b"apples,pears\n1,2\n")


def test_the_chart_compares_the_photo_with_what_is_set(mean_person):
    now = mean_person.start.showing({"AU12": 0.5}).expression.aus
    chart = unit_chart(mean_person.start.expression.aus, now)
    assert 'data-unit="AU12" data-photo="0.00" data-now="0.50"' in chart and "AU4" not in chart
    assert "at rest" in unit_chart(mean_person.start.expression.aus, mean_person.start.expression.aus)


def test_of_many_states_the_last_is_drawn_and_completed_when_the_hand_rests():
    drawn, begun, go_on, completed = [], threading.Event(), threading.Event(), threading.Event()

    def draft(state):
        drawn.append(f"draft {state}")
        begun.set()
        assert go_on.wait(30)

    def full(state):
        drawn.append(f"full {state}")
        completed.set()

    redrawer = Redrawer(draft, full, rest=0.001)
    redrawer.ask("a")
    assert begun.wait(30)
    for state in "bcd":
        redrawer.ask(state)
    go_on.set()
    assert completed.wait(30)
    redrawer.end()
    drafts = [one for one in drawn if one.startswith("draft")]
    assert drafts == ["draft a", "draft d"] and drawn[-1] == "full d"


def test_a_state_that_cannot_be_drawn_does_not_end_the_drawing(caplog):
    done = threading.Event()

    def draft(state):
        if state == "bad":
            raise ValueError("no such face")

    redrawer = Redrawer(draft, lambda state: done.set() if state == "good" else None, rest=0.001)
    redrawer.ask("bad")
    redrawer.ask("good")
    assert done.wait(30)
    redrawer.end()
