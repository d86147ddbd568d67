"""What the process that measures a variant is asked, and what it leaves."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from aucgan.engine.atomic import write_json

COST_NAME, FACES_NAME = "cost.json", "faces.npz"
TRUTH = "truth: "
"""What the titles of the columns drawn with the true displacement begin with."""


@dataclass(frozen=True)
class MeasureRequest:
    """What a child process measures.

    Attributes:
        config: The variant's config.
        reference: Config whose training step counts as 1.
        folder: Where ``cost.json`` and ``faces.npz`` go.
        checkpoint: Weights to draw faces with; ``None``: no faces.
        max_iters: As for the comparison.
        smoke: As for the comparison.
        n_faces: How many test faces are drawn.
        key: What the numbers depend on; stored beside them.
    """

    config: str
    reference: str
    folder: str
    checkpoint: str | None = None
    max_iters: int | None = None
    smoke: str | None = None
    n_faces: int = 4
    key: str = ""

    def write(self, path: Path) -> None:
        """Write it for the process."""
        write_json(path, asdict(self))

    @classmethod
    def read(cls, path: Path) -> MeasureRequest:
        """Read what was written."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))
