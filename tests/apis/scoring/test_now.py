import json

import numpy as np
import pytest
import torch
import trimesh

from aucgan.apis.scoring.mesh_files import find_landmarks, find_meshes, read_mesh, read_seven_landmarks
from aucgan.apis.scoring.now import NowOptions, evaluate_now, unit_in_mm
from aucgan.apis.scoring.now_report import cumulative_curve, write_now_report
from aucgan.evaluation.scans.now_protocol import SEVEN_LANDMARKS, SEVEN_OF_68
from aucgan.models.face_models.flame import FLAME
from tools.evaluate import main


@pytest.fixture(scope="module")
def heads():
    """Two procedural heads: vertices in metres, faces, 68 landmarks."""
    flame = FLAME()
    shape = 0.8 * torch.randn(2, 100, generator=torch.Generator().manual_seed(0))
    verts, _, landmarks = flame(shape, torch.zeros(2, 50), torch.zeros(2, 6))
    return verts.double().numpy(), flame.faces.numpy(), landmarks.double().numpy()


def write(folder, name, verts, faces, landmarks, kind="ply"):
    folder.mkdir(parents=True, exist_ok=True)
    trimesh.Trimesh(verts, faces, process=False).export(folder / f"{name}.{kind}")
    np.savetxt(folder / f"{name}_landmarks.txt", landmarks, header="x y z")


def moved(points, scale, angle=0.4):
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1.0]])
    return scale * points @ turn.T + [3.0, -1.0, 7.0]


@pytest.fixture
def folders(tmp_path, heads):
    """Two scans in millimetres, and the same heads in another place, pose and unit as their reconstructions."""
    verts, faces, landmarks = heads
    for i in range(2):
        write(tmp_path / "scans", f"p{i}", 1000 * verts[i], faces, 1000 * landmarks[i])
        write(tmp_path / "ours", f"p{i}", moved(verts[i], 2.0), faces, moved(landmarks[i], 2.0))
    return tmp_path / "ours", tmp_path / "scans"


