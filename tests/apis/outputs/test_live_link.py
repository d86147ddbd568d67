"""Live Link Face's CSV: layout, timecode, signs of the angles, and the way back."""

import csv

import numpy as np
import pytest
from moving_face import moving_face
from scipy.spatial.transform import Rotation

from aucgan.apis.expression_files import read_expressions
from aucgan.apis.outputs.live_link import HEADER, SHAPES, read_live_link, timecode, write_live_link
from aucgan.arkit import arkit_name
from aucgan.heads import ARKIT_NAMES
from aucgan.motion import MOTION_NAMES, FaceMotion


def table(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_layout_is_the_apps(tmp_path):
    motion = moving_face(start=3661.5)
    rows = table(write_live_link(tmp_path / "take.csv", motion))
    assert len(HEADER) == 63 and tuple(rows[0]) == HEADER
    assert HEADER[:5] == ("Timecode", "BlendShapeCount", "EyeBlinkLeft", "EyeLookDownLeft", "EyeLookInLeft")
    assert (HEADER[20], HEADER[53], HEADER[54], HEADER[62]) == ("MouthClose", "TongueOut", "HeadYaw", "RightEyeRoll")
    assert sorted(map(arkit_name, SHAPES)) == sorted(ARKIT_NAMES)
    assert [row["Timecode"] for row in rows[:2]] == ["01:01:01:30.000", "01:01:01:32.400"]
    assert {row["BlendShapeCount"] for row in rows} == {"61"}
    expected = motion.weights[:, MOTION_NAMES.index("mouthSmileLeft")]
    np.testing.assert_allclose([float(row["MouthSmileLeft"]) for row in rows], expected, atol=1e-8)


@pytest.mark.parametrize("rate", [24, 29.97, 60])
def test_what_is_written_comes_back(tmp_path, rate):
    motion = moving_face(start=12.3)
    back = read_live_link(write_live_link(tmp_path / "take.csv", motion, rate), rate)
    np.testing.assert_allclose(back.times, motion.times, atol=0.0006 / rate)
    np.testing.assert_allclose(back.weights[:, :52], motion.weights[:, :52], atol=1e-8)
    assert (back.weights[:, 52:] == 0).all() and (back.translation == 0).all()
    np.testing.assert_allclose(back.rotation, motion.rotation, atol=1e-7)
    np.testing.assert_allclose(back.eyes, motion.eyes, atol=1e-7)


def test_angles_are_about_y_x_and_z(tmp_path):
    still = moving_face(3)
    motion = FaceMotion(still.times, still.weights, np.diag([0.3, 0.5, 0.2]), still.translation, still.eyes)
    rows = table(write_live_link(tmp_path / "take.csv", motion))
    found = [[float(row[f"Head{angle}"]) for angle in ("Pitch", "Yaw", "Roll")] for row in rows]
    np.testing.assert_allclose(found, np.diag([0.3, 0.5, 0.2]), atol=1e-8)
    left = Rotation.from_rotvec([0, 0.5, 0]).apply([0, 0, 1])  # where the face looks with a positive yaw
    down = Rotation.from_rotvec([0.3, 0, 0]).apply([0, 0, 1])
    assert left[0] > 0 and down[1] < 0


def test_timecodes():
    assert timecode(0, 60) == "00:00:00:00.000"
    assert timecode(1 - 1e-9, 30) == "00:00:01:00.000"  # rounded up through all places
    assert timecode(86399.5, 24) == "23:59:59:12.000"
    for time in (-0.1, 86400):
        with pytest.raises(ValueError, match="of one day"):
            timecode(time, 60)


def test_a_file_without_angles_is_read(tmp_path):
    motion = moving_face()
    lines = write_live_link(tmp_path / "take.csv", motion).read_text(encoding="utf-8").splitlines()
    short = [",".join(line.split(",")[:54]) for line in lines]
    (tmp_path / "short.csv").write_text("\n".join(short), encoding="utf-8")
    back = read_live_link(tmp_path / "short.csv")
    assert (back.rotation == 0).all() and (back.eyes == 0).all()
    np.testing.assert_allclose(back.weights[:, :52], motion.weights[:, :52], atol=1e-8)
    (tmp_path / "short.csv").write_text(short[0], encoding="utf-8")
    with pytest.raises(ValueError, match="there must be one"):
        read_live_link(tmp_path / "short.csv")


def test_it_is_also_a_file_of_expressions(tmp_path):
    motion = moving_face()
    content = read_expressions(write_live_link(tmp_path / "take.csv", motion))
    assert content.kind == "arkit" and content.rows[2]["JawOpen"] == pytest.approx(motion.row(2)["jawOpen"], abs=1e-8)
    assert content.beside["HeadYaw"]


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda text: text.replace("JawOpen", "JawOpne"), "has no column JawOpen"),
        (lambda text: text.replace("Timecode,", "Time,"), "has no column Timecode"),
        (lambda text: text.replace("00:00:00:04.800", "0.08"), "Timecode is '0.08', not HH:MM:SS:FF.mmm"),
        (lambda text: text.replace("00:00:00:04.800", "00:00:00:02.400"), "times must increase"),
        (lambda text: text.replace(",61,0.", ",61,7."), r"weights must be in \[0, 1\], got .*…7\."),
        (lambda text: text.replace(",61,0.", ",61,x."), "EyeBlinkLeft is 'x"),
        (lambda text: text.replace(",61,0.", ",61,0,0."), "line 2 has not as many columns"),
    ],
)
def test_other_files_are_refused(tmp_path, change, message):
    path = write_live_link(tmp_path / "take.csv", moving_face(rate=25, start=0))
    text = path.read_text(encoding="utf-8")
    assert change(text) != text
    path.write_text(change(text), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_live_link(path)


def test_errors_of_the_writer(tmp_path):
    with pytest.raises(ValueError, match="ends in .csv"):
        write_live_link(tmp_path / "take.txt", moving_face())
    with pytest.raises(ValueError, match="at least 1"):
        write_live_link(tmp_path / "take.csv", moving_face(), 0.2)
    with pytest.raises(ValueError, match="of one day"):
        write_live_link(tmp_path / "take.csv", moving_face(start=-1.0))
    assert not list(tmp_path.iterdir())
    with pytest.raises(FileNotFoundError):
        read_live_link(tmp_path / "take.csv")
