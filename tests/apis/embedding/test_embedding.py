"""Dense landmarks from labelled renders: a detector that knows the truth must give it back."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "heads"))

from small_clone import write_clone

from aucgan.apis.embedding import PosedHeads, embed_landmarks, plain_render, render
from aucgan.apis.embedding.labels import barycentric, is_symmetric, look_up, on_mesh
from aucgan.detection import DetectedFace, FaceDetector
from aucgan.detection.mesh_points import INNER_LIPS, LIPS, MIRROR468
from aucgan.heads.ict_clone import read_clone
from aucgan.renderers import orthographic


@pytest.fixture(scope="module")
def heads(tmp_path_factory):
    """Spheres: three people of different widths, the mouth opened by moving the lower half."""
    folder = tmp_path_factory.mktemp("clone")
    write_clone(folder)
    clone = read_clone(folder)
    count = 24 * 48  # the head alone
    verts, faces = clone.verts[:count], clone.faces[(clone.faces < count).all(1)]
    people = np.stack([verts * [1 + 0.1 * k, 1, 1] for k in range(3)])
    opened = people - [0, 0.01, 0] * (verts[:, 1:2] < -0.03)
    skin = np.ones(count, bool)
    return PosedHeads(verts, faces, people, opened, skin, np.full((count, 3), 0.8))


@pytest.fixture(scope="module")
def truth(heads):
    """468 places on the front of the mean head, mirrored in pairs."""
    rng = np.random.default_rng(0)
    front = rng.uniform([-0.05, -0.07, 0.05], [0.05, 0.07, 0.09], (468, 3))
    front = 0.5 * (front + front[MIRROR468] * [-1, 1, 1])
    return on_mesh(front, heads.rest, heads.faces, heads.skin_faces)


SIDE = 256
"""Pixels of the renders here, a millimetre each: a quarter of the work."""


class Knowing(FaceDetector):
    """Sees where the true points are, because it knows which head is rendered next."""

    def __init__(self, heads, truth, monkeypatch, noise=0.0, blind=()):
        self.heads, self.truth, self.noise, self.blind = heads, truth, noise, blind
        self.rng, self.shown, self.calls = np.random.default_rng(0), None, 0
        monkeypatch.setattr(plain_render, "SIZE", SIDE)
        view = plain_render.view

        def remembered(heads, verts, yaw):
            self.shown = view(heads, verts, yaw)
            return self.shown

        monkeypatch.setattr(plain_render, "view", remembered)

    def find(self, photo, source):
        self.calls += 1
        if self.calls - 1 in self.blind:
            return []
        placed, cam = self.shown
        points = self.truth.points(placed.numpy(), self.heads.faces).astype(np.float32)
        import torch

        pixels = (orthographic(torch.from_numpy(points)[None], cam)[0, :, :2].numpy() + 1) * plain_render.SIZE / 2
        pixels += self.rng.normal(0, 1, pixels.shape) * self.noise
        return [DetectedFace(np.array([0, 0, 1, 1.0]), 1.0, landmarks468=pixels)]


def distances(heads, truth, report):
    points = report.landmarks.points(heads.rest, heads.faces)
    return np.linalg.norm(points - truth.points(heads.rest, heads.faces), axis=1)


def test_true_labels_give_the_true_points(heads, truth, monkeypatch):
    report = embed_landmarks(heads, Knowing(heads, truth, monkeypatch))
    assert report.used == report.rendered == 18 and report.symmetric
    assert np.median(distances(heads, truth, report)) < 8e-4
    assert np.median(report.spread) < 8e-4
    assert "18 of 18 renders labelled" in str(report)


def test_noise_is_averaged_and_reported_and_blind_renders_are_left_out(heads, truth, monkeypatch):
    report = embed_landmarks(heads, Knowing(heads, truth, monkeypatch, noise=1.5, blind=(1, 10)))
    assert report.used == 16
    assert 5e-4 < np.median(report.spread) < 5e-3 and np.median(distances(heads, truth, report)) < np.median(
        report.spread
    )


def test_left_and_right_are_mirror_images(heads, truth, monkeypatch):
    report = embed_landmarks(heads, Knowing(heads, truth, monkeypatch, noise=1.5))
    points = report.landmarks.points(heads.rest, heads.faces)
    assert np.abs(points - points[MIRROR468] * [-1, 1, 1]).max() < 1e-4


def test_lips_are_taken_from_open_mouths(heads, truth, monkeypatch):
    lips = sorted({*LIPS, *INNER_LIPS})
    detector = Knowing(heads, truth, monkeypatch)
    find = detector.find

    def without_lips(photo, source):
        faces = find(photo, source)
        if detector.calls <= 9:  # the nine neutral renders come first; closed lips cannot be told apart
            faces[0].landmarks468[lips] += 30.0
        return faces

    detector.find = without_lips
    assert distances(heads, truth, embed_landmarks(heads, detector))[lips].max() < 3e-3


def test_no_face_in_any_render_is_said(heads, truth, monkeypatch):
    with pytest.raises(ValueError, match="no face was found in any render"):
        embed_landmarks(heads, Knowing(heads, truth, monkeypatch, blind=range(99)))


def test_renders_know_their_places(heads):
    rendered = render(heads, heads.people[0], 0.0)
    side = plain_render.SIZE
    middle = rendered.places[side // 2, side // 2]
    assert abs(middle[0]) < 1e-3 and middle[2] > 0.09 and rendered.facing[side // 2, side // 2] > 0.99
    assert np.isnan(rendered.places[0, 0]).all() and rendered.picture.shape == (side, side, 3)


def test_positive_yaw_turns_to_the_persons_left(heads):
    column = {yaw: render(heads, heads.people[0], yaw).places[256, 256, 0] for yaw in (-25.0, 25.0)}
    assert column[25.0] < -0.01 < 0.01 < column[-25.0]  # what is in the middle lies on the side that is turned to us


def test_points_beside_the_skin_take_the_nearest():
    places = np.full((20, 20, 3), np.nan)
    places[10, 10] = [1, 2, 3]
    rendered = SimpleNamespace(picture=np.zeros((20, 20, 3)), places=places, facing=np.ones((20, 20)))
    labels = look_up(rendered, np.array([[10.5, 10.5], [13.5, 10.5], [19.9, 10.5], [-5, -5]]))
    assert (labels[0] == labels[1]).all() and labels[0].tolist() == [1, 2, 3, 1] and np.isnan(labels[2:]).all()


def test_barycentric():
    rng = np.random.default_rng(0)
    triangles, weights = rng.normal(size=(50, 3, 3)), rng.dirichlet(np.ones(3), 50)
    points = np.einsum("nkc,nk->nc", triangles, weights)
    np.testing.assert_allclose(barycentric(points, triangles), weights, atol=1e-5)


def test_symmetry_is_noticed(heads):
    assert is_symmetric(heads.rest)
    assert not is_symmetric(heads.rest + [0.002, 0, 0])
