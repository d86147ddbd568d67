"""Writing features in whole files, so that an interruption costs at most the last of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from aucgan.datasets.features import FeatureStore, FileRecord, ShardContent, shard_bytes, shard_name
from aucgan.files.atomic import atomic_path, write_json

PHOTOS_PER_SHARD = 256


class FeatureWriter:
    """Collects features, and writes a shard whenever enough of them are there; a context that writes the rest.

    Args:
        store: The store that the shards belong to; it learns of every one that is written.
        half: Keep ``afn`` in float16. Codes and probabilities are small, and stay as they are.
        settings: Written beside the shards, for whoever looks into the folder.
    """

    def __init__(self, store: FeatureStore, half: bool, settings: dict) -> None:
        self.store, self.half, self.settings = store, half, settings
        self._rows: list[tuple[FileRecord, ...]] = []
        self._batches: list[dict[str, Tensor]] = []

    def __enter__(self) -> FeatureWriter:
        write_json(self.store.folder / "settings.json", dict(self.settings, weights=self.store.weights))
        return self

    def __exit__(self, *_: object) -> None:
        self._write()

    def add(self, rows: Sequence[tuple[FileRecord, ...]], features: dict[str, Tensor]) -> None:
        """Take the features ``(n, V, …)`` of ``n`` photos."""
        kept = dict(features, afn=features["afn"].half()) if self.half else features
        self._rows += rows
        self._batches.append(kept)
        if len(self._rows) >= PHOTOS_PER_SHARD:
            self._write()

    def _write(self) -> None:
        if not self._rows:
            return
        tensors = {name: torch.cat([batch[name] for batch in self._batches]) for name in self._batches[0]}
        path: Path = self.store.folder / shard_name(self.store.weights, self._rows)
        with atomic_path(path) as temporary:
            temporary.write_bytes(shard_bytes(self.store.weights, self._rows, tensors))
        self.store.add(ShardContent(path, self.store.weights, self._rows))
        self._rows, self._batches = [], []
