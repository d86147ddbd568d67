import pytest
import torch

from aucgan.datasets import FaceFolder, RandomFlip, ResizeFace
from aucgan.datasets.features import ViewedPhotos
from aucgan.datasets.transforms import Effect, FaceTransform
from aucgan.registry import TRANSFORMS

PACK = dict(type="PackFace")


def view(folder, *pipeline):
    return FaceFolder(folder, None, pipeline=[*pipeline, PACK]).view


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
    found = dataset.view
    assert not found.obstacle and found.variants == (False, True)
    photos = ViewedPhotos(dataset, [1])
    assert len(photos) == 1 and photos[0].shape == (2, 3, 16, 16)
    resized = ResizeFace(16).transform(dataset.load(1))
    shown = [torch.from_numpy(s["image"].copy()).permute(2, 0, 1) for s in (resized, RandomFlip.mirror(resized))]
    assert torch.equal(photos[0], torch.stack(shown))
    assert view(folder, dict(type="RandomFlip"), dict(type="RandomFlip")).obstacle == "the photo may be mirrored twice"


@TRANSFORMS.register_module()
class Darken(FaceTransform):
    """Somebody's transform; an attribute of its own is nobody's business but its."""

    effect, uses_landmarks = Effect.FIXED, False

    def __init__(self, by: float):
        self.factor, self.calls = 1 - by, 0

    @property
    def settings(self) -> dict:
        return dict(factor=self.factor)

    def transform(self, sample: dict) -> dict:
        self.calls += 1
        return dict(sample, image=sample["image"] * self.factor)


def test_a_transform_says_by_itself_what_decides(folder):
    dataset = FaceFolder(folder, None, pipeline=[dict(type="Darken", by=0.25), PACK], reduce=True)
    before = dataset.view
    assert before.steps == (("reduced decoding", {}), ("Darken", dict(factor=0.75))) and not before.uses_landmarks
    assert dataset[0] and dataset.view == before, "that it counts its calls changes nothing"


def test_a_fixed_transform_that_does_not_say_is_refused(folder):
    said = dict(effect=Effect.FIXED, transform=lambda self, sample: sample)
    TRANSFORMS.register_module("Silent", module=type("Silent", (FaceTransform,), said), force=True)
    with pytest.raises(NotImplementedError, match="Silent is Effect.FIXED: its property 'settings'"):
        view(folder, dict(type="Silent"))
