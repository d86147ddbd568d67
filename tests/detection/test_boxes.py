"""Anchors and overlaps, by hand and against naive twins."""

import numpy as np
import pytest

from aucgan.detection.box_network import ANCHORS
from aucgan.detection.boxes import anchor_centres, overlaps, suppress
from aucgan.detection.search import LEAST_TILE, tiles, turned_windows


@pytest.mark.parametrize(("kind", "count"), [("short_range", 896), ("full_range", 2304)])
def test_anchors(kind, count):
    centres = anchor_centres(ANCHORS[kind])
    assert centres.shape == (count, 2) and centres.min() > 0 and centres.max() < 1


def test_anchors_run_along_rows_layer_by_layer():
    centres = anchor_centres([(2, 2), (1, 1)])
    expected = [[0.25, 0.25]] * 2 + [[0.75, 0.25]] * 2 + [[0.25, 0.75]] * 2 + [[0.75, 0.75]] * 2 + [[0.5, 0.5]]
    np.testing.assert_allclose(centres, expected)


def test_overlaps():
    boxes = np.array([[0, 0, 2, 2], [1, 0, 3, 2], [5, 5, 6, 6], [0, 0, 1, 1]], float)
    np.testing.assert_allclose(overlaps(boxes[0], boxes), [1, 2 / 6, 0, 1 / 4])


def naive_suppress(boxes, scores, most):
    kept = []
    for k in sorted(range(len(boxes)), key=lambda k: -scores[k]):
        if all(overlaps(boxes[k], boxes[[j]])[0] <= most for j in kept):
            kept.append(k)
    return kept


def test_suppression_equals_its_naive_twin():
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 80, (60, 2))
    boxes, scores = np.concatenate([corners, corners + rng.uniform(5, 40, (60, 2))], 1), rng.random(60)
    kept = suppress(boxes, scores, 0.3)
    assert kept == naive_suppress(boxes, scores, 0.3) and 1 < len(kept) < 60


@pytest.mark.parametrize(("shape", "parts"), [((600, 900), 2), ((1000, 300), 4), ((512, 512), 2)])
def test_every_face_of_half_a_tile_is_whole_in_one(shape, parts):
    photo = np.zeros((*shape, 3), np.uint8)
    windows, side = tiles(photo, parts), max(shape) / parts
    face = min(side, *shape) / 2
    for left, top in np.random.default_rng(0).uniform(0, 1, (200, 2)) * (np.array(shape[::-1]) - face):
        middle = np.array([left, top]) + face / 2
        room = (side - face) / 2 + 1e-6
        assert any(np.abs(middle - [w.x, w.y]).max() <= room for w in windows), (left, top)


def test_small_photos_have_no_tiles():
    assert tiles(np.zeros((LEAST_TILE, LEAST_TILE, 3), np.uint8), 2) == []


def test_turned_windows_hold_the_whole_photo():
    photo = np.zeros((400, 300, 3), np.uint8)
    windows = turned_windows(photo)
    assert all((w.x, w.y, w.side) == (150, 200, 400) for w in windows)
    np.testing.assert_allclose(sorted(w.angle for w in windows), [np.pi / 2, np.pi, 3 * np.pi / 2])
