"""Fitted codes teach, by how far they may be trusted."""

import numpy as np
import pytest
import torch

from aucgan.datasets import FaceFolder
from aucgan.engine.loop.sampler import SeededIndex

PACK = dict(type="PackFace")


@pytest.fixture
def fitted(folder):
    """The folder with codes: of sample n all shapes are n, and their mirror images n + 10."""
    (folder / "codes").mkdir()
    for number, confidence in enumerate((1.0, 0.25, 0.0)):
        codes = {name: np.full((2, 4), number, np.float32) for name in ("shape", "exp", "pose")}
        for array in codes.values():
            array[1] += 10
        np.savez(folder / f"codes/f{number}.npz", **codes, confidence=np.float32(confidence))
    return folder


def test_codes_come_as_the_truth(fitted):
    sample = FaceFolder(str(fitted), None, pipeline=[PACK], fitted=("shape", "exp"))[1]
    assert sample["gt_shape"].tolist() == [1] * 4 and sample["gt_exp"].dtype == torch.float32
    assert "gt_pose" not in sample


def test_mirrored_photos_have_mirrored_codes(fitted):
    data = FaceFolder(str(fitted), None, pipeline=[dict(type="RandomFlip", prob=1.0), PACK], fitted=("shape", "pose"))
    assert data[0]["gt_shape"].tolist() == [10] * 4 and data[0]["gt_pose"].tolist() == [10] * 4


def test_random_crops_leave_them_alone(fitted):
    data = FaceFolder(str(fitted), None, pipeline=[dict(type="CropFace", size=16), PACK], fitted=("shape",))
    assert data[SeededIndex(0, 7)]["gt_shape"].tolist() == [0] * 4


def test_a_draw_counts_as_often_as_the_fit_is_trusted(fitted):
    data = FaceFolder(str(fitted), None, pipeline=[PACK], fitted=("shape",))

    def share(index):
        draws = [data[SeededIndex(index, seed)]["gt_shape"] for seed in range(400)]
        assert all(draw.isnan().all() or (draw == index).all() for draw in draws)
        return np.mean([not draw.isnan().any() for draw in draws])

    assert share(0) == 1 and share(2) == 0 and share(1) == pytest.approx(0.25, abs=0.07)
    again = [data[SeededIndex(1, 5)]["gt_shape"] for _ in range(2)]
    torch.testing.assert_close(*again, equal_nan=True)


def test_what_cannot_be_given_is_explained(fitted, folder):
    with pytest.raises(ValueError, match="shape, exp, pose; got cam"):
        FaceFolder(str(fitted), None, fitted=("cam",))
    (fitted / "codes/f0.npz").unlink()
    with pytest.raises(FileNotFoundError, match=r"f0.*prepare_faces"):
        FaceFolder(str(fitted), None, fitted=("shape",))[0]
