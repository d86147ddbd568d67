from dataclasses import replace

import numpy as np
import pytest
import torch

from aucgan.datasets.procedural import FaceRenderer, draw_face
from aucgan.datasets.procedural.people.hair import STYLES
from aucgan.datasets.procedural.photo.backdrops import KINDS, draw_backdrop
from aucgan.datasets.procedural.photo.glasses import draw_glasses, outlines
from aucgan.datasets.procedural.photo.hair_shell import COLUMNS, azimuths, draw_hairdo, hair_shell
from aucgan.datasets.procedural.photo.in_front import RATES, draw_in_front, picture
from aucgan.datasets.procedural.photo.mesh_grid import grid_faces
from aucgan.datasets.procedural.photo.shade.occlusion import mesh_share, sphere, visible
from aucgan.datasets.procedural.photo.torso import cloth_colour, draw_clothes
from aucgan.heads import load_head
from aucgan.heads.library import DEFAULT_HEAD

SIZE, UV = 64, 32


@pytest.fixture(scope="module")
def renderer():
    return FaceRenderer(SIZE, UV)


@pytest.fixture(scope="module")
def recipe():
    recipe = draw_face(2, "train", 4)
    return replace(recipe, in_front=None, glasses=None, hairdo=None)


def ball(rows=24, columns=40):
    a, e = np.meshgrid(np.linspace(0, 2 * np.pi, columns, endpoint=False), np.linspace(1.5, -1.5, rows))
    points = np.stack([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)], -1).reshape(-1, 3) * 0.1
    return points.astype(np.float32), grid_faces(rows, columns, closed=True)


def test_a_ball_sees_all_and_a_bowl_inside_sees_less():
    verts, faces = ball()
    share = mesh_share(verts, faces, 64)
    assert share[200:-200].mean() > 0.93
    floor = np.array([[-0.3, -0.1, -0.3], [0.3, -0.1, -0.3], [0.3, -0.1, 0.3], [-0.3, -0.1, 0.3]], np.float32)
    both = np.concatenate([verts, floor]), np.concatenate([faces, np.array([[0, 2, 1], [0, 3, 2]]) + len(verts)])
    low, high = verts[:, 1] < -0.05, verts[:, 1] > 0.05
    with_floor = mesh_share(*both, 64)[: len(verts)]
    # Over an endless floor a normal sees (1 + its height) / 2 of the sky; this one ends.
    sky = 0.5 * (1.0 + verts[:, 1] / 0.1)
    assert np.abs(with_floor - sky)[high].mean() < 0.1 and (with_floor[low] > sky[low] - 0.05).all()
    assert with_floor[low].mean() < 0.4 * share[low].mean()


def test_half_a_ball_is_visible_from_anywhere():
    verts, faces = ball()
    directions = sphere(6)
    seen = visible(
        torch.from_numpy(verts), torch.from_numpy(faces), torch.as_tensor(directions, dtype=torch.float32)
    ).numpy()
    cosine = directions @ (verts / 0.1).T
    assert seen[cosine > 0.35].mean() > 0.97 and seen[cosine < -0.35].mean() < 0.03


@pytest.mark.parametrize("style", list(STYLES))
def test_hair_lies_over_the_skull_and_leaves_the_face_free(style):
    head = load_head(DEFAULT_HEAD)
    verts = torch.as_tensor(head.v_template)[None]
    shell, along = hair_shell(DEFAULT_HEAD)(verts, [draw_hairdo(np.random.default_rng(1), style, 0.0)])
    shell, along = shell[0].numpy().reshape(-1, COLUMNS, 3), along[0].numpy().reshape(-1, COLUMNS)
    assert np.isfinite(shell).all() and (np.diff(along, axis=0) >= -1e-6).all() and along[-1] == pytest.approx(1.0)
    assert shell[..., 1].max() >= head.v_template[:, 1].max()
    ahead = np.abs(azimuths()) < 30
    assert shell[:, ahead, 1].min() > 0.045, "no hair over the eyes"
    mirrored = shell[:, ::-1] * [-1, 1, 1]
    assert np.abs(shell[0] - mirrored[0]).max() < 0.06
    if STYLES[style].hang[0] > 0.04:
        assert shell[-1, np.abs(azimuths()) > 90, 1].max() < 0.0


