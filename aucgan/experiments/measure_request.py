"""What the process that measures a variant is asked, and what it leaves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aucgan.experiments.source import Source
from aucgan.files.atomic import write_json

COST_NAME, FACES_NAME = "cost.json", "faces.npz"
SOURCES = ("source", "reference")
TRUTH = "truth: "
"""What the titles of the columns drawn with the true displacement begin with."""


@dataclass(frozen=True)
class MeasureRequest:
    """What a child process measures.

    Attributes:
        source: Where the variant's settings come from.
        reference: Where those come from whose training step counts as 1.
        folder: Where ``cost.json`` and ``faces.npz`` go.
        checkpoint: Weights to draw faces with; ``None``: no faces.
        max_iters: As for the comparison.
        smoke: As for the comparison.
        device: As for the comparison.
        n_faces: How many test faces are drawn.
        key: What the numbers depend on; stored beside them.
    """

    source: Source
    reference: Source
    folder: str
    checkpoint: str | None = None
    max_iters: int | None = None
    smoke: str | None = None
    device: str | None = None
    n_faces: int = 8
    key: str = ""

    def write(self, path: Path) -> None:
        """Write it for the process."""
        write_json(path, asdict(self) | {name: _plain(getattr(self, name)) for name in SOURCES})

    @classmethod
    def read(cls, path: Path) -> MeasureRequest:
        """Read what was written."""
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(**content | {name: _source(**content[name]) for name in SOURCES})


def _plain(source: Source) -> dict[str, Any]:
    return dict(config=str(source.config), changes=list(source.changes), suffix=source.suffix)


def _source(config: str, changes: Sequence[str], suffix: str) -> Source:
    return Source(Path(config), tuple(changes), suffix)
