import numpy as np
import pytest

from aucgan.datasets.procedural.people.codes import albedo_codes
from aucgan.datasets.procedural.people.colour import to_lab, to_linear, to_srgb
from aucgan.datasets.procedural.people.look import draw_look, tone_of
from aucgan.datasets.procedural.people.skin_tone import (
    MELANIN,
    MONK_SWATCHES,
    draw_skin,
    living,
    monk_tone,
    skin_colour,
)
from aucgan.datasets.procedural.skin import albedo_paint as paint
from aucgan.datasets.procedural.skin.albedo import texture_traits


def test_lab_of_known_colours():
    """White, mid grey and the red primary, as colour science tabulates them."""
    lab = to_lab(np.array([[1.0, 1.0, 1.0], [0.46633, 0.46633, 0.46633], [1.0, 0.0, 0.0]]))
    np.testing.assert_allclose(lab, [[100, 0, 0], [50, 0, 0], [53.24, 80.09, 67.20]], atol=0.06)
    values = np.linspace(0, 1, 50)
    np.testing.assert_allclose(to_srgb(to_linear(values)), values, atol=1e-6)


def test_two_pigments_pass_every_swatch_closely():
    path = skin_colour(MELANIN, 0.06)
    np.testing.assert_array_equal(monk_tone(path), np.arange(1, 11))
    assert np.linalg.norm(to_lab(path) - to_lab(MONK_SWATCHES), axis=1).max() < 5.5


def test_living_skin_is_as_bright_as_its_tone_and_less_grey_at_both_ends():
    alive = living(MONK_SWATCHES)
    before, after = to_lab(MONK_SWATCHES), to_lab(alive)
    np.testing.assert_allclose(after[:, 0], before[:, 0], atol=1.5)
    chroma = np.linalg.norm(after[:, 1:], axis=1) - np.linalg.norm(before[:, 1:], axis=1)
    assert chroma[[0, 1, 8, 9]].min() > 2 and np.abs(chroma[4:7]).max() < 0.5
    hue = np.arctan2(after[:, 2], after[:, 1])
    assert (hue > np.deg2rad(25)).all() and (hue < np.deg2rad(90)).all(), "between rose and yellow"


def test_melanin_darkens_and_blood_reddens():
    light, dark = to_lab(skin_colour(np.array([0.1, 2.0]), 0.1))
    assert light[0] > dark[0] + 30
    pale, flushed = to_lab(skin_colour(0.3, np.array([0.0, 0.3])))
    assert flushed[1] > pale[1] + 5 and flushed[0] < pale[0]


def test_the_ten_tones_are_evenly_spread_by_measured_distance():
    skins = np.stack([draw_skin(np.random.default_rng([3, p]), tone_of([0, 0, 4], p)) for p in range(400)])
    measured = np.bincount(monk_tone(skins), minlength=11)[1:]
    assert measured.min() >= 36 and measured.max() <= 44, measured
    assert [sorted(tone_of([1, 2, 4], p) for p in range(10 * k, 10 * k + 10)) for k in (0, 5)] == [
        list(range(1, 11))
    ] * 2


@pytest.mark.parametrize("tone", [1, 5, 10])
def test_the_albedo_basis_holds_every_skin_exactly(tone):
    names = texture_traits()
    look = draw_look(np.random.default_rng(tone), tone, 0.5)
    code = albedo_codes(look, np.random.default_rng(0), names)
    axes = {"tone": paint.SKIN_TONE, "undertone": paint.SKIN_UNDERTONE, "ruddiness": paint.SKIN_RUDDINESS}
    skin = paint.SKIN + sum(code[names.index(name)] * axis for name, axis in axes.items())
    np.testing.assert_allclose(skin, look.skin, atol=0.02)
    assert np.abs(code).max() <= 2.5


def test_looks_vary_and_only_men_have_beards():
    looks = [draw_look(np.random.default_rng([5, k]), k % 10 + 1, (k % 37) / 37) for k in range(300)]
    assert all(look.beard == "none" for look in looks if look.woman)
    assert 0.4 < np.mean([look.beard != "none" for look in looks if not look.woman]) < 0.75
    assert 0.4 < np.mean([look.woman for look in looks]) < 0.6
    old = np.array([look.age > 60 for look in looks])
    gray = np.array([look.gray for look in looks])
    assert gray[old].mean() > 0.3 > 0.05 > gray[~old & np.array([look.age < 35 for look in looks])].mean()
    assert {look.hair for look in looks} >= {"bald", "long", "short", "curls", "afro"}
    assert 0.1 < np.mean([look.glasses != "none" for look in looks]) < 0.3
