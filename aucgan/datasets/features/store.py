"""All features in a folder, found by the content of the photos."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from safetensors import safe_open
from torch import Tensor

from aucgan.datasets.face_folder import FaceFolder
from aucgan.datasets.features.shards import SUFFIX, TENSORS, FileRecord, ShardContent, content_key, read_shard
from aucgan.datasets.pipeline import PhotoView
from aucgan.datasets.sample_files import SampleFile, SampleFiles

FOLDER = "features"


class FeatureStore:
    """The features in one folder that were computed with given weights.

    Args:
        folder: The folder; it need not exist.
        root: The folder of the data set, to which the recorded paths are relative.
        weights: Hash of the weights of every network, as they are now.

    Raises:
        ValueError: A file in the folder is damaged or foreign.
    """

    def __init__(self, folder: Path, root: Path, weights: Mapping[str, str]) -> None:
        self.folder, self.root, self.weights = folder, root, dict(weights)
        shards = [read_shard(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]
        self.stale = [shard for shard in shards if shard.weights != self.weights]
        self._rows: dict[str, tuple[Path, int]] = {}
        self._records: dict[str, FileRecord] = {}
        for shard in shards:
            if shard.weights == self.weights:
                self.add(shard)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, shard: ShardContent) -> None:
        """Take the rows of a shard in."""
        for row, records in enumerate(shard.rows):
            self._rows[content_key(records)] = (shard.path, row)
            self._records.update({record.path: record for record in records})

    @property
    def changed_networks(self) -> list[str]:
        """The networks whose weights are others in the stale shards."""
        found = [shard.weights for shard in self.stale]
        names = self.weights | {name: "" for weights in found for name in weights}
        return [name for name in names if any(weights.get(name) != self.weights.get(name) for weights in found)]

    def records(self, dataset: FaceFolder, index: int, view: PhotoView, fitted: bool = False) -> tuple[FileRecord, ...]:
        """The files behind a photo as they are now; only those that changed since are read.

        Args:
            dataset: The data set.
            index: The photo.
            view: How it is shown.
            fitted: The features hold its fitted codes.

        Raises:
            FileNotFoundError: A file does not exist.
        """
        image, landmarks = dataset.photo_files(index)
        files = [image] + [landmarks] * (view.uses_landmarks or fitted)
        if fitted:
            files.append(dataset.files.get("codes", dataset.rows[index].name))
        return tuple(self._record(dataset.files, file) for file in files)

    def find(self, records: Sequence[FileRecord]) -> tuple[Path, int] | None:
        """The shard and the row of a photo."""
        return self._rows.get(content_key(records))

    def changed_files(self, records: Sequence[FileRecord]) -> list[str]:
        """Those of a photo's files whose features were computed when they had another content."""
        known = [(record, self._records.get(record.path)) for record in records]
        return [str(self.root / now.path) for now, then in known if then and then.sha256 != now.sha256]

    def remove_stale(self) -> None:
        """Delete the shards of other weights."""
        for shard in self.stale:
            shard.path.unlink(missing_ok=True)
        self.stale = []

    def _record(self, files: SampleFiles, file: SampleFile) -> FileRecord:
        found = files.state(file)
        known = self._records.get(found.name)
        if known and (known.size, known.mtime_ns) == (found.size, found.mtime_ns):
            return known
        return FileRecord(found.name, found.size, found.mtime_ns, hashlib.sha256(file.read_bytes()).hexdigest())


class StoredFeatures:
    """Gives a data set the features of its photos; can be sent to other processes.

    Args:
        places: Shard and row of every photo.
        folder: Where the shards lie.
    """

    def __init__(self, places: Sequence[tuple[Path, int]], folder: Path) -> None:
        self.places, self.folder = list(places), folder
        self._open: dict[Path, safe_open] = {}

    def __call__(self, index: int, mirrored: bool) -> dict[str, Tensor]:
        """Features of one photo, float32: ``codes (K,)``, ``au_probs (41,)``, ``afn (27, C)``."""
        path, row = self.places[index]
        if path not in self._open:
            self._open[path] = safe_open(path, "pt")
        file, view = self._open[path], int(mirrored)
        # the oldest safetensors takes slices alone, no numbers
        return {name: file.get_slice(name)[row : row + 1, view : view + 1][0, 0].float() for name in TENSORS}

    def __getstate__(self) -> dict:
        return dict(vars(self), _open={})
