"""Faces over frames: with a detector that says where it was told they are, and with the real networks."""

import numpy as np
import pytest

from aucgan.detection import DetectedFace, FaceDetector, FaceTracker, MediaPipeFaceMesh

FRAME = np.zeros((50, 100, 3), np.uint8)


def face(x, y=10.0, side=20.0):
    return DetectedFace(np.array([x, y, x + side, y + side], np.float32), 1.0)


class Script(FaceDetector):
    """Says what is written for each search."""

    def __init__(self, *frames):
        self.frames, self.searches = list(frames), 0

    def find(self, photo, source=None):
        self.searches += 1
        return self.frames.pop(0)


def numbers(tracker, count):
    return [sorted(tracker(FRAME)) for _ in range(count)]


def test_faces_keep_their_numbers():
    frames = [[face(10), face(60)], [face(13), face(57)], [face(54)], [face(19), face(51)]]
    tracker = FaceTracker(Script(*frames))
    assert numbers(tracker, 4) == [[0, 1], [0, 1], [1], [0, 1]]


def test_a_lost_face_is_a_gap_and_remembered_for_a_while():
    frames = [[face(10)], [], [], [face(12)], [], [], [], [face(12)]]
    tracker = FaceTracker(Script(*frames), memory=3)
    assert numbers(tracker, 8) == [[0], [], [], [0], [], [], [], [1]]


def test_a_face_elsewhere_is_another_one():
    assert numbers(FaceTracker(Script([face(10)], [face(60)])), 2) == [[0], [1]]


def test_no_more_than_are_wanted():
    tracker = FaceTracker(Script([face(10, side=25), face(60)], [face(60)]), max_faces=1)
    assert numbers(tracker, 2) == [[0], [1]]


@pytest.mark.parametrize("wrong", [dict(interval=0), dict(memory=-1), dict(least_overlap=1.0)])
def test_settings_that_make_no_sense(wrong):
    with pytest.raises(ValueError, match="must be at least 1"):
        FaceTracker(Script(), **wrong)


class Counting(MediaPipeFaceMesh):
    """Counts the searches of whole frames."""

    searches = 0

    def find(self, photo, source=None):
        self.searches += 1
        return super().find(photo, source)


def test_a_moving_portrait_is_followed(detector, astronaut):
    finder = Counting(tile_parts=(), turned=False)
    finder.box_networks, finder.mesh_network = detector.box_networks, detector.mesh_network
    tracker, empty = FaceTracker(finder, interval=8, idle_interval=2), np.zeros_like(astronaut)
    frames = [np.roll(astronaut, 6 * k, 1) for k in range(6)] + [empty] * 2
    seen = [tracker(frame) for frame in [*frames, np.roll(astronaut, 30, 1)]]
    assert [sorted(faces) for faces in seen] == [[0]] * 6 + [[]] * 2 + [[0]]
    steps = [seen[k + 1][0].box - seen[k][0].box for k in range(5)]
    assert np.allclose(np.mean(steps, 0), [6, 0, 6, 0], atol=1.0)
    assert finder.searches == 3, "the first frame, the first without a face, and the one after"
