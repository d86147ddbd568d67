"""Data sets that a config can have made before it trains."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from aucgan.datasets.procedural.writer import DatasetSettings, generate_dataset
from aucgan.files.kept_files import load_json
from aucgan.heads.library import DEFAULT_HEAD
from aucgan.registry import PREPARATIONS


class Preparation(Protocol):
    """What is registered in ``PREPARATIONS``: built from a config dict, run when it is not complete."""

    def is_complete(self) -> bool:
        """Whether the data are there, whole, and made with these very settings."""

    def describe(self) -> str:
        """One line for the plan: what is made, and where."""

    def run(self) -> None:
        """Make the data."""


def build_preparation(cfg: dict) -> Preparation:
    """Build one entry of a config's ``prepare`` list."""
    return PREPARATIONS.build(dict(cfg))


@PREPARATIONS.register_module()
class ProceduralFaces:
    """Generated faces in a folder, made once.

    Args:
        root: The folder.
        n_train: Photos in the training split.
        n_val: Photos in the validation split.
        n_test: Photos in the test split.
        image_size: Edge of the photos in pixels.
        uv_size: Edge of the true displacement maps in texels.
        seed: Seed of everything drawn.
        samples_per_identity: Photos of one person.
        workers: Processes; ``None``: one a processor.
        head: Whose faces, as :func:`aucgan.heads.load_head` takes it.
    """

    def __init__(
        self,
        root: str,
        n_train: int,
        n_val: int,
        n_test: int,
        image_size: int = 112,
        uv_size: int = 128,
        seed: int = 0,
        samples_per_identity: int = 4,
        workers: int | None = None,
        head: str = DEFAULT_HEAD,
    ) -> None:
        self.root, self.workers = root, workers
        counts, sizes = (n_train, n_val, n_test), (image_size, uv_size)
        self.settings = DatasetSettings(*counts, *sizes, seed, samples_per_identity, source=head)

    def is_complete(self) -> bool:
        """Whether the folder holds this very data set."""
        try:
            return load_json(Path(self.root) / "meta.json") == self.settings.meta()
        except (FileNotFoundError, ValueError):  # what is wrong with the folder, run() says
            return False

    def describe(self) -> str:
        """One line for the plan."""
        s = self.settings
        return f"generate {s.n_train} + {s.n_val} + {s.n_test} faces of {s.image_size} px in {self.root}"

    def run(self) -> None:
        """Render and write the faces.

        Raises:
            FileExistsError: The folder holds something else, or faces made with other settings.
        """
        s = self.settings
        counts, sizes = (s.n_train, s.n_val, s.n_test), (s.image_size, s.uv_size)
        generate_dataset(self.root, *counts, *sizes, s.seed, s.samples_per_identity, self.workers, s.source)
