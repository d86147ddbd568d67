import numpy as np
import pytest
import trimesh

from aucgan.evaluation.scans.closest_point import Surface, closest_on_triangles

TRIANGLE = np.array([[0.0, 0, 0], [2, 0, 0], [0, 2, 0]])


@pytest.mark.parametrize(
    ("point", "foot"),
    [
        ((0.5, 0.5, 3), (0.5, 0.5, 0)),  # above the inside
        ((-1, -2, 0), (0, 0, 0)),  # a corner
        ((5, -1, 1), (2, 0, 0)),
        ((1, -1, 0), (1, 0, 0)),  # the edges
        ((-1, 1, 2), (0, 1, 0)),
        ((2, 2, 0), (1, 1, 0)),
        ((0.5, 0.5, 0), (0.5, 0.5, 0)),  # on it
    ],
)
def test_every_region_of_a_triangle(point, foot):
    assert closest_on_triangles(np.array([point], float), TRIANGLE[None]) == pytest.approx(np.array([foot], float))


def test_a_triangle_without_area_is_a_segment_or_a_point():
    segment = np.array([[[0.0, 0, 0], [1, 0, 0], [2, 0, 0]], [[1.0, 1, 1]] * 3])
    feet = closest_on_triangles(np.array([[1.5, 1, 0], [0.0, 1, 1]]), segment)
    assert feet == pytest.approx(np.array([[1.5, 0, 0], [1, 1, 1]]))


def literal_distance(point, triangles):
    """Twin: minimise over a fine grid of barycentric coordinates of every triangle, then walk downhill."""
    best = np.inf
    for triangle in triangles:
        origin, u, v = triangle[0], triangle[1] - triangle[0], triangle[2] - triangle[0]
        low, size = np.zeros(2), 1.0
        for _ in range(40):
            grid = low + size * np.stack(np.meshgrid(*[np.linspace(-0.5, 0.5, 5)] * 2), -1).reshape(-1, 2)
            grid = np.vstack([low, grid]).clip(0, 1)
            over = grid.sum(1) > 1
            grid[over] /= grid[over].sum(1, keepdims=True)
            distance = np.linalg.norm(origin + grid[:, :1] * u + grid[:, 1:] * v - point, axis=1)
            low, size = grid[distance.argmin()], size * 0.7
        best = min(best, distance.min())
    return best


def test_a_soup_of_triangles_of_all_sizes_against_the_literal_twin():
    rng = np.random.default_rng(0)
    size = np.exp(rng.uniform(-4, 1, (30, 1, 1)))
    triangles = rng.normal(0, 1, (30, 1, 3)) + size * rng.normal(0, 1, (30, 3, 3))
    surface = Surface(triangles.reshape(-1, 3), np.arange(90).reshape(-1, 3))
    points = rng.normal(0, 2, (12, 3))
    hit = surface.closest(points)
    assert hit.distances == pytest.approx([literal_distance(p, triangles) for p in points], abs=1e-4)
    assert np.linalg.norm(hit.points - points, axis=1) == pytest.approx(hit.distances)
    onto = closest_on_triangles(points, triangles[hit.faces])
    assert onto == pytest.approx(hit.points)


def test_all_pairs_agree_with_the_index():
    sphere = trimesh.creation.icosphere(subdivisions=3)
    rng = np.random.default_rng(1)
    points = np.vstack([rng.normal(0, 1, (50, 3)), [[0, 0, 0], [100, 0, 0]]])
    triangles = sphere.vertices[sphere.faces]
    pairs = np.repeat(points, len(triangles), axis=0)
    feet = closest_on_triangles(pairs, np.tile(triangles, (len(points), 1, 1)))
    expected = np.linalg.norm(feet - pairs, axis=1).reshape(len(points), -1).min(1)
    assert Surface(sphere.vertices, sphere.faces).closest(points).distances == pytest.approx(expected, abs=1e-12)


def test_distance_to_a_box_has_a_closed_form():
    box = trimesh.creation.box(extents=(2, 2, 2))
    points = np.random.default_rng(2).uniform(-3, 3, (200, 3))
    outside = np.linalg.norm(np.maximum(np.abs(points) - 1, 0), axis=1)
    inside = np.maximum(1 - np.abs(points).max(1), 0)
    expected = np.where(outside > 0, outside, inside)
    assert Surface(box.vertices, box.faces).closest(points).distances == pytest.approx(expected)


def test_a_surface_needs_triangles():
    with pytest.raises(ValueError, match=r"at least one face .* got \(3, 3\), \(0, 3\)"):
        Surface(TRIANGLE, np.zeros((0, 3), int))
    with pytest.raises(ValueError, match="finite"):
        Surface(np.full((3, 3), np.nan), np.array([[0, 1, 2]]))


def test_slivers_in_every_direction_are_found_by_their_far_ends():
    """A triangle's radius is that of its farthest corner, however it lies in space."""
    rng = np.random.default_rng(5)
    for direction in ([1, 1, 1], [1, -1, 1], [1, 0, 0]):
        along = np.array(direction) / np.linalg.norm(direction)
        corners = np.array([-2.0, 1.0, 1.0])[:, None] * along + 0.01 * rng.normal(size=(400, 3, 3))
        triangles = corners + rng.uniform(-2, 2, (400, 1, 3))
        points = rng.uniform(-3, 3, (150, 3))
        pairs = np.repeat(points, 400, axis=0)
        feet = closest_on_triangles(pairs, np.tile(triangles, (150, 1, 1)))
        expected = np.linalg.norm(feet - pairs, axis=1).reshape(150, 400).min(1)
        surface = Surface(triangles.reshape(-1, 3), np.arange(1200).reshape(-1, 3))
        assert surface.closest(points).distances == pytest.approx(expected, abs=1e-12)