def test_glasses_sit_before_the_eyes():
    head = load_head(DEFAULT_HEAD)
    marks = head.landmarks
    points = (head.v_template[head.faces[marks.full_faces_idx]] * marks.full_bary_coords[..., None]).sum(1)
    assert draw_glasses(np.random.default_rng(0), "none") is None
    for kind in ("thin", "thick", "sun"):
        right, left, bridge, *bows = outlines(points, draw_glasses(np.random.default_rng(1), kind))
        assert right[:, 0].max() < 0 < left[:, 0].min() and np.abs(bridge[:, 0]).max() < 0.02
        for rim, eye in ((right, points[36:42]), (left, points[42:48])):
            assert (rim.min(0)[:2] < eye.min(0)[:2]).all() and (rim.max(0)[:2] > eye.max(0)[:2]).all()
            assert rim[:, 2].mean() > eye[:, 2].mean()
        assert all(bow[-1, 2] < bow[0, 2] - 0.08 for bow in bows)


def test_things_in_front_are_rare_and_cover_a_part():
    things = [draw_in_front(np.random.default_rng(k), np.array([0.7, 0.5, 0.4])) for k in range(600)]
    assert np.mean([thing is not None for thing in things]) == pytest.approx(sum(RATES.values()), abs=0.04)
    for thing in [one for one in things if one is not None][:12]:
        colour, cover = picture(thing, 48)
        assert 0.0 < cover.mean() < 0.6 and 0 <= colour.min() and colour.max() <= 1 and cover.max() <= 1


def test_clothes_begin_below_the_collar():
    clothes = replace(draw_clothes(np.random.default_rng(0)), collar="crew", colour=np.array([0.1, 0.2, 0.9]))
    place = np.array([[0.0, 0.08, 0.05], [0.1, -0.2, 0.05]])
    colour, cloth = cloth_colour(place, clothes)
    np.testing.assert_allclose(cloth, [0, 1])
    assert colour.shape == (2, 3)


def test_backdrops_are_of_all_kinds_and_scales():
    pictures = np.stack([draw_backdrop(np.random.default_rng(k), 48) for k in range(60)])
    assert pictures.shape == (60, 48, 48, 3) and pictures.min() >= 0 and pictures.max() <= 1
    assert pictures.mean((1, 2, 3)).std() > 0.15 and len(KINDS) == 5
    detail = np.abs(np.diff(pictures, axis=2)).mean((1, 2, 3))
    assert np.percentile(detail, 20) < 0.01 < np.percentile(detail, 80), "walls, and things"
    np.testing.assert_array_equal(draw_backdrop(np.random.default_rng(1), 48), pictures[1])


def test_what_is_in_front_leaves_the_truth_and_narrows_the_mask(renderer, recipe):
    things = (draw_in_front(np.random.default_rng(k), recipe.look.skin) for k in range(10**4))
    hand = next(thing for thing in things if thing is not None and len(thing.radii) > 2)
    plain, hidden = renderer.render([recipe, replace(recipe, in_front=hand)])
    for key, value in plain.truth.items():
        if key != "light":  # a camera that sees less of the face exposes it a little differently
            np.testing.assert_array_equal(value, hidden.truth[key])
    np.testing.assert_array_equal(plain.landmarks, hidden.landmarks)
    assert hidden.mask.sum() < plain.mask.sum() and not (hidden.mask > plain.mask).any()


def test_hair_covers_the_head_and_never_the_truth(renderer, recipe):
    haired = replace(recipe, hairdo=draw_hairdo(np.random.default_rng(0), "long", 0.0))
    bald, long = renderer.render([recipe, haired])
    np.testing.assert_array_equal(bald.truth["displacement"], long.truth["displacement"])
    np.testing.assert_array_equal(bald.landmarks, long.landmarks)
    assert (np.abs(bald.image.astype(int) - long.image).sum(-1) > 30).mean() > 0.05


def test_the_same_seed_gives_the_same_photo_in_any_company(renderer):
    recipes = [draw_face(9, "val", k) for k in range(3)]
    together, alone = renderer.render(recipes)[2], FaceRenderer(SIZE, UV).render(recipes[2:])[0]
    assert (together.image == alone.image).mean() > 0.999
    np.testing.assert_array_equal(together.mask, alone.mask)
