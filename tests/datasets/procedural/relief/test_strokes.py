import numpy as np
import pytest
from sheets import TRAITS

from aucgan.action_units import MAIN_AUS, N_AUS, main_index, side_index
from aucgan.datasets.procedural.relief.strokes.canvas import SkinCanvas
from aucgan.datasets.procedural.relief.strokes.lines import (
    POINTS,
    border_samples,
    draw_lines,
    line_heights,
    line_points,
    other_side,
)
from aucgan.datasets.procedural.relief.strokes.process import BUNDLES, StrokeProcess, bundle_folds


def plane(texel=0.0):
    at = np.linspace(-0.02, 0.02, 81)
    x, y = (one.ravel() for one in np.meshgrid(at, at))
    position = np.stack([x, y, np.zeros(x.size)], axis=1)
    return SkinCanvas(position, np.tile([0.0, 0.0, 1.0], (x.size, 1)), texel), position


def straight():
    return np.stack([np.linspace(-0.015, 0.015, POINTS), np.zeros(POINTS), np.zeros(POINTS)], axis=1).astype(np.float32)


def drawn(canvas, position, **changes):
    line = dict(points=straight(), heights=np.ones(POINTS), width=0.003, ridges=np.array([0.5, 0.1])) | changes
    relief = np.zeros(len(position))
    texels, values = canvas.furrow(**line)
    relief[texels] = values
    return relief


def test_a_furrow_has_unit_depth_its_width_and_its_ridges():
    canvas, position = plane()
    relief = drawn(canvas, position)
    middle = np.abs(position[:, 0]) < 1e-9
    across, y = relief[middle], position[middle, 1]
    expected = -np.exp(-((y / 0.003) ** 2)) + np.where(y > 0, 0.5, 0.1) * np.exp(
        -(((np.abs(y) / 0.003 - 1.7) / 0.9) ** 2)
    )
    inside = (np.abs(y) < 0.0095) & (y != 0)
    np.testing.assert_allclose(across[inside], expected[inside], atol=1e-5)


def test_lines_drawn_at_once_are_those_drawn_one_by_one():
    canvas, _ = plane()
    points = np.stack([straight(), straight() + np.float32([0.0, 0.006, 0.0])])
    heights, widths, ridges = np.stack([np.ones(POINTS), np.full(POINTS, 0.5)]), np.array([0.002, 0.001]), np.eye(2)
    texels, relief, ends = canvas.furrows(points, heights, widths, ridges)
    for k in range(2):
        one = canvas.furrow(points[k], heights[k], widths[k], ridges[k])
        np.testing.assert_array_equal(texels[ends[k] : ends[k + 1]], one[0])
        np.testing.assert_allclose(relief[ends[k] : ends[k + 1]], one[1], atol=1e-6)


def test_a_line_narrower_than_a_texel_is_as_shallow_as_its_mean():
    fine, coarse = (drawn(*plane(texel), width=0.001, ridges=np.zeros(2)) for texel in (0.0, 0.004))
    assert coarse.min() > 0.5 * fine.min()
    np.testing.assert_allclose(coarse.sum(), fine.sum(), rtol=0.15)


def test_lines_end_and_break():
    bundle = BUNDLES["forehead_inner"]
    whole = draw_lines(bundle, TRAITS | {"breaks": 0.0}, np.random.default_rng(0))
    broken = draw_lines(bundle, TRAITS | {"breaks": 10.0}, np.random.default_rng(0))
    heights = line_heights(whole)
    assert heights[:, [0, -1]].max() < 0.05 and heights[:, 10:-10].min() > 0.5
    assert (line_heights(broken)[:, 8:-8].min(1) < 0.05).all()


def test_people_differ_in_number_place_depth_and_width():
    bundle = BUNDLES["crows_feet"]
    people = [draw_lines(bundle, TRAITS, np.random.default_rng(k)) for k in range(60)]
    counts = [len(person.across) for person in people]
    assert min(counts) <= 2 and max(counts) >= 6 and max(counts) <= bundle.most
    assert np.std(np.concatenate([person.across for person in people])) > 0.2
    depth = np.concatenate([person.depth for person in people])
    assert depth.min() < 0.5e-3 and depth.max() > 0.9e-3


def test_the_other_side_is_like_this_one_and_never_the_same():
    bundle = BUNDLES["forehead_outer"]
    left = draw_lines(bundle, TRAITS, np.random.default_rng(4))
    even = other_side(left, TRAITS | {"lopsided": 0.0}, np.random.default_rng(5))
    np.testing.assert_allclose(line_points(border_samples(bundle), even), line_points(border_samples(bundle), left))
    uneven = other_side(left, TRAITS | {"lopsided": 2.0}, np.random.default_rng(5))
    assert len(uneven.across) < len(left.across) or np.abs(uneven.across - left.across).max() > 0.01


def test_every_unit_folds_a_bundle_and_sided_ones_their_side():
    assert {number for bundle in BUNDLES.values() for number in bundle.drivers} == set(MAIN_AUS)
    aus = np.zeros((2, N_AUS), np.float32)
    aus[0, [main_index(12), side_index(12, "L")]] = 1.0
    aus[1, main_index(17)] = 0.8
    assert bundle_folds("nasolabial", "L", aus).tolist() == [1.0, 0.0]
    assert bundle_folds("nasolabial", "R", aus).tolist() == [0.0, 0.0]
    np.testing.assert_allclose(bundle_folds("mentolabial", None, aus), [0.0, 0.72], rtol=1e-6)


@pytest.mark.parametrize("name", sorted(BUNDLES))
def test_bundles_are_sound(name):
    bundle = BUNDLES[name]
    assert bundle.borders().shape[0] == 2 and 0 <= bundle.least <= bundle.lines <= bundle.most
    assert 0.2 <= bundle.depth[0] < bundle.depth[1] <= 1.6 and max(map(sum, [bundle.rest])) <= 0.9


def test_lined_skin_keeps_its_lines_at_rest():
    at = np.arange(-0.07, 0.07, 0.002)
    x, y = (one.ravel() for one in np.meshgrid(at, np.arange(-0.09, 0.1, 0.002)))
    position = np.stack([x, y, np.full(x.size, 0.03)], axis=1)
    process = StrokeProcess(position, np.tile([0.0, 0.0, 1.0], (x.size, 1)), 0.002)
    rest = np.zeros((1, N_AUS), np.float32)
    smooth, lined = (
        process.relief(process.person(TRAITS | {"lined": lined}, np.random.default_rng(3)), rest)
        for lined in (0.02, 1.0)
    )
    assert lined.std() > 2 * smooth.std() > 0
