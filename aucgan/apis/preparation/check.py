"""Whether a prepared data set is whole, and a picture of some of its samples."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from aucgan.apis.preparation.contact_sheet import Cell, write_contact_sheet
from aucgan.apis.preparation.journal import read_journals
from aucgan.apis.preparation.tables import missing_parts
from aucgan.datasets.face_folder import FaceFolder, SampleRow
from aucgan.datasets.landmarks import read_landmarks
from aucgan.detection.mesh_points import N_POINTS
from aucgan.files.kept_files import load_arrays

SHEET = "contact_sheet.jpg"
ON_SHEET = 24
"""Samples on the picture: the first ones, whose order is as good as random."""
FITTED_CODES = ("shape", "exp", "pose", "landmarks68", "confidence")
MARGIN = 0.5
"""How far landmarks may lie outside the crop, in sides."""


@dataclass
class Check:
    """What a check found.

    Attributes:
        samples: How many were looked at.
        persons: Of how many persons.
        splits: Samples by split.
        fitted_aus: Samples whose action units are those of the fit.
        bytes: Of all files of the samples.
        problems: What is wrong, each with its place; empty where all is well.
        sheet: The picture.
    """

    samples: int = 0
    persons: int = 0
    splits: dict[str, int] = field(default_factory=dict)
    fitted_aus: int = 0
    bytes: int = 0
    problems: list[str] = field(default_factory=list)
    sheet: Path | None = None

    def __str__(self) -> str:
        """In a line."""
        splits = ", ".join(f"{count} {split}" for split, count in self.splits.items())
        size = self.bytes / max(1, self.samples) / 1000
        return (
            f"{self.samples} faces of {self.persons} persons ({splits}), {size:.1f} kB each; action units by the fit: "
            f"{self.fitted_aus}"
        )


def check_prepared(out: Path, advance: Callable[[], None] = lambda: None) -> Check:
    """Read every file of a prepared data set, and draw a contact sheet.

    Args:
        out: The folder.
        advance: Called after every sample.

    Raises:
        FileNotFoundError: The folder is no face folder, or not complete.
        ValueError: Its table is damaged or empty.
    """
    journals = read_journals(out)
    missing = missing_parts(journals) if journals else []
    if missing and not (out / "samples.csv").is_file():
        raise FileNotFoundError(f"{out} is not complete: part {', '.join(missing)} of the photos is missing")
    data = FaceFolder(str(out), None)
    found = Check(len(data), splits=dict(Counter(row.split for row in data.rows).most_common()))
    found.problems += [f"part {part} is not complete" for part in missing] + _shared(data.rows)
    found.persons = len({row.identity for row in data.rows})
    cells: list[Cell] = []
    for index, row in enumerate(data.rows):
        found.fitted_aus += row.attributes.get("au_source") == "fit"
        try:
            cell = _sample(data, index, found)
        except (ValueError, KeyError, OSError) as error:
            found.problems.append(f"{row.name}: {error}")
        else:
            cells += [cell] if len(cells) < ON_SHEET else []
        advance()
    if cells:
        found.sheet = out / SHEET
        write_contact_sheet(found.sheet, cells)
    return found


def _shared(rows: list[SampleRow]) -> list[str]:
    """Persons of several splits, and names that stand twice."""
    splits = defaultdict(set)
    for row in rows:
        splits[row.identity].add(row.split)
    several = [f"{person} is in {', '.join(sorted(found))}" for person, found in splits.items() if len(found) > 1]
    names = Counter(row.name for row in rows)
    return several + [f"{name} stands in samples.csv {count} times" for name, count in names.items() if count > 1]


def _sample(data: FaceFolder, index: int, found: Check) -> Cell:
    """Read all files of a sample.

    Raises:
        ValueError: One is damaged, or does not fit the others.
        FileNotFoundError: One is missing.
    """
    sample, name = data.load(index), data.rows[index].name
    side = sample["image"].shape[0]
    dense = read_landmarks(data.files.get("landmarks468", name), N_POINTS)
    codes = load_arrays(data.files.get("codes", name))
    lacking = [key for key in FITTED_CODES if key not in codes]
    broken = [key for key, value in codes.items() if not np.isfinite(value).all()]
    if lacking or broken:
        raise ValueError(f"its codes lack {lacking}, and {broken} are not finite")
    if data.files.find("masks", name) is None:
        raise FileNotFoundError("it has no mask")
    for points in (sample["landmarks"], dense):
        if points.min() < -MARGIN * side or points.max() > (1 + MARGIN) * side:
            raise ValueError(f"its landmarks lie outside the crop ({points.min():.0f} to {points.max():.0f} of {side})")
    kinds = ("images", "landmarks", "landmarks468", "masks", "codes")
    found.bytes += sum(data.files.state(data.files.get(kind, name)).size for kind in kinds)
    return Cell(
        image=(sample["image"] * 255).astype(np.uint8),
        mask=sample["mask"] > 0.5,
        landmarks=sample["landmarks"],
        fitted=codes["landmarks68"][0],
        title=f"{data.rows[index].split} {data.rows[index].identity[:16]} {float(codes['confidence']):.2f}",
    )
