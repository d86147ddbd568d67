"""A real portrait becomes a sample."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from aucgan.action_units import AU_NAMES
from aucgan.apis.preparation.au_labels import UNSEEN
from aucgan.apis.preparation.face_maker import FaceMaker
from aucgan.apis.preparation.photo_list import SourcePhoto
from aucgan.apis.preparation.settings import PrepareSettings
from aucgan.apis.preparation.skin_mask import hull_share
from aucgan.datasets.landmarks import hull_mask
from aucgan.detection.mesh_points import INNER_LIPS, LEFT_EYE, RIGHT_EYE

PATCH = slice(118, 150), slice(90, 118)
"""Rows and columns of the portrait that something blue hides: a cheek."""


@pytest.fixture(scope="module")
def made(astronaut, detector, tmp_path_factory):
    """The portrait, the portrait with something in front, a small one, a grey picture and a file that is none."""
    root = tmp_path_factory.mktemp("photos")
    portrait = astronaut[:260, 90:350]
    hidden = portrait.copy()
    hidden[PATCH] = [20, 60, 200]
    pictures = {"whole": portrait, "hidden": hidden, "small": portrait[::4, ::4], "grey": np.full_like(portrait, 128)}
    for name, picture in pictures.items():
        Image.fromarray(picture).save(root / f"{name}.png")
    (root / "broken.png").write_bytes(b"no picture")
    maker = FaceMaker(PrepareSettings(), detector)
    photos = [SourcePhoto(root / f"{name}.png", f"{name}.png") for name in (*pictures, "broken")]
    return dict(zip((*pictures, "broken"), maker(photos), strict=True)), maker


@pytest.fixture(scope="module")
def sample(made):
    (face,) = made[0]["whole"].faces
    return face


@pytest.mark.parametrize(("name", "reason"), [("small", "too small"), ("grey", "no face"), ("broken", "unreadable")])
def test_what_is_no_sample_says_why(made, name, reason):
    outcome = made[0][name]
    assert not outcome.faces and [one.reason for one in outcome.rejections] == [reason]


def test_the_crop_is_the_widest_of_training(sample):
    side = sample.image.shape[0]
    box = sample.landmarks.max(0) - sample.landmarks.min(0)
    assert sample.image.shape == (side, side, 3) and 150 < side <= 288
    assert side == pytest.approx(1.8 * box.mean(), abs=1)
    np.testing.assert_allclose((sample.landmarks.max(0) + sample.landmarks.min(0)) / 2, side / 2, atol=0.5)


def test_the_fit_is_that_of_the_crop(sample, made):
    """The stored codes and camera, posed and projected, lie on the face."""
    head, codes = made[1].fitter.model.head, sample.codes
    shape = torch.zeros(1, head.n_identity)
    shape[0, : codes["shape"].shape[1]] = torch.from_numpy(codes["shape"][0])
    exp, pose = torch.from_numpy(codes["exp"][:1]), torch.from_numpy(codes["pose"][:1])
    still = torch.cat([torch.zeros(1, 3), pose[:, 3:]], 1)
    verts = made[1].fitter.model.flame(shape, exp, still)[0][0].numpy()
    angle = np.linalg.norm(pose[0, :3])
    axis = pose[0, :3].numpy() / angle
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    rotation = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    seen = head.dense_landmarks.points(verts, head.faces) @ rotation.T + codes["translation"]
    pixels = seen[:, :2] / -seen[:, 2:] * [1, -1] * codes["focal"] + codes["principal_point"]
    eyes = np.linalg.norm(sample.landmarks468[33] - sample.landmarks468[263])
    away = np.linalg.norm(pixels - sample.landmarks468, axis=1) / eyes
    assert np.median(away) < 0.03
    assert np.median(np.linalg.norm(codes["landmarks68"][0] - sample.landmarks, axis=1)[17:]) / eyes < 0.03
    assert sample.confidence > 0.8 and codes["confidence"] == np.float32(sample.confidence)


def test_eyes_and_mouth_are_no_skin(sample):
    mask = sample.mask > 0
    for ring in (LEFT_EYE, RIGHT_EYE, INNER_LIPS):
        x, y = sample.landmarks468[list(ring)].mean(0).astype(int)
        assert not mask[y, x]
    assert hull_share(sample.mask, sample.landmarks) > 0.6
    assert not mask[hull_mask(sample.landmarks, mask.shape) == 0].any()


def test_what_hides_the_face_is_no_skin(made, sample):
    (hidden,) = made[0]["hidden"].faces
    blue = np.abs(hidden.image.astype(int) - [20, 60, 200]).sum(-1) < 60
    inside = blue & (hull_mask(hidden.landmarks, blue.shape) > 0)
    assert inside.sum() > 500
    assert (hidden.mask[inside] > 0).mean() < 0.1
    assert (hidden.mask > 0).sum() > 0.7 * (sample.mask > 0).sum(), "the rest is skin still"


def test_the_fit_says_what_it_can_see(sample):
    aus = dict(zip(AU_NAMES, sample.aus, strict=True))
    assert sample.au_source == "fit" and {name for name in AU_NAMES if aus[name] == -1} == set(UNSEEN)
    assert aus["AU12"] > 0.2, "she smiles"


def test_the_mirror_image_has_its_codes(sample, made):
    head, codes = made[1].fitter.model.head, sample.codes
    names = head.expression_names
    left, right = names.index("mouthSmileLeft"), names.index("mouthSmileRight")
    np.testing.assert_allclose(codes["exp"][1, [left, right]], codes["exp"][0, [right, left]], atol=1e-3)
    np.testing.assert_array_equal(codes["pose"][1], codes["pose"][0] * [1, -1, -1, 1, -1, -1])
    side = sample.image.shape[0]
    np.testing.assert_allclose(
        codes["landmarks68"][1][36], [side, 0] + codes["landmarks68"][0][45] * [-1, 1], rtol=1e-5
    )


def test_files_are_the_same_each_time(sample):
    first, second = sample.files(95), sample.files(95)
    assert first == second
    assert Image.open(io.BytesIO(first["images", ".jpg"])).size == sample.image.shape[:2]
