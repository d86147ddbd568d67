"""Action units of photos, as people labelled them, in the forms in which such labels are published."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from aucgan.action_units import AU_NAMES, N_AUS, main_index
from aucgan.apis.scoring.au_labels import read_labels

UNITS_BY_WIDTH: dict[int, tuple[int, ...]] = {
    12: (1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24),
    8: (1, 2, 4, 6, 9, 12, 25, 26),
}
"""The units of the lists that papers on BP4D (12) and DISFA (8) train with, by the number of columns."""
UNSEEN = ("AU11", "AU13", "AU19", "AU23", "AU38", "AU39")
"""Units that no fit tells: no shape of the head shows them, or the fit leaves it out."""
LABELLED, FITTED = "labels", "fit"
"""Values of ``au_source``."""


def read_au_labels(path: Path) -> dict[str, np.ndarray]:
    """Read labels.

    * CSV or JSON as :func:`aucgan.apis.scoring.au_labels.read_labels` takes it: ``name`` is the path of the photo below
      the folder of the photos, or its file's name;
    * a list ``…label….txt`` with a line of numbers a photo, and beside it ``…img_path….txt`` with the photos' paths, as
      papers publish them for BP4D (12 columns) and DISFA (8), or with all 41 units. 0 is absent, up to 1 present;
      −1 and 9 are unknown.

    Returns:
        Intensities ``(41,)``, −1 where unknown, by the photos' names.

    Raises:
        FileNotFoundError: A file does not exist.
        ValueError: One is in none of these forms.
    """
    if path.suffix.lower() != ".txt":
        return {face.name: face.aus for face in read_labels(path)}
    photos = path.with_name(path.name.replace("label", "img_path"))
    if photos == path:
        raise ValueError(
            f"{path}: a list of labels has 'label' in its name, and its photos' paths stand in '…img_path…'"
        )
    names = [line.strip() for line in photos.read_text(encoding="utf-8").splitlines() if line.strip()]
    names = [name.replace("\\", "/").removeprefix("./") for name in names]
    values = _numbers(path)
    if len(values) != len(names):
        raise ValueError(f"{path} has {len(values)} lines, and {photos} {len(names)}: they must be of the same photos")
    return dict(zip(names, values, strict=True))


def _numbers(path: Path) -> np.ndarray:
    """All 41 intensities of each line, ``(N, 41)``."""
    try:
        given = np.loadtxt(path, dtype=np.float32, ndmin=2, delimiter=_delimiter(path))
    except ValueError as error:
        raise ValueError(f"{path} is no table of numbers ({str(error).splitlines()[0]})") from error
    width = given.shape[1]
    if width != N_AUS and width not in UNITS_BY_WIDTH:
        raise ValueError(f"{path} has {width} columns; expected 12 (BP4D), 8 (DISFA) or {N_AUS}")
    columns = list(range(N_AUS)) if width == N_AUS else [main_index(unit) for unit in UNITS_BY_WIDTH[width]]
    given = np.where(given == 9, -1, given)
    if not ((given == -1) | ((given >= 0) & (given <= 1))).all():
        raise ValueError(f"{path}: labels are 0 to 1, or −1 and 9 for unknown; divide grades by 5")
    aus = np.full((len(given), N_AUS), -1, np.float32)
    aus[:, columns] = given
    return aus


def _delimiter(path: Path) -> str | None:
    with path.open(encoding="utf-8") as file:
        return "," if "," in file.readline() else None


def seen_by_fit(aus: Mapping[str, float]) -> np.ndarray:
    """Intensities that a fit tells, ``(41,)`` float32; −1 for units that it cannot."""
    return np.array([-1 if name in UNSEEN else aus[name] for name in AU_NAMES], np.float32)
