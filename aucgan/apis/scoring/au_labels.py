"""Action-unit labels of faces, from CSV or JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aucgan.action_units import AU_NAMES
from aucgan.datasets.face_folder import KNOWN_COLUMNS, read_intensities

KEYS = ("name", "identity", "split", *KNOWN_COLUMNS, *AU_NAMES)


@dataclass(frozen=True)
class LabelledFace:
    """One face.

    Attributes:
        name: Stem of its file.
        identity: The person; ``None`` where it is not known.
        aus: Intensities in [0, 1], −1 where unknown, ``(41,)`` float32.
    """

    name: str
    identity: str | None
    aus: np.ndarray


def read_labels(path: Path, split: str | None = None) -> list[LabelledFace]:
    """Read labels.

    CSV: a header with ``name``, any AU columns (``AU1``, ``AUL12``, …) and optionally ``identity`` and ``split``: the
    ``samples.csv`` of a face folder is such a file. JSON: an object ``{name: {"AU1": 0.4, "identity": …}}``, or a list
    of such objects with ``name`` in each. An intensity is in [0, 1]; −1, empty or absent is unknown.

    Args:
        path: The file.
        split: Only faces of this split.

    Raises:
        FileNotFoundError: The file does not exist.
        ValueError: A column is unknown, a value out of range, a name twice or missing, or no face is left.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist: labels are a CSV or JSON file (docs/evaluation.md)")
    faces: dict[str, LabelledFace] = {}
    for place, row in _rows(path):
        unknown = [key for key in row if key not in KEYS]
        if unknown or not row.get("name"):
            raise ValueError(
                f"{place}: unknown keys {unknown}; expected name, identity, split and AUs such as AU1, AUL12"
            )
        if split is not None and row.get("split") != split:
            continue
        if row["name"] in faces:
            raise ValueError(f"{place}: there is a face {row['name']} already")
        faces[row["name"]] = LabelledFace(row["name"], row.get("identity") or None, read_intensities(row, place))
    if not faces:
        raise ValueError(f"{path} has no face{f' of split {split}' if split else ''}")
    return list(faces.values())


def _rows(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every face with the place where it stands."""
    if path.suffix.lower() != ".json":
        with path.open(newline="", encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                yield f"{path}, line {number}", row
        return
    content = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(content, dict):
        content = [dict(aus, name=name) if isinstance(aus, dict) else aus for name, aus in content.items()]
    for number, row in enumerate(content, start=1):
        if not isinstance(row, dict):
            raise ValueError(f"{path}, entry {number}: expected an object of AU intensities, got {type(row).__name__}")
        yield f"{path}, entry {number}", row
