"""The map of where the action units act."""

import torch

from aucgan.action_units import MAIN_AUS, main_index
from aucgan.models.layers.au_regions import CENTRAL_SPOTS, PAIRED_SPOTS, region_maps


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
