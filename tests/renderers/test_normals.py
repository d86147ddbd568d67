import math

import pytest
import torch

from aucgan.renderers.dense_grid import grid_faces
from aucgan.renderers.fixed_map import FixedMap
from aucgan.renderers.normals import VertexNormals, grid_normals, vertex_normals


def position_map(height):
    """A sheet with x, y in [-1, 1] (row 0 on top) and the given height map z (H, W)."""
    rows, columns = height.shape
    y, x = torch.meshgrid(
        torch.linspace(1, -1, rows, dtype=height.dtype),
        torch.linspace(-1, 1, columns, dtype=height.dtype),
        indexing="ij",
    )
    return torch.stack([x, y, height])[None], x, y


def test_sphere_normals_point_outwards(icosphere):
    points, faces = icosphere(4)
    normals = VertexNormals(faces, len(points))(points[None])
    torch.testing.assert_close(normals[0], points, atol=1e-2, rtol=0)


def test_cached_form_equals_plain_form(icosphere):
    points, faces = icosphere(2)
    verts = points + 0.1 * torch.randn(3, *points.shape)
    torch.testing.assert_close(VertexNormals(faces, len(points))(verts), vertex_normals(verts, faces))


def test_vertices_that_no_triangle_names_have_no_normal(icosphere):
    points, faces = icosphere(1)
    more = torch.cat([points, torch.randn(5, 3)])
    normals = VertexNormals(faces, len(points))(more[None])
    torch.testing.assert_close(normals, vertex_normals(more[None], faces))
    assert (normals[0, len(points) :] == 0).all()


@pytest.mark.parametrize("form", ["cached", "plain"])
def test_vertex_normal_gradients(form):
    faces = torch.tensor([[0, 1, 2], [0, 2, 3], [0, 3, 1]])
    verts = torch.randn(2, 4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    function = VertexNormals(faces, 4) if form == "cached" else lambda points: vertex_normals(points, faces)
    assert torch.autograd.gradcheck(function, (verts,))


def test_grid_normals_equal_the_mesh_of_the_grid():
    points = torch.randn(2, 3, 7, 9, dtype=torch.float64)
    verts = points.flatten(2).mT
    expected = vertex_normals(verts, grid_faces(7, 9)).mT.view_as(points)
    torch.testing.assert_close(grid_normals(points), expected)


def test_grid_normals_leave_invalid_texels_out():
    points, _, _ = position_map(torch.zeros(8, 8))
    valid = torch.ones(1, 1, 8, 8)
    valid[..., :3] = 0
    points = torch.where(valid > 0, points, torch.full_like(points, 55.0))
    normals = grid_normals(points, valid)
    assert torch.equal(normals[:, :, :, 3:], torch.tensor([0.0, 0, 1]).view(1, 3, 1, 1).expand(1, 3, 8, 5))
    assert (normals[..., :2] == 0).all()


def test_plane_displacement_gives_its_normal():
    _, x, y = position_map(torch.zeros(16, 16))
    points, _, _ = position_map(0.3 * x - 0.5 * y)
    expected = torch.tensor([-0.3, 0.5, 1.0]) / math.sqrt(0.09 + 0.25 + 1)
    torch.testing.assert_close(grid_normals(points), expected.view(1, 3, 1, 1).expand(1, 3, 16, 16))


def test_sine_displacement_gives_its_normals():
    size, amplitude, waves = 400, 0.05, 3 * math.pi
    _, x, _ = position_map(torch.zeros(size, size, dtype=torch.float64))
    points, _, _ = position_map(amplitude * torch.sin(waves * x))
    slope = amplitude * waves * torch.cos(waves * x)
    expected = torch.stack([-slope, torch.zeros_like(x), torch.ones_like(x)]) / (1 + slope**2).sqrt()
    inner = (..., slice(1, -1), slice(1, -1))
    torch.testing.assert_close(grid_normals(points)[0][inner], expected[inner], atol=1e-3, rtol=0)


def test_grid_normal_gradients():
    points = torch.randn(1, 3, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    assert torch.autograd.gradcheck(grid_normals, (points.requires_grad_(),))


def test_fixed_map_is_a_matrix_product():
    generator = torch.Generator().manual_seed(2)
    target = torch.randint(0, 6, (20,), generator=generator)
    source = torch.randint(0, 5, (20,), generator=generator)
    weight = torch.rand(20, generator=generator)
    matrix = torch.zeros(6, 5).index_put((target, source), weight, accumulate=True)
    linear = FixedMap(target, source, weight, 6, 5)
    rows = torch.randn(5, 4, generator=generator)
    torch.testing.assert_close(linear(rows), matrix @ rows)
    torch.testing.assert_close(linear.transposed(matrix @ rows), matrix.t() @ (matrix @ rows))
    torch.testing.assert_close(linear(rows.bfloat16()).float(), matrix @ rows, atol=0.1, rtol=0.05)
    assert torch.autograd.gradcheck(linear, (rows.double().requires_grad_(),))
    with pytest.raises(ValueError, match="expected 5 rows"):
        linear(torch.zeros(4, 2))
