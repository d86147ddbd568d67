"""Writing a generated data set to disk, once, in the layout of real photos."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from aucgan.datasets.face_folder import FORMAT, VERSION, SampleRow, write_samples
from aucgan.datasets.procedural.recipe import SPLITS, draw_face
from aucgan.datasets.procedural.relief.person_skin import TRAINED_ON
from aucgan.datasets.procedural.renderer import FaceRenderer, RenderedFace
from aucgan.files.array_file import save_arrays
from aucgan.files.kept_files import load_json
from aucgan.heads.library import DEFAULT_HEAD
from aucgan.process.processors import usable_processors
from aucgan.process.stopping import leave_signals_to_parent, signals_kept_from_children

GENERATOR_VERSION = 5
"""Raised when the same settings give other pictures."""
BATCH = 16
MIN_SAMPLES_TO_SHARE = 256
"""Fewer samples are rendered in this process: starting others would take longer."""


@dataclass(frozen=True)
class DatasetSettings:
    """What determines a generated data set; written to ``meta.json``.

    Attributes:
        n_train: Photos in the training split.
        n_val: Photos in the validation split.
        n_test: Photos in the test split.
        image_size: Edge of the photos in pixels.
        uv_size: Edge of the true displacement maps.
        seed: Seed of everything drawn.
        samples_per_identity: Photos of one person.
        generator: Version of the generator.
        source: The head, as :func:`aucgan.heads.load_head` takes it.
        n_strangers: Photos of strangers; ``None``: as many as in the test split.
        wrinkles: By which processes skins fold at home, see :func:`draw_face`.
    """

    n_train: int
    n_val: int
    n_test: int
    image_size: int = 112
    uv_size: int = 128
    seed: int = 0
    samples_per_identity: int = 4
    generator: int = GENERATOR_VERSION
    source: str = DEFAULT_HEAD
    n_strangers: int | None = None
    wrinkles: str = "strokes"

    def __post_init__(self) -> None:
        if self.n_strangers is None:
            object.__setattr__(self, "n_strangers", self.n_test)
        counts = tuple(self.counts().values())
        if min(counts) < 0 or sum(counts) < 1:
            raise ValueError(
                f"n_train, n_val, n_test and n_strangers must not be negative and not all zero, got {counts}"
            )
        if self.wrinkles not in TRAINED_ON:
            raise ValueError(f"wrinkles must be one of {', '.join(TRAINED_ON)}, not '{self.wrinkles}'")
        for name in ("image_size", "uv_size", "samples_per_identity"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}")

    def counts(self) -> dict[str, int]:
        """Photos by split."""
        assert self.n_strangers is not None
        return dict(zip(SPLITS, (self.n_train, self.n_val, self.n_test, self.n_strangers), strict=True))

    def batches(self) -> list[tuple[str, range]]:
        """The work in pieces: split and sample numbers; a person's photos stay together."""
        step = max(BATCH // self.samples_per_identity, 1) * self.samples_per_identity
        return [(s, range(i, min(i + step, n))) for s, n in self.counts().items() for i in range(0, n, step)]

    def meta(self) -> dict:
        """Content of ``meta.json``."""
        return {"format": FORMAT, "version": VERSION, **asdict(self)}


def generate_dataset(
    root: str | Path,
    n_train: int,
    n_val: int,
    n_test: int,
    image_size: int = 112,
    uv_size: int = 128,
    seed: int = 0,
    samples_per_identity: int = 4,
    workers: int | None = None,
    head: str = DEFAULT_HEAD,
    n_strangers: int | None = None,
    wrinkles: str = "strokes",
) -> Path:
    """Write generated faces as a face folder, or reuse it if it is already there.

    Args:
        root: The folder; it appears only when complete.
        n_train: Photos in the training split; the splits share no person.
        n_val: Photos in the validation split.
        n_test: Photos in the test split.
        image_size: Edge of the photos in pixels.
        uv_size: Edge of the true displacement maps in texels.
        seed: Seed of everything drawn; sample i of a split is the same whatever the counts.
        samples_per_identity: Photos of one person.
        workers: Processes; as many as there are processors to use by default, 0 for this process alone.
        head: What :func:`aucgan.heads.load_head` takes.
        n_strangers: Photos of strangers; ``None``: as many as in the test split.
        wrinkles: By which processes skins fold at home: ``strokes``, or ``both``; strangers' fold by another.

    Returns:
        ``root``.

    Raises:
        FileExistsError: The folder holds something else, or a data set made with other settings.
        ValueError: A setting is out of range.
    """
    root = Path(root)
    counts, sizes = (n_train, n_val, n_test), (image_size, uv_size)
    settings = DatasetSettings(
        *counts, *sizes, seed, samples_per_identity, source=head, n_strangers=n_strangers, wrinkles=wrinkles
    )
    if _is_complete(root, settings):
        return root
    root.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{root.name}-partial-", dir=root.parent))
    try:
        _write(partial, settings, workers)
        partial.chmod(0o755)
        if not _is_complete(root, settings):  # another process may have been faster
            _take_place(partial, root)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return root


def _take_place(partial: Path, root: Path) -> None:
    """Give the folder its name; an empty one of that name goes, as Windows would not replace it."""
    if root.is_dir():
        root.rmdir()
    partial.rename(root)


def _is_complete(root: Path, settings: DatasetSettings) -> bool:
    """Whether the wanted data set exists; an error if something else is in its place."""
    if not root.exists() or (root.is_dir() and not any(root.iterdir())):
        return False
    path = root / "meta.json"
    if not path.is_file():
        raise FileExistsError(f"{root} exists and holds no generated data set: choose another folder")
    try:
        found, wanted = load_json(path), settings.meta()
    except ValueError as error:
        raise FileExistsError(f"{error}: delete {root}, or choose another folder") from error
    changes = [f"{key}={found.get(key)!r}, not {value!r}" for key, value in wanted.items() if found.get(key) != value]
    if changes:
        raise FileExistsError(
            f"{root} holds a data set made with other settings ({'; '.join(changes)}): delete it, choose another "
            "folder, or ask for the same settings"
        )
    return True


def _write(root: Path, settings: DatasetSettings, workers: int | None) -> None:
    for name in ("images", "landmarks", "masks", "truth"):
        (root / name).mkdir()
    total = sum(settings.counts().values())
    rows: list[SampleRow] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as progress:
        task = progress.add_task("Rendering faces", total=total)
        for done in _rows_of_batches(root, settings, workers, total):
            rows += done
            progress.advance(task, len(done))
    write_samples(root / "samples.csv", rows)
    (root / "meta.json").write_text(json.dumps(settings.meta(), indent=2) + "\n", encoding="utf-8")


def _rows_of_batches(
    root: Path, settings: DatasetSettings, workers: int | None, total: int
) -> Iterator[list[SampleRow]]:
    """Render all batches, here or in other processes, in order."""
    if workers is None:
        workers = usable_processors() if total >= MIN_SAMPLES_TO_SHARE else 0
    batches = settings.batches()
    if workers <= 1:
        worker = BatchWriter(root, settings)
        yield from (worker(*batch) for batch in batches)
        return
    # Fills the disk cache before the others look for it.
    FaceRenderer(settings.image_size, settings.uv_size, head=settings.source)
    context = multiprocessing.get_context("spawn")  # forked torch threads may hang
    ending = context.Event()
    with ProcessPoolExecutor(workers, context, _start_worker, (root, settings, ending)) as pool:
        try:
            with signals_kept_from_children():
                rows = pool.map(_run_batch, batches)
            yield from rows
        except BaseException:  # Ctrl-C above all: nobody waits for the batches that are in the queue
            ending.set()
            raise


class BatchWriter:
    """Renders batches of samples and writes their files.

    Args:
        root: The folder, with its sub-folders.
        settings: Of the data set.
    """

    def __init__(self, root: Path, settings: DatasetSettings) -> None:
        self.root, self.settings = root, settings
        self.renderer = FaceRenderer(settings.image_size, settings.uv_size, head=settings.source)

    def __call__(self, split: str, indices: range) -> list[SampleRow]:
        """Write samples ``indices`` of a split and return their table rows."""
        s = self.settings
        recipes = [
            draw_face(s.seed, split, index, s.samples_per_identity, head=s.source, wrinkles=s.wrinkles)
            for index in indices
        ]
        for recipe, face in zip(recipes, self.renderer.render(recipes), strict=True):
            self._save(recipe.name, face)
        return [SampleRow(r.name, r.identity, r.split, r.aus, r.look.attributes()) for r in recipes]

    def _save(self, name: str, face: RenderedFace) -> None:
        Image.fromarray(face.image).save(self.root / "images" / f"{name}.png", compress_level=1)
        Image.fromarray(face.mask).save(self.root / "masks" / f"{name}.png", compress_level=1)
        np.save(self.root / "landmarks" / f"{name}.npy", face.landmarks)
        save_arrays(self.root / "truth" / f"{name}.npz", face.truth)


_worker: BatchWriter
_ending: Event


def _start_worker(root: Path, settings: DatasetSettings, ending: Event) -> None:
    global _worker, _ending  # one renderer a process
    leave_signals_to_parent()
    torch.set_num_threads(1)
    _worker, _ending = BatchWriter(root, settings), ending


def _run_batch(batch: tuple[str, range]) -> list[SampleRow]:
    return [] if _ending.is_set() else _worker(*batch)
