import numpy as np
import pytest

from aucgan.action_units import MAIN_AUS, SIDED_AUS, main_index, side_index
from aucgan.datasets.procedural.reference import anatomy
from aucgan.datasets.procedural.relief.creases import Bulge, Furrow, SkinCanvas, resampled
from aucgan.datasets.procedural.relief.wrinkle_code import N_WRINKLE, WrinkleTraits
from aucgan.datasets.procedural.relief.wrinkles import (
    DRIVERS,
    MAX_RELIEF,
    STATIC,
    displacement,
    person_strokes,
    wrinkle_model,
)
from aucgan.datasets.procedural.skin.head_texels import head_texels

SIZE = 128
NEUTRAL = np.zeros((1, 41), np.float32)


def action(*numbers, sides="LR", intensity=1.0):
    au = NEUTRAL.copy()
    for number in numbers:
        au[0, main_index(number)] = intensity
        if number in SIDED_AUS:
            for side in sides:
                au[0, side_index(number, side)] = intensity
    return au


@pytest.fixture(scope="module")
def model():
    return wrinkle_model(SIZE)


@pytest.fixture(scope="module")
def young():
    code = np.zeros(N_WRINKLE)
    code[0] = -2.0
    return code


def plane_canvas():
    x, y = np.meshgrid(np.linspace(-0.02, 0.02, 81), np.linspace(-0.02, 0.02, 81))
    position = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1)
    return SkinCanvas(position, np.tile([0.0, 0.0, 1.0], (x.size, 1))), position


def test_a_furrow_has_its_depth_width_and_ridges():
    canvas, position = plane_canvas()
    relief = np.zeros(len(position), np.float32)
    canvas.draw(relief, Furrow(np.array([[-0.015, 0.0], [0.0, 0.0], [0.015, 0.0]]), 0.001, 0.003, (0.5, 0.1)))
    across = relief[np.abs(position[:, 0]) < 1e-9]
    y = position[np.abs(position[:, 0]) < 1e-9, 1]
    assert across.min() == pytest.approx(-0.001, rel=0.08)
    above, below = across[y > 0.003].max(), across[y < -0.003].max()
    assert above > 2.5 * below > 0, "the ridge on the left of the direction is the higher one"
    np.testing.assert_allclose(relief[np.abs(position[:, 1]) > 0.0195], 0, atol=2e-5)


def test_a_bulge_has_its_height():
    canvas, position = plane_canvas()
    relief = np.zeros(len(position), np.float32)
    canvas.draw(relief, Bulge(np.array([0.0, 0.0]), np.array([0.004, 0.002]), -0.002))
    assert relief.min() == pytest.approx(-0.002, rel=1e-3)
    at = relief[(np.abs(position[:, 0] - 0.004) < 1e-9) & (np.abs(position[:, 1]) < 1e-9)]
    assert at == pytest.approx(-0.002 * np.exp(-0.5), rel=1e-3)


def test_mirrored_strokes_give_mirrored_relief():
    canvas, position = plane_canvas()
    for stroke in (
        Furrow(np.array([[0.002, -0.01], [0.006, 0.0], [0.005, 0.01]]), 0.001, 0.002, (0.6, 0.1)),
        Bulge(np.array([0.006, 0.004]), np.array([0.003, 0.002]), 0.001),
    ):
        left, right = np.zeros(len(position)), np.zeros(len(position))
        canvas.draw(left, stroke)
        canvas.draw(right, stroke.mirrored())
        np.testing.assert_allclose(left.reshape(81, 81), right.reshape(81, 81)[:, ::-1], atol=1e-6)


def test_resampled_curves_pass_through_their_points():
    points = np.array([[0.0, 0.0], [0.01, 0.005], [0.03, 0.0]])
    curve = resampled(points)
    assert np.abs(curve - points[1]).sum(1).min() < 1.5e-3
    np.testing.assert_allclose(curve[[0, -1]], points[[0, -1]], atol=1e-12)


