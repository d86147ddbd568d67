from dataclasses import replace

import numpy as np
import pytest

from aucgan.datasets.procedural.people.look import draw_look
from aucgan.datasets.procedural.people.paint import paint_extras
from aucgan.datasets.procedural.people.paint.blood import paint_blood
from aucgan.datasets.procedural.people.paint.brow_hairs import BROW, BrowShape, paint_brows
from aucgan.datasets.procedural.people.paint.canvas import Canvas
from aucgan.datasets.procedural.people.paint.irises import paint_irises
from aucgan.datasets.procedural.people.paint.makeup import paint_makeup
from aucgan.datasets.procedural.people.paint.scalp import paint_scalp
from aucgan.datasets.procedural.people.paint.spots import paint_mottle, paint_spots, paint_veins
from aucgan.datasets.procedural.people.paint.teeth import paint_teeth
from aucgan.datasets.procedural.people.paint.whiskers import paint_beard
from aucgan.datasets.procedural.reference import anatomy
from aucgan.datasets.procedural.relief.marks import Mark
from aucgan.heads.library import DEFAULT_HEAD, load_head

SIZE = 128
GREY = np.full((SIZE * SIZE, 3), 0.6, np.float32)


@pytest.fixture(scope="module")
def canvas():
    return Canvas(SIZE, DEFAULT_HEAD)


@pytest.fixture(scope="module")
def look():
    plain = dict(hair="short", woman=False, freckles=0.0, spots=0.0, moles=(), veins=0.0, lipstick=0.0, shadow=0.0)
    return replace(draw_look(np.random.default_rng(1), 4, 0.3), **plain)


def changed(layer, canvas, look, seed=0):
    colour = GREY.copy()
    layer(colour, canvas, look, np.random.default_rng(seed))
    return np.abs(colour - GREY).sum(1), colour


def test_the_pen_draws_where_it_is_told(canvas):
    line = np.array([[[-0.02, 0.0], [0.02, 0.0]]])
    drawn = np.flatnonzero(canvas.strokes(line, np.ones(1), 2) > 0.2)
    place = canvas.position[drawn]
    assert len(drawn) > 5 and np.abs(place[:, 1]).max() < 0.004 and np.abs(place[:, 0]).max() < 0.025
    dot = np.flatnonzero(canvas.dots(np.array([[0.04, -0.01]]), np.array([0.004]), np.ones(1)) > 0.5)
    np.testing.assert_allclose(canvas.position[dot, :2].mean(0), [0.04, -0.01], atol=0.003)


def test_no_hair_is_drawn_across_the_hole_of_an_eye():
    canvas = Canvas(256, DEFAULT_HEAD)
    rng = np.random.default_rng(0)
    root = np.stack([rng.uniform(0.015, 0.05, 400), rng.uniform(0.025, 0.045, 400)], axis=1)
    lines = np.stack([root, root + [0.001, 0.003]], axis=1)
    drawn = canvas.position[canvas.strokes(lines, np.ones(400)) > 0.2]
    assert len(drawn) > 100 and drawn[:, 1].min() > 0.010 and drawn[:, 1].max() < 0.06


def mole(x):
    return Mark(np.array([x, -0.01]), 0.0015, 1.0, 0.0, 0.0005)


def test_brows_lie_where_peoples_brows_do(canvas, look):
    middle = canvas.from_eyes(BROW)
    for seed in range(3):
        change, colour = changed(paint_brows, canvas, replace(look, brows=0.9), seed)
        hairs = canvas.position[change > 0.4]
        near = np.linalg.norm(hairs[:, None, :2] * np.sign(hairs[:, None, :1]) ** [1, 0] - middle, axis=-1).min(1)
        assert len(hairs) > 30 and np.percentile(near, 90) < 0.010
        assert colour[change > 0.4].mean() < 0.6


def test_brows_are_painted_on_skin_that_brow_shapes_move():
    head = load_head(DEFAULT_HEAD)
    marks = head.landmarks
    eyes = np.einsum("nkc,nk->nc", head.v_template[head.faces[marks.full_faces_idx]], marks.full_bary_coords)[36:48, :2]
    places = eyes.mean(0) + BROW * np.linalg.norm(eyes[9] - eyes[0])
    skin = np.flatnonzero((head.vertex_parts == "skin") & (head.v_template[:, 2] > 0.03))
    nearest = skin[np.linalg.norm(head.v_template[skin, None, :2] - places, axis=-1).argmin(0)]
    for shape, station in (("browInnerUp", 0), ("browDownLeft", 2), ("browOuterUpLeft", 3)):
        moved = np.abs(head.columns(shape)[..., 1, 0])
        assert moved[nearest[station]] > 0.4 * moved.max(), shape


def test_everybody_has_brows_of_their_own_and_mens_are_lower_and_thicker():
    women, men = ([BrowShape.draw(np.random.default_rng(n), woman) for n in range(200)] for woman in (True, False))
    for name in ("up", "arch", "slant", "thick", "inward", "outward"):
        assert np.std([getattr(one, name) for one in men]) > 0.01
    assert np.mean([one.up for one in women]) > np.mean([one.up for one in men]) + 0.01
    assert np.mean([one.thick for one in women]) < 0.9 * np.mean([one.thick for one in men])
    np.testing.assert_allclose(BrowShape(0.0, 1.0, 0.0, 1.0, 0.0, 0.0).curve(), BROW)


