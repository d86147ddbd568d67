"""Meshes over photos: analytic silhouettes, hidden surfaces, lines and points."""

import numpy as np
import pytest
import torch
from conftest import grid_topology

from aucgan.renderers.overlay import draw_mesh

FOCAL, CENTRE = 300.0, np.array([80.3, 47.7])
DEPTH = 0.5


def seen(points, focal=FOCAL, centre=CENTRE):
    """Pixels of points ``(V, 3)`` in front of a camera at the origin that looks along −z; image rows go down."""
    points = np.asarray(points, float)
    return np.stack([points[:, 0], -points[:, 1]], 1) / -points[:, 2:] * focal + centre


def ball(icosphere, radius=0.05, at=(0.02, 0.01, -DEPTH)):
    verts, faces = icosphere(4)
    return verts.cpu().numpy() * radius + np.array(at), faces.cpu().numpy()


def sheet(depth, side=0.1, tilt=0.0):
    """A square that faces the viewer, in triangles."""
    topology = grid_topology(columns=5, rows=5)
    xy = (topology.uv_coords - 0.5) / 0.9 * side
    points = np.concatenate([xy, tilt * xy[:, :1] - depth], 1).astype(np.float64)
    return points, topology.faces


def test_a_ball_covers_its_ellipse(icosphere):
    """The outline of a sphere under central projection, pixel by pixel: where the ray meets the sphere."""
    points, faces = ball(icosphere)
    height, width = 97, 161
    photo = np.zeros((height, width, 3), np.uint8)
    drawn = draw_mesh(photo, seen(points), points, faces, opacity=1.0).any(2)
    column, row = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    rays = np.stack([column - CENTRE[0], CENTRE[1] - row, np.full_like(row, -FOCAL)], 2)
    rays /= np.linalg.norm(rays, axis=2, keepdims=True)
    centre = np.array([0.02, 0.01, -DEPTH])
    nearest = np.linalg.norm(np.cross(rays, centre), axis=2)
    assert drawn.sum() > 2000
    assert drawn[nearest < 0.0495].all() and not drawn[nearest > 0.05].any()


def test_the_photo_keeps_its_size_and_what_is_beside_the_mesh(icosphere):
    points, faces = ball(icosphere, 0.02)
    photo = np.random.default_rng(0).integers(0, 255, (97, 161, 3), np.uint8)
    before = photo.copy()
    full = draw_mesh(photo, seen(points), points, faces, opacity=1.0, colours=(1.0, 0.0, 0.0))
    half = draw_mesh(photo, seen(points), points, faces, opacity=0.5, colours=(1.0, 0.0, 0.0))
    red = (full[..., 1:] == 0).all(2) & (before[..., 1:] > 0).all(2)
    assert (photo == before).all() and full.shape == half.shape == photo.shape
    np.testing.assert_array_equal(full[:5], before[:5])
    np.testing.assert_allclose(half[red], (before[red].astype(float) + full[red]) / 2, atol=1)
    np.testing.assert_array_equal(draw_mesh(photo, seen(points), points, faces, opacity=0.0), before)
    tensor = torch.from_numpy(photo.transpose(2, 0, 1).copy())
    np.testing.assert_array_equal(
        draw_mesh(tensor, seen(points), points, faces, opacity=0.5, colours=(1.0, 0, 0)), half
    )


def test_light_comes_from_the_front(icosphere):
    points, faces = ball(icosphere, at=(0.0, 0.0, -DEPTH))
    drawn = draw_mesh(np.zeros((97, 161, 3), np.uint8), seen(points), points, faces, opacity=1.0)
    middle, edge = drawn[47, 80], drawn[47, 80 + 27]
    assert middle.min() > 150 and 0 < edge.max() < 0.7 * middle.max()


@pytest.mark.parametrize("shift", [(-90, 0), (0, -60), (120, 80), (-500, 0)])
def test_a_mesh_that_hangs_over_the_border_is_the_same_where_it_is_seen(icosphere, shift):
    points, faces = ball(icosphere)
    pixels = seen(points)
    large = draw_mesh(np.zeros((400, 1200, 3), np.uint8), pixels + [520, 150], points, faces, opacity=1.0)
    found = draw_mesh(np.zeros((97, 161, 3), np.uint8), pixels + shift, points, faces, opacity=1.0)
    left, top = 520 - shift[0], 150 - shift[1]
    expected = large[top : top + 97, left : left + 161]
    assert (np.abs(found.astype(int) - expected).max(2) > 1).mean() < 0.002


