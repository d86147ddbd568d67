"""Finding the stored features of a data set's photos, or the reason why there are none to use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torch.utils.data import Dataset

from aucgan.datasets.face_folder import FaceFolder
from aucgan.datasets.features import FeatureStore, StoredFeatures
from aucgan.datasets.pipeline import PhotoView
from aucgan.engine.features.frozen_networks import FrozenNetworks


@dataclass(frozen=True)
class Refusal:
    """Why stored features are not used.

    Attributes:
        reason: In words.
        stale: Features are there, but do not hold any more.
        curable: ``tools/precompute.py`` would help.
    """

    reason: str
    stale: bool = False
    curable: bool = True


def find_features(dataset: Dataset, networks: FrozenNetworks) -> StoredFeatures | Refusal:
    """The features of all photos of a data set for these networks, checked against the photos as they are now."""
    if not isinstance(dataset, FaceFolder):
        return Refusal(f"{type(dataset).__name__} takes no stored features", curable=False)
    view = dataset.view
    if view.obstacle:
        return Refusal(view.obstacle, curable=False)
    folder = networks.folder(dataset.root, view)
    if not folder.is_dir():
        return Refusal(f"no features of these networks are in {folder.parent}")
    try:
        store = FeatureStore(folder, dataset.root, networks.weights)
    except ValueError as error:
        return Refusal(str(error), stale=True)
    return _match(dataset, view, store, networks)


def _match(
    dataset: FaceFolder, view: PhotoView, store: FeatureStore, networks: FrozenNetworks
) -> StoredFeatures | Refusal:
    places: list[tuple[Path, int]] = []
    changed: list[str] = []
    absent = 0
    for index in range(len(dataset)):
        records = store.records(dataset, index, view, networks.fitted)
        place = store.find(records)
        if place is not None:
            places.append(place)
        else:
            changed += store.changed_files(records)[:1]
            absent += 1
    if changed:
        others = f" (and {len(changed) - 1} more)" if len(changed) > 1 else ""
        return Refusal(f"{changed[0]}{others} has changed since its features were computed", stale=True)
    if absent and store.changed_networks:
        names = networks.describe(store.changed_networks)
        return Refusal(f"the weights of {names} have changed since {store.folder} was computed", stale=True)
    if absent:
        return Refusal(f"{absent} of {len(dataset)} photos have no features in {store.folder}")
    return StoredFeatures(places, store.folder)