def test_of_two_files_of_one_mesh_the_kind_decides(tmp_path):
    for name in ("a.ply", "a.glb", "a.obj", "b.stl", "b.ply", "sub/a.OFF"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = {name: path.name for name, path in find_meshes(tmp_path).items()}
    assert found == {"a": "a.obj", "b": "b.ply", "sub/a": "a.OFF"}


@pytest.mark.parametrize("refine", [False, True])
def test_a_head_against_itself_in_another_frame_is_perfect(folders, refine):
    result = evaluate_now(*folders, NowOptions(refine=refine, radius=0.6))
    assert [score.name for score in result.scores] == ["p0", "p1"]
    assert result.distances.max() < 1e-3  # a binary PLY holds single precision
    assert result.scores[0].scale == pytest.approx(500.0, rel=1e-5) and result.scores[0].points > 200


def test_one_head_is_not_the_other(folders, heads):
    ours, scans = folders
    verts, faces, landmarks = heads
    write(ours, "p0", verts[1], faces, landmarks[1])
    rough = evaluate_now(ours, scans, NowOptions(refine=False, radius=0.6))
    fine = evaluate_now(ours, scans, NowOptions(radius=0.6))
    assert 0.2 < fine.scores[0].mean_mm < rough.scores[0].mean_mm < 10
    assert rough.scores[0].landmarks_mm > 0.1 and fine.scores[1].mean_mm < 1e-3
    assert fine.summary()["mean_mm"] == pytest.approx(
        np.average([s.mean_mm for s in fine.scores], weights=[s.points for s in fine.scores])
    )


def test_a_scan_off_by_a_known_distance(folders, heads):
    """Scan points are the centroids of triangles, moved out by half a millimetre."""
    ours, scans = folders
    verts, faces, landmarks = heads
    mesh = trimesh.Trimesh(1000 * verts[0], faces, process=False)
    centroids = mesh.triangles_center + 0.5 * mesh.face_normals
    flat = np.abs(mesh.face_normals[:, 2]) > 0.9  # away from lids and lips, where another triangle may be closer
    trimesh.PointCloud(centroids[flat]).export(scans / "p0.ply")
    result = evaluate_now(ours, scans, NowOptions(refine=False))
    assert result.scores[0].median_mm == pytest.approx(0.5, abs=1e-3)
    assert np.mean(np.abs(result.distances[: result.scores[0].points] - 0.5) < 1e-2) > 0.95


def test_units_do_not_matter(folders, heads, tmp_path):
    ours, scans = folders
    verts, faces, landmarks = heads
    write(ours, "p0", verts[1], faces, landmarks[1])
    first = evaluate_now(ours, scans, NowOptions(refine=False))
    write(tmp_path / "metres", "p0", verts[0], faces, landmarks[0], "obj")
    write(tmp_path / "metres", "p1", verts[1], faces, landmarks[1], "obj")
    second = evaluate_now(ours, tmp_path / "metres", NowOptions(refine=False))
    assert second.summary()["median_mm"] == pytest.approx(first.summary()["median_mm"], rel=1e-3, abs=1e-5)
    with pytest.raises(ValueError, match="in no unit a face"):
        unit_in_mm(0.001 * landmarks[0][list(SEVEN_OF_68)], tmp_path)


def test_all_that_is_missing_is_named(folders):
    ours, scans = folders
    (ours / "p0.ply").unlink()
    (scans / "p1_landmarks.txt").unlink()
    with pytest.raises(FileNotFoundError, match=r"2 missing: .*ours/p0.obj; landmarks of .*scans/p1.ply"):
        evaluate_now(ours, scans, NowOptions())
    (ours / "p0_landmarks.txt").unlink()
    with pytest.raises(FileNotFoundError, match="3 missing"):
        evaluate_now(ours, scans, NowOptions(skip_missing=True))


def test_suffixes_and_lists_pair_files(folders, tmp_path):
    ours, scans = folders
    for i in range(2):
        (ours / f"p{i}.ply").rename(ours / f"p{i}_dense.ply")  # its landmarks keep their name
    assert find_landmarks(ours / "p0_dense.ply", "_dense") == ours / "p0_landmarks.txt"
    assert evaluate_now(ours, scans, NowOptions(suffix="_dense", refine=False)).distances.max() < 1e-3
    (ours / "p0_landmarks.txt").rename(ours / "p0_dense.txt")
    listed = tmp_path / "pairs.csv"
    listed.write_text("prediction,scan\np0_dense.ply,p0.ply\np0_dense.ply,p1.ply\n", encoding="utf-8")
    result = evaluate_now(ours, scans, NowOptions(pairs=listed, refine=False))
    assert len(result.scores) == 2 and result.scores[0].mean_mm < 1e-3 < result.scores[1].mean_mm
    listed.write_text("mesh,scan\na,b\n", encoding="utf-8")
    with pytest.raises(ValueError, match="columns prediction and scan"):
        evaluate_now(ours, scans, NowOptions(pairs=listed))


def test_every_landmark_format_says_the_same(tmp_path, heads):
    all68 = heads[2][0]
    seven = all68[list(SEVEN_OF_68)]
    np.save(tmp_path / "a.npy", all68)
    np.savetxt(tmp_path / "a.txt", seven)
    (tmp_path / "a.json").write_text(
        json.dumps(dict(zip(SEVEN_LANDMARKS, seven.tolist(), strict=True))), encoding="utf-8"
    )
    (tmp_path / "b.json").write_text(json.dumps(seven.tolist()), encoding="utf-8")
    points = "".join(f'<point x="{x}" y="{y}" z="{z}" active="1" name="1"/>' for x, y, z in seven)
    (tmp_path / "a.pp").write_text(f"<!DOCTYPE PickedPoints><PickedPoints>{points}</PickedPoints>", encoding="utf-8")
    for name in ("a.npy", "a.txt", "a.json", "b.json", "a.pp"):
        assert read_seven_landmarks(tmp_path / name) == pytest.approx(seven)
    np.savetxt(tmp_path / "c.txt", seven[:5])
    with pytest.raises(ValueError, match=r"c.txt: expected 7 .* got \(5, 3\)"):
        read_seven_landmarks(tmp_path / "c.txt")
    (tmp_path / "c.json").write_text('{"nose": [0, 0, 0]}', encoding="utf-8")
    with pytest.raises(ValueError, match="c.json holds no landmarks"):
        read_seven_landmarks(tmp_path / "c.json")


def test_what_is_no_mesh_is_named(tmp_path):
    path = tmp_path / "a.ply"
    path.write_text("no mesh", encoding="utf-8")
    with pytest.raises(ValueError, match="a.ply cannot be read as a mesh"):
        read_mesh(path)


def test_the_curve_counts_shares():
    curve = cumulative_curve(np.array([0.0, 0.05, 1.0, 9.0]))
    assert curve[0] == 0.25 and curve[1] == 0.5 and curve[20] == 0.75 and curve[-1] == 0.75


def test_the_tool_writes_table_json_and_plot(folders, tmp_path, capsys):
    ours, scans = folders
    out = tmp_path / "out"
    options = ["--out", str(out), "--landmarks-only"]
    assert main(["now", str(ours), str(scans), *options, "--method", "first"]) == 0
    content = json.loads((out / "now.json").read_text(encoding="utf-8"))
    assert content["method"] == "first" and content["metrics"]["scans"] == 2
    assert content["metrics"]["median_mm"] < 1e-3 and content["protocol"]["refine"] is False
    assert "action units" in content["caveat"]
    (out / "now.json").rename(tmp_path / "first.json")
    assert main(["now", str(ours), str(scans), *options, "--also", str(tmp_path / "first.json")]) == 0
    text = (out / "now.md").read_text(encoding="utf-8")
    assert "| ours" in text and "| first" in text and "| p1" in text
    assert (out / "now_curve.png").stat().st_size > 10_000 and len(
        (out / "now.csv").read_text(encoding="utf-8").splitlines()
    ) == 3
    assert "median_mm" in capsys.readouterr().out


def test_the_tool_says_what_is_wrong_in_one_line(folders, capsys):
    ours, scans = folders
    assert main(["now", str(ours), str(scans / "nowhere")]) == 1
    assert "nowhere is no folder" in capsys.readouterr().err
    (ours / "p0.ply").write_text("no mesh", encoding="utf-8")
    assert main(["now", str(ours), str(scans)]) != 0
    error = capsys.readouterr().err
    assert "p0.ply cannot be read as a mesh" in error and len(error.strip().splitlines()) == 1


def test_reports_need_an_earlier_report(folders, tmp_path):
    result = evaluate_now(*folders, NowOptions(refine=False))
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="no now.json"):
        write_now_report(tmp_path, "x", result, [tmp_path / "x.json"])
    write_now_report(tmp_path, "x", result)
    with pytest.raises(ValueError, match="different names in one table, got x, x"):
        write_now_report(tmp_path, "x", result, [tmp_path / "now.json"])
