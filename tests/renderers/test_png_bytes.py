"""Pictures that several files hold are made once; normals are summed as their definition says."""

import io

import numpy as np
import pytest
from PIL import Image

from aucgan.renderers.export.arrays import area_normals
from aucgan.renderers.export.png_bytes import _encoded, png_bytes


@pytest.mark.parametrize(("shape", "dtype"), [((5, 7, 3), np.uint8), ((5, 7), np.uint8), ((4, 6), np.uint16)])
def test_pictures_come_back(shape, dtype):
    picture = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, shape, dtype)
    with Image.open(io.BytesIO(png_bytes(picture))) as read:
        np.testing.assert_array_equal(np.asarray(read), picture)


def test_the_same_picture_is_made_once_and_another_one_anew():
    one = np.random.default_rng(1).integers(0, 256, (9, 9, 3), np.uint8)
    before = _encoded.cache_info().misses
    assert png_bytes(one) == png_bytes(one.copy())
    assert _encoded.cache_info().misses == before + 1
    assert png_bytes(one.transpose(1, 0, 2)) != png_bytes(one)
    assert png_bytes(one.reshape(27, 9)) != png_bytes(one)


def test_normals_are_the_sums_over_the_triangles():
    rng = np.random.default_rng(2)
    points, faces = rng.normal(size=(30, 3)), rng.integers(0, 29, (50, 3))  # the last point has no triangle
    summed = np.zeros_like(points)
    for corner in range(3):
        for a, b, c in faces:
            summed[(a, b, c)[corner]] += np.cross(points[b] - points[a], points[c] - points[a])
    expected = summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), np.finfo(float).tiny)
    np.testing.assert_allclose(area_normals(points, faces), expected, atol=1e-12)
    assert (area_normals(points, faces)[29] == 0).all()
