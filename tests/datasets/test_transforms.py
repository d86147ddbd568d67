from pathlib import Path

import numpy as np
import pytest
import torch

from aucgan.action_units import AU_NAMES, MIRROR
from aucgan.datasets import ColorJitter, CropFace, PackFace, RandomBlur, RandomFlip, RandomSimilarity, ResizeFace
from aucgan.datasets.landmarks import MIRROR_INDEX
from aucgan.datasets.transforms import warp


def dot_sample(size=96, seed=0):
    """A photo with a white dot at every landmark, so that geometry can be checked by looking at the pixels."""
    rng = np.random.default_rng(seed)
    landmarks = (rng.integers(size // 4, 3 * size // 4, (68, 2)) + 0.5).astype(np.float32)
    image = np.zeros((size, size, 3), np.float32)
    for x, y in landmarks:
        image[int(y), int(x)] = 1
    mask = np.zeros((size, size), np.float32)
    mask[size // 4 : size // 2] = 1
    return dict(image=image, landmarks=landmarks, mask=mask, aus=np.arange(41, dtype=np.float32) / 41)


def brightness_at(image, points):
    columns, rows = np.floor(points).astype(int).T
    return image[rows, columns, 0]


def test_mirror_index_is_its_own_inverse():
    assert (MIRROR_INDEX[MIRROR_INDEX] == np.arange(68)).all()
    assert MIRROR_INDEX[36] == 45 and MIRROR_INDEX[48] == 54 and MIRROR_INDEX[8] == 8


def test_flip_moves_pixels_landmarks_and_labels_together():
    sample = dot_sample()
    flipped = RandomFlip(1.0).transform(dict(sample))
    assert brightness_at(flipped["image"], flipped["landmarks"]).min() == 1
    left, right = AU_NAMES.index("AUL12"), AU_NAMES.index("AUR12")
    assert flipped["aus"][left] == sample["aus"][right] and flipped["aus"][right] == sample["aus"][left]
    assert (flipped["aus"][:27] == sample["aus"][:27]).all()
    again = RandomFlip(1.0).transform(flipped)
    for key in ("image", "landmarks", "mask", "aus"):
        np.testing.assert_allclose(again[key], sample[key], atol=1e-5)
    assert sorted(MIRROR) == list(range(41))


def test_flip_turns_pose_camera_light_and_displacement():
    sample = dot_sample() | dict(
        gt_pose=np.arange(1, 7, dtype=np.float32),
        gt_cam=np.array([8, 0.5, 0.25], np.float32),
        gt_light=np.ones((9, 3), np.float32),
        gt_displacement=np.eye(4, dtype=np.float32),
    )
    flipped = RandomFlip(1.0).transform(sample)
    assert flipped["gt_pose"].tolist() == [1, -2, -3, 4, -5, -6]
    assert flipped["gt_cam"].tolist() == [8, -0.5, 0.25]
    assert flipped["gt_light"][:, 0].tolist() == [1, -1, 1, 1, -1, -1, 1, 1, 1]
    assert (flipped["gt_displacement"] == np.eye(4)[:, ::-1]).all()


def test_warped_landmarks_match_published_ones():
    """From [−1, 1] in 224 pixels through an affine map (for row vectors) to [−1, 1] in 640 × 480."""
    with np.load(Path(__file__).parents[1] / "golden" / "transforms.npz") as file:
        golden = {name: file[name] for name in ("points", "transform", "transformed")}
    photo = dict(image=np.zeros((224, 224, 3), np.float32), mask=np.zeros((224, 224), np.float32), rng=None)
    for points, transform, expected in zip(*golden.values(), strict=True):
        sample = dict(photo, landmarks=(points[:, :2] + 1) * 112)
        packed = PackFace().transform(warp(sample, transform[:, :2].T, (480, 640)))
        np.testing.assert_allclose(packed["landmarks"], expected[:, :2], atol=1e-6)


def test_resize_keeps_landmarks_on_their_pixels():
    sample = dot_sample(96)
    small = ResizeFace(48).transform(sample)
    assert small["image"].shape == (48, 48, 3) and small["mask"].shape == (48, 48)
    np.testing.assert_allclose(small["landmarks"], sample["landmarks"] / 2)
    assert brightness_at(small["image"], small["landmarks"]).min() > 0.1
    with pytest.raises(ValueError, match="square"):
        ResizeFace(48).transform(dict(sample, image=np.zeros((96, 90, 3), np.float32)))


def test_similarity_moves_the_dots_with_the_landmarks():
    moved = RandomSimilarity(10, (1.0, 1.2), 0.05).transform(dot_sample() | dict(rng=np.random.default_rng(3)))
    points = moved["landmarks"]
    near = np.stack(
        [
            brightness_at(moved["image"], points + np.array(d))
            for d in [(0, 0), (0.5, 0), (-0.5, 0), (0, 0.5), (0, -0.5)]
        ]
    )
    assert near.max(0).min() > 0.1


def test_crop_has_the_protocol_s_scale():
    sample = dot_sample()
    crop = CropFace(64, scale=1.6).transform(sample)
    box = crop["landmarks"].max(0) - crop["landmarks"].min(0)
    assert box.mean() == pytest.approx(64 / 1.6, rel=1e-4)
    np.testing.assert_allclose((crop["landmarks"].max(0) + crop["landmarks"].min(0)) / 2, 32, atol=1e-3)


def test_same_seed_same_augmentation():
    for transform in (RandomSimilarity(), ColorJitter(), RandomBlur(1.0), CropFace(32, (1.4, 1.8), 0.1)):
        one, two, other = (
            transform.transform(dot_sample() | dict(rng=np.random.default_rng(s)))["image"] for s in (1, 1, 2)
        )
        assert (one == two).all() and (one != other).any()


def test_transforms_refuse_to_falsify_codes():
    with pytest.raises(ValueError, match="shape"):
        RandomFlip(1.0).transform(dot_sample() | dict(gt_shape=np.zeros(100)))
    with pytest.raises(ValueError, match="cam"):
        CropFace(32).transform(dot_sample() | dict(gt_cam=np.zeros(3)))


def test_pack_gives_normalised_landmarks():
    packed = PackFace().transform(dot_sample() | dict(gt_displacement=np.zeros((8, 8), np.float32)))
    assert packed["image"].shape == (3, 96, 96) and packed["mask"].shape == (1, 96, 96)
    assert packed["gt_uv_z"].shape == (1, 8, 8)
    expected = torch.from_numpy(dot_sample()["landmarks"]) * 2 / 96 - 1
    torch.testing.assert_close(packed["landmarks"], expected)
