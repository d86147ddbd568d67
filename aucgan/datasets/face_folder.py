"""Faces on disk in the layout of ``docs/data.md``: photos, landmarks, masks, AU labels, optional truth."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from aucgan.action_units import AU_NAMES
from aucgan.datasets.fitted_codes import FittedCodes
from aucgan.datasets.landmarks import hull_mask, read_landmarks
from aucgan.datasets.photo_file import decode_mask, decode_photo
from aucgan.datasets.pipeline import PhotoView, Pipeline
from aucgan.datasets.sample_files import KINDS, SampleFile, SampleFiles
from aucgan.datasets.shard_files import files_of
from aucgan.files.kept_files import load_arrays, load_json
from aucgan.registry import DATASETS

IMAGE_SUFFIXES = KINDS["images"]
PERSON_COLUMNS = ("monk_tone", "age", "style", "hair", "beard", "glasses")
"""Columns of ``samples.csv`` that say who is shown, for tables by tone and age."""
PHOTO_COLUMNS = ("photo", "au_source", "confidence")
"""Columns of prepared photos: where the face comes from, who said its action units, how far its fit may be trusted."""
KNOWN_COLUMNS = PERSON_COLUMNS + PHOTO_COLUMNS
FORMAT, VERSION = "aucgan-faces", 1


@dataclass(frozen=True)
class SampleRow:
    """One line of ``samples.csv``.

    Attributes:
        name: Stem of the sample's files.
        identity: The person, any string.
        split: ``train``, ``val``, ``test`` or a name of your own.
        aus: Intensities in ``[0, 1]``, −1 where unknown, ``(41,)`` float32.
        attributes: What is known of the person and the photo, by the names of :data:`KNOWN_COLUMNS`.
    """

    name: str
    identity: str
    split: str
    aus: np.ndarray
    attributes: Mapping[str, str] = field(default_factory=dict)


def read_samples(root: Path) -> list[SampleRow]:
    """Read ``samples.csv``.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A column is unknown or missing, or a value is no number.
    """
    path = root / "samples.csv"
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} does not exist: a face folder needs samples.csv (name,identity,split and AU columns), "
            "images/ and landmarks/; docs/data.md describes the layout, tools/make_dataset.py writes one"
        )
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        columns = reader.fieldnames or []
        missing = [c for c in ("name", "identity", "split") if c not in columns]
        unknown = [c for c in columns if c not in ("name", "identity", "split", *KNOWN_COLUMNS, *AU_NAMES)]
        if missing or unknown:
            raise ValueError(
                f"{path}: missing columns {missing}, unknown columns {unknown}; "
                f"expected name, identity, split, AU columns such as AU1 or AUL12, and {', '.join(KNOWN_COLUMNS)}"
            )
        return [_sample_row(path, number, row) for number, row in enumerate(reader, start=2)]


def _sample_row(path: Path, number: int, row: dict[str, str]) -> SampleRow:
    aus = read_intensities(row, f"{path}, line {number}")
    attributes = {name: row[name] for name in KNOWN_COLUMNS if row.get(name)}
    return SampleRow(row["name"], row["identity"], row["split"], aus, attributes)


def read_intensities(row: Mapping[str, str | float | None], place: str) -> np.ndarray:
    """AU intensities ``(41,)`` float32 from values by the unit's name; −1 for those that are missing or empty.

    Raises:
        ValueError: A value is no number, or out of range; ``place`` says where it stands.
    """
    given = [row.get(name) for name in AU_NAMES]
    try:
        aus = np.array([-1.0 if value in (None, "") else float(value) for value in given], np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{place}: {error}; AU values are −1 or numbers in [0, 1]") from error
    if not ((aus == -1) | ((aus >= 0) & (aus <= 1))).all():
        raise ValueError(f"{place}: AU values are −1 (unknown) or in [0, 1]; divide FACS grades by 5")
    return aus


def write_samples(path: Path, rows: Sequence[SampleRow]) -> None:
    """Write ``samples.csv``: what is known of people and photos, then the intensities of :data:`AU_NAMES`."""
    known = [name for name in KNOWN_COLUMNS if any(name in row.attributes for row in rows)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "identity", "split", *known, *AU_NAMES])
        for row in rows:
            person = [row.attributes.get(name, "") for name in known]
            writer.writerow([row.name, row.identity, row.split, *person, *(f"{v:.4g}" for v in row.aus)])


FeatureReader = Callable[[int, bool], dict[str, Tensor]]
"""What was computed of the photo with an index before, as it is or mirrored."""


@DATASETS.register_module()
class FaceFolder(Dataset):
    """A split of a face folder; procedural and real photos are read by the same code.

    A sample is a dict of float32 arrays: ``image (H, W, 3)`` in [0, 1], ``landmarks (68, 2)`` in pixels (the
    centre of pixel (i, j) is (j + ½, i + ½)), ``mask (H, W)`` in [0, 1], ``aus (41,)``, ``identity`` and
    ``index`` (int64), and with ``truth`` the arrays of ``truth/NAME.npz``. The pipeline turns it into tensors.

    Args:
        root: The folder.
        split: The rows of ``samples.csv`` to use; ``None`` for all.
        pipeline: Transform configs, applied in order.
        truth: Names of truth arrays to load (``displacement``, ``shape``, …); empty for none.
        limit: Use only the first so many samples.
        cache: Keep the decoded files in memory (about 60 kB a sample at 112 px).
        reduce: Decode JPEGs at a half, a quarter or an eighth of their size where the pipeline scales them down that
            far anyway: faster, and the same picture to within a few grey levels.
        features: Gives what every sample holds under ``features``; ``None``: nothing. No config names it: whoever
            trains finds the features of the weights that train.
        fitted: Fitted codes of prepared photos to load in place of the truth (``shape``, ``exp``, ``pose``), see
            :class:`~aucgan.datasets.fitted_codes.FittedCodes`.

    Raises:
        FileNotFoundError: The folder or a file of it does not exist.
        ValueError: The split is empty.
    """

    def __init__(
        self,
        root: str,
        split: str | None,
        pipeline: Sequence[dict] = (),
        truth: Sequence[str] = (),
        limit: int | None = None,
        cache: bool = False,
        reduce: bool = False,
        features: FeatureReader | None = None,
        fitted: Sequence[str] = (),
    ):
        self.root = Path(root)
        self.files: SampleFiles = files_of(self.root)
        self.truth, self.reduce = tuple(truth), reduce
        rows = read_samples(self.root)
        self.rows = [r for r in rows if split is None or r.split == split][:limit]
        if not self.rows:
            splits = sorted({r.split for r in rows})
            raise ValueError(f"{self.root}/samples.csv has no sample of split '{split}'; it has {splits}")
        self._identities = {name: i for i, name in enumerate(sorted({r.identity for r in rows}))}
        self.pipeline = Pipeline(pipeline)
        self._cache: dict[int, dict] | None = {} if cache else None
        self._features = features
        self._fitted = FittedCodes(self.files, fitted) if fitted else None
        self.metainfo = read_meta(self.root)

    @property
    def aus(self) -> np.ndarray:
        """All AU labels, ``(N, 41)``."""
        return np.stack([r.aus for r in self.rows])

    @property
    def names(self) -> list[str]:
        """The name of every sample."""
        return [r.name for r in self.rows]

    @property
    def identities(self) -> np.ndarray:
        """The identity number of every sample, ``(N,)``."""
        return np.array([self._identities[r.identity] for r in self.rows])

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def view(self) -> PhotoView:
        """How the photos are shown; what is computed of them once depends on it."""
        return self.pipeline.view([("reduced decoding", {})] * self.reduce)

    def variants(self, index: int) -> Tensor:
        """Every way in which a photo is shown, ``(V, 3, H, W)``, in the order of ``view.variants``."""
        loaded = self.load(index)
        return torch.stack([self.pipeline.show(dict(loaded), mirrored)["image"] for mirrored in self.view.variants])

    def photo_files(self, index: int) -> tuple[SampleFile, SampleFile]:
        """The files that a photo and its crop are made from: the image and its landmarks."""
        name = self.rows[index].name
        return self.files.get("images", name), self.files.get("landmarks", name)

    def __getitem__(self, index: int) -> dict:
        """One sample; an index that carries a ``seed`` also fixes the random numbers of its augmentation."""
        sample = self.load(index)
        seed = getattr(index, "seed", None)
        if seed is not None:
            sample["rng"] = np.random.default_rng(seed)
        sample = self.pipeline(sample)
        mirrored = bool(sample.pop("mirrored", False))
        if self._features is not None:
            sample["features"] = self._features(index, mirrored)
        if self._fitted is not None:
            sample |= self._fitted(self.rows[index].name, mirrored, seed)
        return sample

    def load(self, index: int) -> dict:
        """One sample before the pipeline."""
        files = None if self._cache is None else self._cache.get(index)
        if files is None:
            files = self._read(index)
            if self._cache is not None:
                self._cache[index] = files
        row = self.rows[index]
        sample = dict(files, aus=row.aus, index=np.int64(index), identity=np.int64(self._identities[row.identity]))
        sample["image"] = files["image"].astype(np.float32) / 255.0
        sample["mask"] = files["mask"].astype(np.float32) / 255.0
        return sample

    def _read(self, index: int) -> dict:
        name = self.rows[index].name
        landmarks = read_landmarks(self.files.get("landmarks", name))
        zoom = partial(self.pipeline.zoom, landmarks) if self.reduce else None
        image, size, divisor = decode_photo(self.files.get("images", name), zoom)
        landmarks = landmarks / np.float32(divisor)
        mask_file = self.files.find("masks", name)
        if mask_file is not None:
            mask = decode_mask(mask_file, size, divisor)
        else:
            mask = hull_mask(landmarks, image.shape[:2])
        return dict(image=image, landmarks=landmarks, mask=mask, **self._read_truth(name))

    def _read_truth(self, name: str) -> dict[str, np.ndarray]:
        if not self.truth:
            return {}
        file = self.files.find("truth", name)
        if file is None:
            path = self.root / "truth" / f"{name}.npz"
            raise FileNotFoundError(f"{path} does not exist; load the data set with truth=() or provide it")
        return {f"gt_{key}": array.astype(np.float32) for key, array in load_arrays(file, self.truth).items()}


def read_meta(root: Path) -> dict:
    """Read ``meta.json`` of a face folder; empty where there is none.

    Raises:
        ValueError: It is damaged, or belongs to another format or version.
    """
    path = root / "meta.json"
    if not path.is_file():
        return {}
    meta = load_json(path)
    if (meta.get("format"), meta.get("version")) != (FORMAT, VERSION):
        raise ValueError(f"{path}: expected format '{FORMAT}' version {VERSION}, got {meta.get('format')!r}")
    return meta
