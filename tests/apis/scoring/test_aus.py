import json

import numpy as np
import pytest
import torch
import trimesh
from PIL import Image
from torch import nn

from aucgan.action_units import AU_NAMES
from aucgan.apis.scoring.au_fidelity import ScoringOptions, detect, score_faces
from aucgan.apis.scoring.au_inputs import InputOptions, find_faces, pictures
from aucgan.apis.scoring.au_labels import LabelledFace, read_labels
from aucgan.apis.scoring.frontal_view import CLAY, GREY, ColouredMesh, FrontalView, read_coloured_mesh
from aucgan.engine.config.config_file import load_config
from aucgan.evaluation.scans.now_protocol import SEVEN_OF_68
from aucgan.models.face_models.flame import FLAME
from aucgan.registry import MODELS
from aucgan.renderers.export import export_obj
from aucgan.renderers.srender_y import SRenderY
from tools.evaluate import main

SIZE = 48


@pytest.fixture(scope="module")
def head():
    """The mean head: vertices, faces, the seven landmarks."""
    flame = FLAME()
    verts, _, landmarks = flame(torch.zeros(1, 100), torch.zeros(1, 50), torch.zeros(1, 6))
    return verts[0].double().numpy(), flame.faces.numpy(), landmarks[0, list(SEVEN_OF_68)].double().numpy()


def moved(points):
    turn = np.array([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]])  # a profile
    return 40 * points @ turn.T + [1.0, 2.0, 3.0]


@pytest.mark.parametrize("bare", [True, False])
def test_the_view_is_the_same_whatever_the_frame_of_the_mesh(head, bare):
    verts, faces, landmarks = head
    colours = (verts - verts.min(0)) / np.ptp(verts, axis=0)
    view = FrontalView(SIZE, bare)
    first = view(ColouredMesh(verts, faces, colours=colours), landmarks)
    second = view(ColouredMesh(moved(verts), faces, colours=colours), moved(landmarks))
    assert first.shape == (3, SIZE, SIZE) and (first - second).abs().mean() < 1e-3
    assert (first[:, 0, 0] == GREY).all() and 0 <= first.min() and first.max() <= 1


def test_the_view_is_from_the_front_and_upright(head):
    verts, faces, landmarks = head
    # red grows to the person's left (right in the picture), green upwards, blue towards the viewer
    colours = (verts - verts.min(0)) / np.ptp(verts, axis=0)
    picture = FrontalView(SIZE)(ColouredMesh(verts, faces, colours=colours), landmarks)
    middle = SIZE // 2
    assert picture[0, middle, middle + 8] > picture[0, middle, middle - 8] + 0.1
    assert picture[1, middle - 8, middle] > picture[1, middle + 8, middle] + 0.1
    assert picture[2, middle, middle] > 0.8


