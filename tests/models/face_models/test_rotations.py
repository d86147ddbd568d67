from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from aucgan.models.face_models.rotations import axis_angle_to_matrix, euler_to_axis_angle

GOLDENS = Path(__file__).parents[2] / "golden"


@pytest.fixture(scope="module")
def golden():
    with np.load(GOLDENS / "flame.npz") as file:
        return {key: torch.as_tensor(file[key]) for key in file.files}


def test_rodrigues_matches_published(golden):
    torch.testing.assert_close(axis_angle_to_matrix(golden["rodrigues_in"]), golden["rodrigues_out"], rtol=0, atol=1e-6)


def test_euler_matches_published(golden):
    torch.testing.assert_close(euler_to_axis_angle(golden["euler"]), golden["euler2axis"], rtol=0, atol=1e-6)


def test_euler_matches_published_matrices_taken_backwards():
    """Published are R_z · R_y · R_x of degrees: the inverse of our R_x · R_y · R_z of the negative angles."""
    with np.load(GOLDENS / "transforms.npz") as file:
        angles, matrices = (torch.as_tensor(file[name]) for name in ("angles_deg", "matrices"))
    ours = axis_angle_to_matrix(euler_to_axis_angle(-torch.deg2rad(angles))).mT
    torch.testing.assert_close(ours, matrices, rtol=0, atol=1e-6)


def test_rodrigues_equals_scipy_in_any_batch_shape():
    vectors = torch.randn(2, 3, 3, dtype=torch.float64)
    expected = Rotation.from_rotvec(vectors.reshape(-1, 3).cpu().numpy()).as_matrix().reshape(2, 3, 3, 3)
    torch.testing.assert_close(axis_angle_to_matrix(vectors), torch.as_tensor(expected), rtol=0, atol=1e-7)


def test_euler_equals_scipy_for_large_angles():
    euler = 6 * torch.rand(50, 3, dtype=torch.float64) - 3
    expected = Rotation.from_euler("XYZ", euler.cpu().numpy()).as_matrix()
    ours = Rotation.from_rotvec(euler_to_axis_angle(euler).cpu().numpy()).as_matrix()
    np.testing.assert_allclose(ours, expected, atol=1e-10)
    assert euler_to_axis_angle(euler).norm(dim=-1).max() <= torch.pi + 1e-9


@pytest.mark.parametrize("function", [axis_angle_to_matrix, euler_to_axis_angle])
def test_gradients(function):
    vectors = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(function, vectors)
    zero = torch.zeros(1, 3, requires_grad=True)
    (gradient,) = torch.autograd.grad(function(zero).sum(), zero)
    assert gradient.isfinite().all()


def test_small_euler_angles_are_axis_angles():
    euler = torch.tensor([[1e-6, -2e-6, 3e-6]])
    torch.testing.assert_close(euler_to_axis_angle(euler), euler)
