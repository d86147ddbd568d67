import pytest
import torch

from aucgan.datasets import FaceFolder, RandomFlip, ResizeFace
from aucgan.datasets.features import ViewedPhotos, view_of

PACK = dict(type="PackFace")


def view(folder, *pipeline):
    return view_of(FaceFolder(folder, None, pipeline=[*pipeline, PACK]))


@pytest.mark.parametrize(
    "transform",
    [
        dict(type="ColorJitter"),
        dict(type="CropFace", size=64),
        dict(type="CropFace", size=64, scale=1.6, shift=0.1),
        dict(type="RandomSimilarity"),
        dict(type="RandomBlur"),
        dict(type="LoadImageFromFile"),
    ],
    ids=str,
)
def test_chance_and_the_unknown_are_obstacles(folder, transform):
    found = view(folder, dict(type="RandomFlip"), transform)
    assert found.obstacle == f"{transform['type']} changes the photo anew at every draw"


@pytest.mark.parametrize(
    "transform",
    [
        dict(type="ColorJitter", brightness=0, contrast=0, saturation=0),
        dict(type="RandomBlur", prob=0),
        dict(type="RandomFlip", prob=0),
    ],
    ids=str,
)
def test_what_never_happens_is_no_obstacle(folder, transform):
    assert view(folder, transform) == view(folder)
    assert view(folder).variants == (False,) and not view(folder).uses_landmarks


def test_fixed_transforms_are_part_of_the_view(folder):
    crop = view(folder, dict(type="CropFace", size=32, scale=1.6))
    assert not crop.obstacle and crop.uses_landmarks
    assert crop != view(folder, dict(type="CropFace", size=32, scale=1.5))
    assert not view(folder, dict(type="ResizeFace", size=16)).uses_landmarks


def test_mirrored_photos_are_a_second_variant(folder):
    pipeline = [dict(type="ResizeFace", size=16), dict(type="RandomFlip", prob=0.1), PACK]
    dataset = FaceFolder(folder, "train", pipeline=pipeline)
    found = view_of(dataset)
    assert not found.obstacle and found.variants == (False, True)
    photos = ViewedPhotos(dataset, [1], found)
    assert len(photos) == 1 and photos[0].shape == (2, 3, 16, 16)
    resized = ResizeFace(16).transform(dataset.load(1))
    shown = [torch.from_numpy(s["image"].copy()).permute(2, 0, 1) for s in (resized, RandomFlip.mirror(resized))]
    assert torch.equal(photos[0], torch.stack(shown))
    assert view(folder, dict(type="RandomFlip"), dict(type="RandomFlip")).obstacle == "the photo may be mirrored twice"
