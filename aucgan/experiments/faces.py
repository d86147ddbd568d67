"""Grids of the same test faces under every variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from aucgan.experiments.measure_request import TRUTH
from aucgan.files.kept_files import kept_arrays
from aucgan.renderers.drawing import titled_grid

SHOWN = {"detail shape": ("photo", "coarse shape"), "displacement": ("photo",)}
"""Pictures of a model that tell variants apart → those to stand above them, which are the same for all variants; a
model that has none of them shows its last."""
Pictures = Mapping[str, np.ndarray]


def face_grids(files: Mapping[str, Path]) -> dict[str, Image.Image]:
    """Join the faces of all variants: a column a face; photo, truth and every variant a row.

    Args:
        files: Variant → its ``faces.npz``; variants without a file are left out.

    Returns:
        Kind of picture → its grid; empty where no variant has pictures.
    """
    faces = {name: found for name, path in files.items() if (found := kept_arrays(path))}
    if not faces:
        return {}
    first = next(iter(faces.values()))
    shown = {kind: above for kind, above in SHOWN.items() if all(kind in found for found in faces.values())}
    shown = shown or {[title for title in first if not title.startswith(TRUTH)][-1]: ()}
    labels = {name: short for name, short in zip(files, short_names(list(files)), strict=True) if name in faces}
    return {kind: _grid(kind, above, faces, labels) for kind, above in shown.items()}


def _grid(kind: str, above: Sequence[str], faces: Mapping[str, Pictures], labels: Mapping[str, str]) -> Image.Image:
    first = next(iter(faces.values()))
    given = [(title, title) for title in above] + [("truth", TRUTH + kind)]
    rows = [(label, first[title]) for label, title in given if title in first]
    rows += [(labels[name], found[kind]) for name, found in faces.items()]
    count = min(len(pictures) for _, pictures in rows)
    titles = [f"{kind}, face 1", *(f"face {number}" for number in range(2, count + 1))]
    return titled_grid([list(pictures[:count]) for _, pictures in rows], titles, [label for label, _ in rows])


def short_names(names: Sequence[str]) -> list[str]:
    """Names without what most of them begin with, as long as they stay different.

    The reference is the first: what only adds a suffix to its name keeps the suffix alone. The others lose the words
    that most of them begin with.
    """
    added = f"{names[0]}-" if names else ""
    whole = [name for name in names if not name.startswith(added)]
    best = ""
    for name in whole:
        words = name.split("_")
        for count in range(1, len(words)):
            prefix = "_".join(words[:count]) + "_"
            sharing = sum(other.startswith(prefix) for other in whole)
            if sharing > max(1, len(whole) / 2) and len(prefix) > len(best):
                best = prefix
    short = [name.removeprefix(added).removeprefix(best) for name in names]
    return short if len(set(short)) == len(short) else list(names)
