"""One pass of the frozen networks over the photos of a data set that have no features yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from rich.progress import Progress
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from aucgan.datasets.face_folder import FaceFolder
from aucgan.datasets.features import FeatureStore, FileRecord, ViewedFits, ViewedPhotos, content_key
from aucgan.datasets.pipeline import PhotoView
from aucgan.engine.features.feature_writer import FeatureWriter
from aucgan.engine.features.fitted_side import fitted_codes
from aucgan.engine.features.frozen_networks import frozen_networks
from aucgan.engine.loop.loader_process import end_loader_processes, quiet_loader_process
from aucgan.process.errors import FeatureError


class FeaturePass:
    """Fills the feature folders of data sets.

    Args:
        model: A detail model with the weights that count.
        cfg: The config that it was built from.
        progress: Where the bars go.
        batch_size: Photos that go through the networks at once.
        num_workers: Processes that read photos.
        half: Store the AU features in float16.
        coarse: Who says the codes, one of :data:`~aucgan.engine.features.frozen_networks.COARSE_SIDES`.

    Raises:
        FeatureError: The model has no frozen networks.
    """

    def __init__(
        self,
        model: Any,
        cfg: Mapping[str, Any],
        progress: Progress,
        batch_size: int = 32,
        num_workers: int = 0,
        half: bool = False,
        coarse: str = "regressed",
    ) -> None:
        self.model, self.progress, self.half = model, progress, half
        networks = frozen_networks(model, cfg, coarse)
        if networks is None:
            raise FeatureError(f"{type(model).__name__} has no frozen networks whose outputs could be stored")
        self.networks = networks
        self.batch_size, self.num_workers = batch_size, num_workers

    def run(self, name: str, dataset: Dataset) -> None:
        """Compute and store what the photos of a data set lack; ``name`` is for the terminal.

        Raises:
            FeatureError: A file in the folder of the features is damaged or foreign.
        """
        if not isinstance(dataset, FaceFolder):
            self._say(f"{name}: passed over: {type(dataset).__name__} takes no stored features")
            return
        view = dataset.view
        if view.obstacle:
            self._say(f"{name}: passed over: {view.obstacle}")
            return
        try:
            store = FeatureStore(self.networks.folder(dataset.root, view), dataset.root, self.networks.weights)
        except ValueError as error:
            raise FeatureError(f"{error}, then run this again") from error
        lacking = self._lacking(name, dataset, view, store)
        self._say(f"{name}: {len(lacking)} of {len(dataset)} photos have no features in {store.folder} yet")
        with FeatureWriter(store, self.half, self.networks.all_settings(view)) as writer:
            viewed = ViewedFits if self.networks.fitted else ViewedPhotos
            for rows, features in self._features(name, viewed(dataset, list(lacking)), lacking):
                writer.add(rows, features)
        self._say(f"{name}: all photos have features")
        if store.stale:
            self._say(f"{name}: features of other weights are removed ({len(store.stale)} files)")
            store.remove_stale()

    def _lacking(
        self, name: str, dataset: FaceFolder, view: PhotoView, store: FeatureStore
    ) -> dict[int, tuple[FileRecord, ...]]:
        """The photos without features with their files, each content once."""
        found: dict[str, int] = {}
        lacking = {}
        with self._bar(f"{name}: compare", len(dataset)) as advance:
            for index in range(len(dataset)):
                records = store.records(dataset, index, view, self.networks.fitted)
                if store.find(records) is None and found.setdefault(content_key(records), index) == index:
                    lacking[index] = records
                advance(1)
        return lacking

    def _features(
        self, name: str, photos: ViewedPhotos, lacking: dict[int, tuple[FileRecord, ...]]
    ) -> Iterator[tuple[list[tuple[FileRecord, ...]], dict[str, Tensor]]]:
        """Files and features ``(n, V, …)`` of one batch after the other."""
        device = next(self.model.parameters()).device
        loader = DataLoader(photos, self.batch_size, num_workers=self.num_workers, worker_init_fn=quiet_loader_process)
        batches, rows = iter(loader), list(lacking.values())
        try:
            with self._bar(f"{name}: compute", len(photos)) as advance:
                for batch in batches:
                    images, fits = batch if self.networks.fitted else (batch, {})
                    n, variants = images.shape[:2]
                    with whole_float32_convolutions():
                        features = self._compute(*_flat(images, fits, device))
                    done, rows = rows[:n], rows[n:]
                    yield done, {key: value.unflatten(0, (n, variants)).cpu() for key, value in features.items()}
                    advance(n)
        finally:
            end_loader_processes(batches)

    @torch.no_grad()
    def _compute(self, images: Tensor, fits: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Features ``(n · V, …)``; with the codes of the fits where those count."""
        if not self.networks.fitted:
            return self.model.photo_features(images)
        au_probs, afn = self.model.au_net(images)
        return dict(codes=fitted_codes(self.model, fits), au_probs=au_probs, afn=afn)

    @contextmanager
    def _bar(self, title: str, total: int) -> Iterator[Callable[[int], None]]:
        """A bar while the block runs; it gets the function that advances it."""
        task = self.progress.add_task(title, total=total, note="")
        yield lambda n: self.progress.advance(task, n)
        self.progress.remove_task(task)

    def _say(self, text: str) -> None:
        self.progress.console.print(text, soft_wrap=True, highlight=False)


def _flat(images: Tensor, fits: Mapping[str, Tensor], device: torch.device) -> tuple[Tensor, dict[str, Tensor]]:
    """Photos and variants in one row, on the device."""
    return images.flatten(0, 1).to(device), {name: value.flatten(0, 1).to(device) for name, value in fits.items()}


@contextmanager
def whole_float32_convolutions() -> Iterator[None]:
    """Let cuDNN round nothing to TF32 in the block; its other settings stay.

    ``torch.backends.cudnn.flags`` would set them all, and without ``enabled=True`` switch cuDNN off.
    """
    cudnn = torch.backends.cudnn
    before = cudnn.allow_tf32
    cudnn.allow_tf32 = False
    try:
        yield
    finally:
        cudnn.allow_tf32 = before
