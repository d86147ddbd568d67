"""The map of where the action units act."""

import math

import pytest
import torch

from aucgan.action_units import MAIN_AUS, SIDED_AUS, main_index, side_index
from aucgan.models.layers.au_regions import (
    CENTRAL_SPOTS,
    FACE_PARTS,
    PAIRED_SPOTS,
    face_part_at,
    region_maps,
    regions_at,
)


def centre_row(maps, au):
    rows = torch.arange(maps.shape[1], dtype=torch.float32)
    region = maps[main_index(au)]
    return float((region.sum(1) * rows).sum() / region.sum() / maps.shape[1])


def test_every_main_unit_has_a_region():
    assert PAIRED_SPOTS.keys() | CENTRAL_SPOTS.keys() == MAIN_AUS.keys()
    maps = region_maps(56, 56)
    assert maps.shape == (27, 56, 56)
    assert (maps.amax(dim=(1, 2)) > 0.9).all()
    assert maps.min() >= 0 and maps.max() <= 1


def test_regions_are_symmetric():
    maps = region_maps(40, 41)
    torch.testing.assert_close(maps, maps.flip(2))


def test_brow_eye_nose_mouth_and_chin_lie_one_under_the_other():
    maps = region_maps(64, 64)
    rows = [centre_row(maps, au) for au in (2, 5, 9, 12, 24, 17)]
    assert rows == sorted(rows)


def test_a_wider_crop_shows_a_smaller_face():
    assert region_maps(64, 64, crop_scale=2.0).sum() < 0.75 * region_maps(64, 64, crop_scale=1.6).sum()


def test_the_maps_of_a_crop_are_the_regions_at_its_pixels():
    box = ((torch.arange(40) + 0.5) / 40 - 0.5) * 1.6 + 0.5
    torch.testing.assert_close(regions_at(box[None, :], box[:, None])[:27], region_maps(40, 40))


def test_a_sided_unit_acts_on_the_persons_own_half():
    box = torch.linspace(0, 1, 41)
    regions = regions_at(box[None, :], box[:, None])
    assert regions.shape == (41, 41, 41)
    for au in SIDED_AUS:
        left, right = (regions[side_index(au, side)] for side in "LR")
        torch.testing.assert_close(left, right.flip(1))
        torch.testing.assert_close((left + right).clamp(max=1), regions[main_index(au)])
        assert left[:, 21:].sum() > 3 * left[:, :20].sum()  # the person's left is the right of the picture


def test_spread_widens_the_spots():
    assert regions_at(torch.tensor(0.5), torch.tensor(0.93 + 0.16), 2.0)[main_index(17)].item() == pytest.approx(
        math.exp(-0.5), rel=1e-4
    )


def test_places_belong_to_the_part_whose_spot_is_nearest():
    places = dict(
        brow=[(0.3, -0.3), (0.5, -0.2), (0.45, 0.08)],
        eyes=[(0.05, 0.2), (0.3, 0.22)],
        nose=[(0.5, 0.4), (0.43, 0.5)],
        cheeks=[(0.2, 0.52), (0.8, 0.52)],
        mouth=[(0.5, 0.74), (0.33, 0.8)],
        chin=[(0.5, 0.95), (0.45, 1.0)],
    )
    for number, part in enumerate(FACE_PARTS):
        x, y = torch.tensor(places[part]).T
        assert face_part_at(x, y).tolist() == [number] * len(x), part
    assert {au for units in FACE_PARTS.values() for au in units} <= MAIN_AUS.keys()