def test_no_trace_of_other_brows_is_left(canvas, look):
    trace = canvas.mask("brow")
    colour = GREY.copy()
    colour[trace > 0.1] = 0.2
    paint_brows(colour, canvas, replace(look, brows=0.0, brow_colour=np.full(3, 0.6)), np.random.default_rng(0))
    assert np.abs(colour[trace > 0.1] - 0.6).max() < 0.02


def test_front_teeth_are_bright_and_nothing_else_is_painted(canvas, look):
    change, colour = changed(paint_teeth, canvas, look)
    upper = canvas.parts == "teeth_upper"
    depth = canvas.position[upper, 2]
    assert colour[upper][depth > depth.max() - 0.006].min() > 0.5
    assert colour[upper][depth < depth.max() - 0.035].max() < 0.35
    assert not change[(canvas.parts != "teeth_upper") & (canvas.parts != "teeth_lower")].any()
    old = changed(paint_teeth, canvas, replace(look, age=80.0))[1][upper]
    assert (old[:, 2] / old[:, 0]).mean() < (colour[upper][:, 2] / colour[upper][:, 0]).mean(), "yellower"


@pytest.mark.parametrize("kind", ["stubble", "goatee", "full"])
def test_beards_grow_below_and_on_men_alone(canvas, look, kind):
    change, _ = changed(paint_beard, canvas, replace(look, beard=kind, beard_amount=0.8))
    shaven, _ = changed(paint_beard, canvas, replace(look, beard="none"))
    grown = canvas.position[change > shaven + 0.1]
    assert len(grown) > 20 and np.percentile(grown[:, 1], 95) < 0.01
    assert not changed(paint_beard, canvas, replace(look, woman=True))[0].any()


def test_spots_come_with_their_amount(canvas, look):
    for few, many in (
        (look, replace(look, freckles=1.0)),
        (look, replace(look, moles=(mole(0.03), mole(-0.03)))),
        (look, replace(look, spots=1.0)),
    ):
        assert changed(paint_spots, canvas, many)[0].sum() > changed(paint_spots, canvas, few)[0].sum()
    assert changed(paint_veins, canvas, replace(look, veins=1.0))[0].any()
    assert not changed(paint_veins, canvas, look)[0].any()


def test_blood_takes_green_before_red_and_stays_on_the_skin(canvas, look):
    change, colour = changed(paint_blood, canvas, look)
    lost = (GREY - colour)[canvas.skin].mean(0)
    assert lost[1] > lost[2] > lost[0] > 0 and not change[~canvas.skin].any()


def test_mottle_is_uneven_at_no_mean(canvas, look):
    _, colour = changed(paint_mottle, canvas, replace(look, mottle=1.0))
    skin = colour[canvas.skin, 1] / 0.6 - 1.0
    assert 0.004 < skin.std() < 0.06 and abs(skin.mean()) < 0.02


def test_lipstick_is_on_the_lips(canvas, look):
    change, _ = changed(paint_makeup, canvas, replace(look, lipstick=1.0, lip_colour=np.array([0.7, 0.1, 0.1])))
    lips = canvas.mask("lips") > 0.5
    assert change[lips].min() > 5 * change[canvas.skin & (canvas.mask("lips") == 0)].mean()


def test_bald_heads_show_their_skin(canvas, look):
    cap = canvas.mask("hair") > 0.9
    _, bald = changed(paint_scalp, canvas, replace(look, hair="bald", hair_colour=np.full(3, 0.05)))
    _, hairy = changed(paint_scalp, canvas, replace(look, hair="short", hair_colour=np.full(3, 0.05)))
    assert np.abs(bald[cap] - look.skin).mean() < 0.15 and hairy[cap].mean() < 0.15


def test_irises_have_their_colour_and_pupils_are_dark(canvas, look):
    blue = np.array([0.3, 0.45, 0.6])
    _, colour = changed(paint_irises, canvas, replace(look, iris=blue))
    eyes = canvas.parts == "eyeball"
    offset = np.abs(canvas.position[eyes]) * [1, 1, 1] - anatomy.EYE_CENTRE
    radius = np.where(canvas.position[eyes, 2] > anatomy.EYE_CENTRE[2], np.hypot(offset[:, 0], offset[:, 1]), 1.0)
    iris = colour[eyes][(radius > 0.0034) & (radius < 0.0046)]
    assert (iris[:, 2] > iris[:, 0]).all() and colour[eyes][radius < 0.0008].max() < 0.1
    assert colour[eyes][(radius > 0.0075) & (radius < 0.009)].mean() > 0.4, "the white"


def test_extras_depend_on_the_seed_alone(canvas, look):
    albedo = GREY.reshape(SIZE, SIZE, 3)
    first, again, other = (paint_extras(albedo, canvas, look, seed) for seed in ((1, 2), (1, 2), (1, 3)))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.05 and (albedo == np.float32(0.6)).all()
    assert first.min() >= 0 and first.max() <= 1