def test_nearer_surfaces_hide_farther_ones():
    near, faces = sheet(0.4, 0.04)
    far, _ = sheet(0.5, 0.1)
    points = np.concatenate([near, far])
    colours = np.repeat([[1.0, 0, 0], [0, 0, 1.0]], len(near), axis=0)
    both = np.concatenate([faces, faces + len(near)])
    for order in (both, both[::-1]):
        drawn = draw_mesh(np.zeros((97, 161, 3), np.uint8), seen(points), points, order, opacity=1.0, colours=colours)
        assert drawn[47, 80, 0] > 100 and drawn[47, 80, 2] == 0
        assert drawn[30, 60, 2] > 100 and drawn[30, 60, 0] == 0


def test_what_turns_away_or_is_behind_the_viewer_is_not_drawn():
    points, faces = sheet(0.5)
    photo = np.full((97, 161, 3), 9, np.uint8)
    assert (draw_mesh(photo, seen(points), points, faces[:, ::-1].copy()) == photo).all()
    behind = points * [1, 1, -1]
    assert (draw_mesh(photo, seen(points), behind, faces) == photo).all()
    with np.errstate(divide="ignore", invalid="ignore"):
        reaching = points + np.where(np.arange(len(points)) < 5, 0.5, 0.0)[:, None] * [0, 0, 1]  # a row at the camera
        drawn = draw_mesh(photo, seen(reaching), reaching, faces, opacity=1.0)
    whole = draw_mesh(photo, seen(points), points, faces, opacity=1.0)
    assert 0 < (drawn != photo).sum() < (whole != photo).sum()
    np.testing.assert_array_equal(drawn[:40], whole[:40])


def test_wires_lie_on_the_edges():
    points, faces = sheet(0.5, 0.1)
    pixels = seen(points, focal=400.0)
    photo = np.zeros((97, 161, 3), np.uint8)
    drawn = draw_mesh(photo, pixels, points, faces, "wireframe", opacity=1.0)
    sides = pixels[np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])]
    column, row = np.meshgrid(np.arange(161) + 0.5, np.arange(97) + 0.5)
    place, start, along = np.stack([column, row], 2)[:, :, None], sides[:, 0], sides[:, 1] - sides[:, 0]
    share = (((place - start) * along).sum(-1) / (along**2).sum(-1)).clip(0, 1)
    away = np.linalg.norm(place - start - share[..., None] * along, axis=-1).min(-1)
    inside = (np.abs(column - CENTRE[0]) < 39) & (np.abs(row - CENTRE[1]) < 39)
    expected = (1 - away).clip(0, 1) * inside
    np.testing.assert_allclose(drawn[..., 1][inside] / 255, expected[inside], atol=0.02)
    assert (drawn[..., 0] == 0).all()


def test_points_are_the_vertices_that_nothing_hides():
    near, faces = sheet(0.4, 0.03)
    far, _ = sheet(0.5, 0.1)
    points = np.concatenate([near, far])
    pixels = seen(points)
    both = np.concatenate([faces, faces + len(near)])
    colours = np.repeat([[1.0, 0, 0], [0, 0, 1.0]], len(near), axis=0)
    drawn = draw_mesh(np.zeros((97, 161, 3), np.uint8), pixels, points, both, "points", opacity=1.0, colours=colours)
    column, row = np.floor(pixels).astype(int).T
    at = drawn[row, column]
    assert (at[: len(near), 0] > 100).all()
    hidden = (np.abs(pixels[len(near) :] - CENTRE) < 10).all(1)
    assert hidden.sum() == 1
    shown = at[len(near) :, 2] > 100
    rim = (np.abs(far[:, :2]) > 0.049).any(1)  # a pixel's centre beside the mesh
    assert not shown[hidden].any() and shown[~hidden & ~rim].all()
    apart = np.linalg.norm(np.stack(np.nonzero(drawn.any(2))[::-1], 1)[:, None] + 0.5 - pixels, axis=2).min(1)
    assert apart.max() < 2.5


def test_a_large_photo_costs_what_the_face_covers():
    points, faces = sheet(0.5, 0.02)
    photo = np.zeros((3000, 5000, 3), np.uint8)
    drawn = draw_mesh(photo, seen(points, centre=(4000.5, 2000.5)), points, faces, opacity=1.0)
    rows, columns = np.nonzero(drawn.any(2))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (1994, 2005, 3994, 4005)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"style": "pretty"}, "style must be one of shaded, wireframe, points"),
        ({"opacity": 2}, r"opacity must be in \[0, 1\]"),
        ({"points": np.zeros((1, 25, 3))}, r"points must be \(V, 3\)"),
        ({"pixels": np.zeros((7, 2))}, "7 pixels for 25 points"),
        ({"colours": np.zeros((3, 3))}, r"colours must be \(3,\) or \(25, 3\)"),
    ],
)
def test_errors(change, message):
    points, faces = sheet(0.5)
    call = {"photo": np.zeros((9, 9, 3), np.uint8), "pixels": seen(points), "points": points, "faces": faces}
    with pytest.raises(ValueError, match=message):
        draw_mesh(**call | change)
