"""Videos: what is written is read again by OpenCV; whole or not there."""

import sys

import cv2
import numpy as np
import pytest

from aucgan.process.errors import UserError
from aucgan.renderers.export import video_file


@pytest.fixture(params=["OpenCV", "imageio-ffmpeg"])
def writer(request, monkeypatch):
    """The writer that is there."""
    if request.param == "imageio-ffmpeg":
        pytest.importorskip("imageio_ffmpeg")
        return
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)


def frames(count=6, size=(50, 64)):
    """A white bar that goes to the right over blue."""
    for number in range(count):
        frame = np.full((*size, 3), (20, 40, 200), np.uint8)
        frame[:, 8 * number : 8 * number + 16] = 255
        yield frame


def read(path):
    video = cv2.VideoCapture(str(path))
    found = []
    while (answer := video.read())[0]:
        found.append(answer[1][..., ::-1])
    return np.array(found), video.get(cv2.CAP_PROP_FPS)


@pytest.mark.parametrize("size", [(50, 64), (51, 65)])
def test_frames_come_back(tmp_path, writer, size):
    with video_file(tmp_path / "a face.mp4", 12.5) as add:
        for frame in frames(size=size):
            add(frame)
        assert not (tmp_path / "a face.mp4").exists()
    found, rate = read(tmp_path / "a face.mp4")
    assert rate == pytest.approx(12.5) and found.shape == (6, 50 + 2 * (size[0] % 2), 64 + 2 * (size[1] % 2), 3)
    expected = np.stack(list(frames(size=size))).astype(int)
    away = np.abs(found[:, : size[0], : size[1]].astype(int) - expected)
    assert np.median(away) < 10 and away.mean() < 20  # compressed, but the colours are where they were
    assert [path.name for path in tmp_path.iterdir()] == ["a face.mp4"]


def test_an_error_leaves_the_old_file(tmp_path, writer):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError, match="cannot go on"), video_file(path, 25) as add:
        add(next(frames()))
        raise RuntimeError("cannot go on")
    with (
        pytest.raises(ValueError, match=r"frame 1 is \(50, 62\), the first was \(50, 64\)"),
        video_file(path, 25) as add,
    ):
        add(next(frames()))
        add(next(frames(size=(50, 62))))
    with pytest.raises(ValueError, match="at least one frame"), video_file(path, 25):
        pass
    assert path.read_bytes() == b"old" and [file.name for file in tmp_path.iterdir()] == ["a.mp4"]
    for name, rate, message in (("a.avi", 25, "ends in .mp4"), ("a.mp4", 0, "more than 0 frames a second")):
        with pytest.raises(ValueError, match=message), video_file(tmp_path / name, rate):
            pass


OPENCV = cv2.VideoWriter


class Writer:
    """OpenCV's writer with a fault."""

    def __init__(self, *arguments, opens=True, forgets=()):
        self.writer, self.opens, self.forgets, self.count = OPENCV(*arguments), opens, forgets, 0

    def isOpened(self):  # noqa: N802 - OpenCV's name
        return self.opens and self.writer.isOpened()

    def write(self, picture):
        if self.count not in self.forgets:
            self.writer.write(picture)
        self.count += 1

    def release(self):
        self.writer.release()


@pytest.mark.parametrize(
    "fault, message",
    [({"opens": False}, r'pip install "aucgan\[video\]"'), ({"forgets": [2]}, "5 of 6 frames were written")],
    ids=["no codec", "lost frame"],
)
def test_what_cannot_be_written_is_said(tmp_path, monkeypatch, fault, message):
    def faulty(*arguments):
        return Writer(*arguments, **fault)

    faulty.fourcc = OPENCV.fourcc
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    monkeypatch.setattr(cv2, "VideoWriter", faulty)
    with pytest.raises(UserError, match=message), video_file(tmp_path / "a.mp4", 25) as add:
        for frame in frames():
            add(frame)
    assert not list(tmp_path.iterdir())