def test_a_bare_mesh_is_clay_under_the_light(head):
    verts, faces, landmarks = head
    picture = FrontalView(SIZE)(ColouredMesh(verts, faces), landmarks)
    nose = picture[:, SIZE // 2, SIZE // 2]
    assert nose / nose[0] == pytest.approx(torch.tensor(CLAY) / CLAY[0], abs=1e-3) and nose[0] > 0.3
    forehead, chin = picture[0, SIZE // 5, SIZE // 2], picture[0, -SIZE // 5, SIZE // 2]
    assert forehead > chin  # the light comes from above


def test_textures_are_drawn_as_they_are(head, tmp_path):
    verts, faces, landmarks = head
    renderer = SRenderY(uv_size=32)
    texture = torch.tensor([0.8, 0.4, 0.2])[:, None, None].expand(3, 16, 16)
    export_obj(tmp_path / "ann.obj", verts, renderer, texture)
    mesh = read_coloured_mesh(tmp_path / "ann.obj")
    assert mesh.texture.shape == (3, 16, 16) and not mesh.is_bare
    centre = FrontalView(SIZE)(mesh, landmarks)[:, SIZE // 2, SIZE // 2]
    assert centre.numpy() == pytest.approx([0.8, 0.4, 0.2], abs=0.01)
    export_obj(tmp_path / "bob.obj", verts, renderer)
    assert read_coloured_mesh(tmp_path / "bob.obj").is_bare
    trimesh.PointCloud(verts).export(tmp_path / "cloud.ply")
    with pytest.raises(ValueError, match="cloud.ply has no triangles"):
        read_coloured_mesh(tmp_path / "cloud.ply")


def test_labels_from_csv_and_json_agree(tmp_path):
    (tmp_path / "a.csv").write_text(
        "name,identity,split,AU1,AUL12\nann,p1,test,0.4,\nbob,p2,train,0,-1\n", encoding="utf-8"
    )
    content = {"ann": {"identity": "p1", "split": "test", "AU1": 0.4}, "bob": {"split": "train", "AU1": 0}}
    (tmp_path / "a.json").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "b.json").write_text(
        json.dumps([dict(entry, name=name) for name, entry in content.items()]), encoding="utf-8"
    )
    for path in ("a.csv", "a.json", "b.json"):
        ann, bob = read_labels(tmp_path / path)
        assert (ann.name, ann.identity, bob.name) == ("ann", "p1", "bob")
        assert ann.aus[0] == pytest.approx(0.4) and ann.aus[1] == -1 and bob.aus[0] == 0
        assert [face.name for face in read_labels(tmp_path / path, "test")] == ["ann"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,AU3\nann,1\n", r"line 2: unknown keys \['AU3'\]"),
        ("name,AU1\nann,3\n", "line 2: AU values are .* divide FACS grades by 5"),
        ("name,AU1\nann,nan\n", "line 2: AU values are"),
        ("name,AU1\nann,x\n", "line 2: could not convert"),
        ("name,AU1\nann,1\nann,0\n", "line 3: there is a face ann already"),
        ("name,AU1\n", "has no face"),
    ],
)
def test_bad_labels_are_placed(tmp_path, text, message):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_labels(tmp_path / "a.csv")


class FirstPixel(nn.Module):
    """Says of AU1 the red, of AU2 the green of the first pixel."""

    def forward(self, image):
        said = torch.zeros(len(image), 41)
        said[:, :2] = image[:, :2, 0, 0]
        return said, None


def faces_with(values, identity=None):
    aus = np.full((len(values), 41), -1.0, np.float32)
    aus[:, 0] = values
    return [LabelledFace(f"f{i}", identity and identity[i], row) for i, row in enumerate(aus)]


def test_faces_that_show_their_labels_score_one():
    truth = [0.0, 0.6, 1.0, 0.0] * 20
    shown = [torch.full((3, 4, 4), value) for value in truth]
    said = detect(FirstPixel(), shown)
    assert said.shape == (80, 41)
    result = score_faces(said, faces_with(truth), ScoringOptions(draws=100))
    assert list(result.units) == ["AU1"] and result.persons is None and result.faces == 80
    unit = result.units["AU1"]
    assert (unit.known, unit.present, unit.always) == (80, 40, pytest.approx(80 / 120))
    for name in ("f1", "accuracy", "correlation", "icc"):
        for score in (unit.scores[name], result.macro[name]):
            assert (score.value, score.low, score.high) == pytest.approx((1.0, 1.0, 1.0))


def test_persons_are_drawn_where_they_are_known():
    rng = np.random.default_rng(0)
    truth = (rng.random(80) < 0.5).astype(float)
    person = np.arange(80) // 8
    said = np.zeros((80, 41))
    said[:, 0] = np.where(person < 4, 1 - truth, truth)  # the detector fails with four persons of ten
    alone = score_faces(said, faces_with(truth), ScoringOptions())
    grouped = score_faces(said, faces_with(truth, [f"p{i}" for i in person]), ScoringOptions())
    assert grouped.persons == 10 and grouped.macro["accuracy"].value == alone.macro["accuracy"].value == 0.6
    widths = [r.macro["accuracy"].high - r.macro["accuracy"].low for r in (alone, grouped)]
    assert widths[1] > 2 * widths[0]


def save_pictures(folder, names, suffix=""):
    folder.mkdir()
    for name in names:
        Image.new("RGB", (8, 8), (128, 0, 0)).save(folder / f"{name}{suffix}.png")


def test_files_are_found_or_named(tmp_path, head):
    save_pictures(tmp_path / "renders", ["ann", "bob"], "_x")
    kind, found, missing = find_faces(tmp_path / "renders", ["ann", "bob"], InputOptions(suffix="_x"))
    assert kind == "renders" and sorted(found) == ["ann", "bob"] and not missing
    with pytest.raises(FileNotFoundError, match=r"lacks 1 of 2 renders, such as eve_x.png \(--skip-missing"):
        find_faces(tmp_path / "renders", ["ann", "eve"], InputOptions(suffix="_x"))
    _, found, missing = find_faces(tmp_path / "renders", ["ann", "eve"], InputOptions(suffix="_x", skip_missing=True))
    assert list(found) == ["ann"] and missing == ["eve"]
    verts, faces, _ = head
    trimesh.Trimesh(verts, faces, process=False).export(tmp_path / "renders/ann_x.ply")
    kind, found, _ = find_faces(tmp_path / "renders", ["ann"], InputOptions(suffix="_x"))
    assert kind == "meshes"  # its texture may lie beside it
    with pytest.raises(FileNotFoundError, match=r"1 meshes have no landmarks beside them, such as .*ann_x.ply"):
        list(pictures(kind, [found["ann"]], InputOptions(suffix="_x")))


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """Checkpoint of the judge with random weights."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("judge") / "final.pth"
    torch.save({"state_dict": MODELS.build(load_config("configs/aujudge_procedural.py").model).state_dict()}, path)
    return path


def test_the_tool_scores_meshes_and_renders(tmp_path, head, judge, capsys):
    verts, faces, landmarks = head
    names = ["ann", "bob", "eve"]
    save_pictures(tmp_path / "renders", names)
    (tmp_path / "meshes").mkdir()
    for name in names:
        trimesh.Trimesh(verts, faces, process=False).export(tmp_path / f"meshes/{name}.ply")
        np.save(tmp_path / f"meshes/{name}.npy", landmarks)
    rows = [",".join([name, "p", *(["1", "0"] * 21)[:41]]) for name in names]
    labels = tmp_path / "labels.csv"
    labels.write_text("\n".join([",".join(["name", "identity", *AU_NAMES]), *rows]), encoding="utf-8")
    for folder in ("meshes", "renders"):
        out = tmp_path / f"out_{folder}"
        arguments = [str(tmp_path / folder), str(labels), "--checkpoint", str(judge), "--out", str(out)]
        assert main(["aus", *arguments, "--device", "cpu"]) == 0
        content = json.loads((out / "aus.json").read_text(encoding="utf-8"))
        assert content["kind"] == content["method"] == folder and content["persons"] == 1
        assert set(content["units"]) == set(AU_NAMES[::2]) and 0 <= content["metrics"]["macro_f1"] <= 1
        assert (out / "aus.png").stat().st_size > 10_000 and Image.open(out / "aus_pictures.png").width >= 3 * 112
        assert "| macro" in (out / "aus.md").read_text(encoding="utf-8")
        assert len((out / "aus.csv").read_text(encoding="utf-8").splitlines()) == 1 + 1 + 21
    assert "macro" in capsys.readouterr().out
    assert main(["aus", str(tmp_path / "meshes"), str(labels), "--checkpoint", str(tmp_path / "none.pth")]) == 1
    assert "none.pth" in capsys.readouterr().err
