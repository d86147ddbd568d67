"""The default head goes through the same code as the licensed one."""

import pytest
import torch
from devices import here

from aucgan.models import FLAME, FLAMETex
from aucgan.registry import MODELS


@pytest.fixture(scope="module")
def flame():
    return here(MODELS.build(dict(type="FLAME", n_shape=100, n_exp=50)))


def test_head_is_in_flames_frame(flame):
    verts, landmarks2d, landmarks3d = flame(torch.zeros(1, 100), torch.zeros(1, 50), torch.zeros(1, 6))
    assert verts.shape == (1, flame.skinning.shape[1], 3) and flame.faces.max() < verts.shape[1]
    nose_tip, chin = landmarks3d[0, 30], landmarks3d[0, 8]
    assert nose_tip[2] > 0.06 and abs(nose_tip[0]) < 0.01 and chin[1] < nose_tip[1]
    assert landmarks3d[0, 36, 0] < 0 < landmarks3d[0, 45, 0]  # right eye, left eye
    torch.testing.assert_close(landmarks2d[:, 17:], landmarks3d[:, 17:], rtol=0, atol=1e-5)


def test_turning_the_head_moves_the_contour(flame):
    turned = torch.zeros(2, 6)
    turned[:, 1] = torch.tensor([0.4, -0.4])
    _, landmarks2d, landmarks3d = flame(torch.zeros(2, 100), torch.zeros(2, 50), turned)
    moved = (landmarks2d - landmarks3d)[:, :17].norm(dim=-1).amax(1)
    assert (moved > 0.005).all()


def test_jaw_rotation_opens_the_mouth(flame):
    pose = torch.zeros(2, 6)
    pose[1, 3] = 0.3
    _, landmarks2d, _ = flame(torch.zeros(2, 100), torch.zeros(2, 50), pose)
    gap = (landmarks2d[:, 62] - landmarks2d[:, 66]).norm(dim=-1)
    assert gap[1] > gap[0] + 0.005


def test_albedo_is_a_colour():
    albedo = here(FLAMETex(uv_size=32))(torch.zeros(1, 50))
    assert albedo.shape == (1, 3, 32, 32) and 0 <= albedo.min() and albedo.max() <= 1
    assert albedo[:, 0].mean() > albedo[:, 2].mean()  # skin is redder than blue


def test_registered_class_is_the_public_one(flame):
    assert isinstance(flame, FLAME)
