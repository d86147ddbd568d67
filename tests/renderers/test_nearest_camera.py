"""The scaled orthographic camera that comes nearest to what was seen."""

import pytest
import torch

from aucgan.renderers.camera import nearest_orthographic, orthographic


@pytest.fixture
def points():
    return 0.1 * torch.randn(3, 20, 3, generator=torch.Generator().manual_seed(0)) + torch.tensor([0.02, -0.03, 0.5])


@pytest.fixture
def cam():
    return torch.tensor([[8.0, 0.01, -0.02], [12.0, 0.0, 0.0], [9.0, 0.1, 0.2]])


def test_it_is_found_again(points, cam):
    found = nearest_orthographic(points, orthographic(points, cam)[..., :2])
    torch.testing.assert_close(found, cam, atol=1e-4, rtol=1e-4)


def test_none_comes_nearer_to_what_no_camera_shows(points, cam):
    points = points.double()
    seen = orthographic(points, cam.double())[..., :2]
    seen = seen + 0.1 * torch.randn(3, 20, 2, generator=torch.Generator().manual_seed(1))
    nearest = nearest_orthographic(points, seen)

    def off(camera):
        return (orthographic(points, camera)[..., :2] - seen).square().sum((1, 2))

    for step in 1e-2 * torch.cat([torch.eye(3), -torch.eye(3)]):
        assert (off(nearest + step) > off(nearest)).all()
