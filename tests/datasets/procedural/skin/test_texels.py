import numpy as np

from aucgan.datasets.procedural.skin.head_texels import head_texels, part_map
from aucgan.datasets.procedural.skin.texels import build_texel_map, rasterize_uv
from aucgan.heads import load_head

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
TRIANGLES = np.array([[0, 1, 2], [0, 2, 3]])


def test_a_square_carries_its_coordinates():
    vertices = np.column_stack([SQUARE, np.full(4, 0.5)])
    texels = build_texel_map(vertices, TRIANGLES, SQUARE, TRIANGLES, 8)
    centres = (np.arange(8) + 0.5) / 8
    assert texels.inside.all()
    np.testing.assert_allclose(texels.position[..., 0], np.tile(centres, (8, 1)), atol=1e-6)
    np.testing.assert_allclose(texels.position[..., 1], np.tile(1 - centres[:, None], (1, 8)), atol=1e-6)
    np.testing.assert_allclose(texels.normal, np.broadcast_to([0, 0, 1], (8, 8, 3)), atol=1e-6)


def test_rasterizer_equals_a_point_in_triangle_loop():
    rng = np.random.default_rng(0)
    triangle = rng.random((1, 3, 2))
    face_map, bary = rasterize_uv(triangle[0], np.array([[0, 1, 2]]), 16)
    a, b, c = triangle[0]
    for row in range(16):
        for column in range(16):
            point = np.array([(column + 0.5) / 16, 1 - (row + 0.5) / 16])
            w = np.linalg.solve(np.column_stack([b - a, c - a]), point - a)
            inside = w.min() >= 0 and w.sum() <= 1
            assert (face_map[row, column] == 0) == inside
            if inside:
                np.testing.assert_allclose(bary[row, column], [1 - w.sum(), *w], atol=1e-6)


def test_a_degenerate_triangle_covers_nothing():
    face_map, _ = rasterize_uv(SQUARE, np.array([[0, 1, 1]]), 8)
    assert (face_map == -1).all()


def test_outside_texels_repeat_their_neighbours():
    half = np.array([[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]])
    texels = build_texel_map(np.column_stack([half, np.zeros(4)]), TRIANGLES, half, TRIANGLES, 8)
    np.testing.assert_array_equal(texels.position[:, 7], texels.position[:, 3])


def test_the_head_is_symmetric_in_uv_and_has_all_parts():
    texels = head_texels(128)
    mirrored = texels.position[:, ::-1] * np.array([-1, 1, 1])
    inside = texels.inside & texels.inside[:, ::-1]
    assert np.median(np.abs(texels.position - mirrored)[inside]) < 1e-4
    parts = part_map(128)
    assert (
        {"skin", "eyeball", "mouth", "ear", "lid_rim"}
        <= set(np.unique(parts))
        <= set(np.unique(load_head().vertex_parts))
    )
    assert (parts[texels.inside] == "skin").mean() > 0.5
