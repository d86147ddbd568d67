import numpy as np
import pytest
import torch
from devices import here

from aucgan.renderers import SoftEdges, SRenderY, TorchRasterizer, orthographic
from aucgan.renderers.soft_edges import edges_and_owners


def soft_alpha(verts, faces, size):
    covered = TorchRasterizer(size).covered(verts, faces)
    alpha = covered.dense(torch.ones(len(covered.pixel), 1, dtype=verts.dtype)).permute(0, 3, 1, 2)
    return here(SoftEdges(faces))(alpha, verts, covered), alpha


def test_edges_and_owners():
    edges, owners = edges_and_owners(np.array([[0, 1, 2], [2, 1, 3]]))
    assert edges.tolist() == [[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]]
    assert owners.tolist() == [[0, 0], [0, 0], [0, 1], [1, 1], [1, 1]]


def test_box_coverage_is_exact():
    """A box whose sides cut pixels at known fractions."""
    size = 10
    left, right, top, bottom = 2.3, 7.9, 1.6, 6.2  # edges of the picture's pixels are whole numbers
    corners = torch.tensor([[left, top], [right, top], [left, bottom], [right, bottom]])
    verts = torch.cat([corners * 2 / size - 1, torch.ones(4, 1)], 1)[None]
    faces = torch.tensor([[0, 1, 2], [1, 3, 2]])
    soft, _ = soft_alpha(verts, faces, size)
    row = soft[0, 0, 3]
    torch.testing.assert_close(row[2:8], torch.tensor([0.7, 1, 1, 1, 1, 0.9]))
    column = soft[0, 0, :, 4]
    torch.testing.assert_close(column[1:7], torch.tensor([0.4, 1, 1, 1, 1, 0.2]))
    assert (soft[0, 0, :, 9] == 0).all()


def test_area_and_its_gradient_follow_the_scale(icosphere):
    size, radius = 64, 0.7
    points, faces = icosphere(4)
    scale = torch.tensor(radius, requires_grad=True)
    soft, hard = soft_alpha((points * scale)[None], faces, size)
    area = torch.pi * (radius * size / 2) ** 2
    assert abs(soft.sum() - area) < 0.005 * area
    (gradient,) = torch.autograd.grad(soft.sum(), scale)
    torch.testing.assert_close(gradient, torch.tensor(2 * area / radius), rtol=0.05, atol=0)
    changed = soft != hard
    assert 0 < changed.sum() < 8 * size and ((soft >= 0) & (soft <= 1)).all()


def test_gradient_equals_finite_differences(icosphere):
    points, faces = icosphere(2)
    direction = torch.tensor([0.3, -0.2, 0.0], dtype=torch.float64)
    verts = (points * 0.6).double()[None]
    target = torch.rand(1, 1, 24, 24, generator=torch.Generator().manual_seed(0), dtype=torch.float64)

    def loss(shift):
        return (soft_alpha(verts + shift * direction, faces, 24)[0] * target).sum()

    shift = torch.tensor(0.0123, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(loss(shift), shift)
    with torch.no_grad():
        numeric = (loss(shift + 1e-7) - loss(shift - 1e-7)) / 2e-7
    torch.testing.assert_close(gradient, numeric, rtol=1e-4, atol=1e-6)


def test_renderer_option(sheet):
    topology, verts = sheet
    cam = torch.tensor([[8.1, 0.003, 0.002]], requires_grad=True)
    albedo, background = torch.ones(1, 3, 4, 4), torch.zeros(1, 3, 24, 24)
    hard = here(SRenderY(24, 16, topology))(verts, orthographic(verts, cam), albedo, background=background)
    soft = here(SRenderY(24, 16, topology, soft_edges=True))(
        verts, orthographic(verts, cam), albedo, background=background
    )
    (dead,) = torch.autograd.grad(hard.images.sum(), cam, allow_unused=True)
    assert dead is None or dead.abs().max() < 1e-3
    (alive,) = torch.autograd.grad(soft.images.sum(), cam)
    width = 0.18 * 8.1 / 2 * 24
    torch.testing.assert_close(alive[0, 0], torch.tensor(3 * 2 * width**2 / 8.1), rtol=0.1, atol=0)
    assert soft.alpha_images.max() == 1


@pytest.mark.parametrize("transposed", [False, True])
def test_what_lies_outside_the_picture_changes_nothing_in_it(transposed):
    """A slanted band across the whole picture, and the same as the middle of a picture three times as large."""
    band = torch.tensor([[3.2, -11.0], [8.3, -11.5], [3.7, 23.0], [8.1, 23.5]], dtype=torch.float64)
    band = band.flip(1) if transposed else band
    faces = torch.tensor([[0, 1, 2], [1, 3, 2]])
    pictures = []
    for size, offset in ((12, 0), (36, 12)):
        verts = torch.cat([(band + offset) * 2 / size - 1, torch.ones(4, 1, dtype=torch.float64)], 1)[None]
        soft, _ = soft_alpha(verts.expand(2, -1, -1), faces, size)
        pictures.append(soft[..., offset : offset + 12, offset : offset + 12])
    assert ((pictures[0] > 0) & (pictures[0] < 1)).flatten(1).sum(1).min() >= 12
    torch.testing.assert_close(*pictures)
