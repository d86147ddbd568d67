"""What determines a prepared data set, besides the photos."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aucgan.apis.preparation.identities import WAYS, split_persons
from aucgan.datasets.face_crop import TRAINING_SCALE

FORMATS = ("folder", "shards")
PREPARATION_VERSION = 1
"""Raised when the same photos and settings give other samples."""


@dataclass(frozen=True)
class PrepareSettings:
    """How photos are prepared.

    Attributes:
        size: Most pixels on a side of the crop, which is as wide as the widest that training cuts; 288 leave 224 at
            its tightest. Crops of fewer pixels stay as they are.
        min_side: Fewer pixels of the photo on a side of the crop are too small.
        min_confidence: Least confidence of the fit, in [0, 1].
        min_skin: Least share of the landmarks' hull that is visible skin, in [0, 1].
        max_faces: So many faces of a photo, the largest.
        quality: Of the JPEGs.
        head: Name or file of the head that is fitted.
        identity: As :class:`~aucgan.apis.preparation.identities.Identities` takes it.
        aus: File of labels; ``None``: what the fit says.
        shares: Shares of persons in train, val and test.
        format: ``folder`` or ``shards``.
        shard_size: Samples in a shard.
    """

    size: int = 288
    min_side: int = 96
    min_confidence: float = 0.5
    min_skin: float = 0.25
    max_faces: int = 1
    quality: int = 95
    head: str = "anny"
    identity: str = "folder"
    aus: str | None = None
    shares: tuple[float, float, float] = (0.8, 0.1, 0.1)
    format: str = "folder"
    shard_size: int = 1000

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise ValueError(f"the format must be one of {', '.join(FORMATS)}, not '{self.format}'")
        for name, least in dict(size=16, min_side=1, max_faces=1, quality=1, shard_size=1).items():
            if getattr(self, name) < least:
                raise ValueError(f"{name} must be at least {least}, got {getattr(self, name)}")
        split_persons((), self.shares)  # says what is wrong with them before hours of work

    def record(self) -> dict[str, Any]:
        """As plain data, tables by the hash of their content: what has to be the same to continue."""
        named = asdict(self) | dict(crop=TRAINING_SCALE[1], preparation=PREPARATION_VERSION, shares=list(self.shares))
        if self.identity not in WAYS:
            named["identity"] = _content(self.identity)
        if self.aus is not None:
            named["aus"] = _content(self.aus)
        return named


def _content(path: str) -> str:
    return f"{Path(path).name} {hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]}"
