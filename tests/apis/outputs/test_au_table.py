"""Tables of action units: names, scales and axes as psychologists' scripts expect them, and the way back."""

import csv
from dataclasses import fields, replace

import numpy as np
import pytest
from moving_face import moving_face
from scipy.spatial.transform import Rotation

from aucgan.action_units import AU_NAMES
from aucgan.apis.outputs.au_table import au_table, read_au_table, write_au_table
from aucgan.expression import arkit_to_aus


def rows_of(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_units_of_two_faces_by_frame(tmp_path):
    motions = {3: moving_face(4), 1: moving_face(5, seed=1)}
    rows = rows_of(write_au_table(tmp_path / "aus.csv", au_table(motions)))
    assert [(row["frame"], row["face_id"]) for row in rows[:4]] == [("7", "1"), ("7", "3"), ("8", "1"), ("8", "3")]
    assert len(rows) == 9
    expected = arkit_to_aus(motions[3].row(1))
    for name, column in (("AU12", "AU12_r"), ("AUL12", "AU12L_r"), ("AUR2", "AU02R_r"), ("AU39", "AU39_r")):
        assert float(rows[3][column]) == pytest.approx(5 * expected[name], abs=1e-4)
        assert rows[3][column.replace("_r", "_c")] == str(int(expected[name] >= 0.2))
    blinks = [motions[3].row(1)[f"eyeBlink{side}"] for side in ("Left", "Right")]
    found = [float(rows[3][f"AU45{side}_r"]) / 5 for side in ("", "L", "R")]
    assert found == pytest.approx([max(blinks), *blinks], abs=1e-4)
    assert rows[3]["success"] == str(int(motions[3].confidence[1] >= 0.5))
    assert float(rows[3]["timestamp"]) == pytest.approx(motions[3].times[1])


def test_the_columns_are_named_as_openface_names_them(tmp_path):
    names = list(rows_of(write_au_table(tmp_path / "aus.csv", au_table({0: moving_face()})))[0])
    assert names[:5] == ["frame", "face_id", "timestamp", "confidence", "success"]
    assert names[5:11] == ["pose_Tx", "pose_Ty", "pose_Tz", "pose_Rx", "pose_Ry", "pose_Rz"]
    assert names[11:14] == ["AU01_r", "AU02_r", "AU04_r"] and len(names) == 11 + 2 * (len(AU_NAMES) + 3)
    assert names[11 + len(AU_NAMES) + 3] == "AU01_c"


def test_the_pose_is_the_cameras(tmp_path):
    """Points of the head in the camera's frame, millimetres, x right, y down, z away, by the table's numbers alone."""
    motion = moving_face()
    rows = rows_of(write_au_table(tmp_path / "aus.csv", au_table({0: motion})))
    points = np.random.default_rng(1).normal(size=(6, 3)) * 0.1
    for k, row in enumerate(rows):
        x, y, z = (np.array(float(row[f"pose_R{axis}"])) for axis in "xyz")
        turn = rotation_about(0, x) @ rotation_about(1, y) @ rotation_about(2, z)
        move = np.array([float(row[f"pose_T{axis}"]) for axis in "xyz"])
        found = (points * [1000, -1000, -1000]) @ turn.T + move
        expected = Rotation.from_rotvec(motion.rotation[k]).apply(points) + motion.translation[k]
        np.testing.assert_allclose(found, expected * [1000, -1000, -1000], atol=1e-3)
    assert float(rows[0]["pose_Tz"]) > 0


def rotation_about(axis, angle):
    turn = np.eye(3)
    a, b = [(1, 2), (2, 0), (0, 1)][axis]
    turn[a, a] = turn[b, b] = np.cos(angle)
    turn[a, b], turn[b, a] = -np.sin(angle), np.sin(angle)
    return turn


def test_what_is_written_comes_back(tmp_path):
    table = au_table({3: moving_face(4), 1: moving_face(5, seed=1)})
    back = read_au_table(write_au_table(tmp_path / "aus.csv", table))
    assert back.names == table.names
    for field in fields(table):
        if field.name != "names":
            np.testing.assert_allclose(getattr(back, field.name), getattr(table, field.name), atol=6e-5)
    np.testing.assert_allclose(back.translation, table.translation, atol=1e-9 * 1e3)


def test_openfaces_own_table_is_read(tmp_path):
    """With blanks after the commas, no face_id, and columns that we do not have."""
    header = "frame, timestamp, confidence, success, gaze_0_x, pose_Tx, pose_Ty, pose_Tz, pose_Rx, pose_Ry, pose_Rz"
    (tmp_path / "of.csv").write_text(
        f"{header}, AU01_r, AU45_r, AU28_c\n1, 0.04, 0.98, 1, 0.1, 10, -20, 500, 0, 0, 0, 2.5, 5, 1\n", encoding="utf-8"
    )
    table = read_au_table(tmp_path / "of.csv")
    assert table.names == ("AU1", "AU45") and (table.values == [[0.5, 1.0]]).all() and (table.face == 0).all()
    np.testing.assert_allclose(table.translation, [[0.01, 0.02, -0.5]])
    assert (table.rotation == 0).all() and table.frame.dtype == np.int64


def test_profiles_have_a_pose_too(tmp_path):
    motion = moving_face(2)
    sideways = replace(motion, rotation=np.array([[0, np.pi / 2, 0], [0, -np.pi / 2, 0]]))
    back = read_au_table(write_au_table(tmp_path / "aus.csv", au_table({0: sideways})))
    np.testing.assert_allclose(back.rotation, sideways.rotation, atol=2e-3)


def test_errors(tmp_path):
    table = au_table({0: moving_face()})
    with pytest.raises(ValueError, match="at least one face"):
        au_table({})
    with pytest.raises(ValueError, match="'smile' is no action unit"):
        replace(table, names=("smile", *table.names[1:]))
    with pytest.raises(ValueError, match=r"intensities must be in \[0, 1\], got up to 5"):
        replace(table, values=table.values * 0 + 5)
    with pytest.raises(ValueError, match=r"rotation must be \(5, 3\)"):
        replace(table, rotation=np.zeros((4, 3)))
    with pytest.raises(ValueError, match="ends in .csv"):
        write_au_table(tmp_path / "aus.xlsx", table)
    assert not list(tmp_path.iterdir())
    path = write_au_table(tmp_path / "aus.csv", table)
    path.write_text(path.read_text(encoding="utf-8").replace("pose_Rx", "pose_x"), encoding="utf-8")
    with pytest.raises(ValueError, match="has no column pose_Rx"):
        read_au_table(path)