def test_every_main_action_unit_folds_the_skin(model, young):
    rest = model.displacement(NEUTRAL, young)
    assert np.abs(rest).max() < 1.2e-3
    for number in MAIN_AUS:
        moved = np.abs(model.displacement(action(number), young) - rest)
        assert 0.4e-3 < moved.max() < 4e-3, f"AU{number}"


def test_relief_is_bounded_masked_and_deterministic(model):
    rng = np.random.default_rng(0)
    au = rng.uniform(0, 1, (3, 41)).astype(np.float32)
    codes = 3 * rng.standard_normal((3, N_WRINKLE))
    relief = displacement(au, codes, SIZE)
    assert relief.shape == (3, SIZE, SIZE) and relief.dtype == np.float32
    assert np.abs(relief).max() <= MAX_RELIEF < 0.01
    assert (relief[:, model.mask == 0] == 0).all()
    np.testing.assert_array_equal(relief, displacement(au, codes, SIZE))
    np.testing.assert_allclose(relief[1], model.displacement(au, codes[1])[1], atol=1e-9)


def test_sided_units_fold_their_side(model, young):
    x = head_texels(SIZE).position[..., 0]
    rest = model.displacement(NEUTRAL, young)[0]
    for number in SIDED_AUS:
        relief = np.abs(model.displacement(action(number, sides="L"), young)[0] - rest)
        assert relief[x > 0.006].sum() > 15 * relief[x < -0.006].sum(), f"AUL{number}"


def test_symmetric_code_gives_symmetric_wrinkles(model, young):
    relief = model.displacement(action(12, 6, 4), young)[0] - model.displacement(NEUTRAL, young)[0]
    assert np.abs(relief - relief[:, ::-1]).mean() < 0.1 * np.abs(relief).mean()


def test_wrinkles_lie_where_the_anatomy_says(model, young):
    position = head_texels(SIZE).position
    places = {2: anatomy.BROW[3] + [0, 0.02, 0], 4: anatomy.GLABELLA, 6: anatomy.CROWS_FEET_ORIGIN + [0.006, 0, 0]}
    places |= {9: anatomy.SELLION, 12: anatomy.NASOLABIAL_FOLD[2], 17: anatomy.CHIN, 15: anatomy.MARIONETTE_LINE[1]}
    rest = model.displacement(NEUTRAL, young)[0]
    for number, place in places.items():
        moved = np.abs(model.displacement(action(number), young)[0] - rest)
        near = np.linalg.norm(position - place, axis=-1) < 0.012
        assert moved[near].max() > 0.5 * moved.max(), f"AU{number}"


def test_age_deepens_lines_at_rest_and_expression_dominates(model):
    rng = np.random.default_rng(0)
    young, old = np.zeros(N_WRINKLE), np.zeros(N_WRINKLE)
    young[0], old[0] = -2, 2
    rest = [np.abs(model.displacement(NEUTRAL, code)).max() for code in (young, old)]
    assert rest[1] > 2 * rest[0]
    assert rest[1] < 2e-3
    codes = rng.standard_normal((6, N_WRINKLE))
    grain = np.stack([model._grain(WrinkleTraits.from_code(code)) for code in codes])
    assert 2e-5 < grain.std() < 8e-5


def test_wrong_input_is_explained(model):
    with pytest.raises(ValueError, match="41"):
        model.displacement(np.zeros((1, 27)), np.zeros(N_WRINKLE))
    with pytest.raises(ValueError, match="age"):
        model.displacement(NEUTRAL, np.zeros(5))
    with pytest.raises(ValueError, match="match au"):
        displacement(NEUTRAL, np.zeros((2, N_WRINKLE)), SIZE)


def test_all_groups_have_drivers(young):
    painted = {group for group, _ in person_strokes(WrinkleTraits.from_code(young))}
    assert painted == set(DRIVERS)
    assert set(STATIC) <= painted
    assert {number for drivers in DRIVERS.values() for number in drivers} == set(MAIN_AUS)
