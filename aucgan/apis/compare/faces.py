"""A grid of the same test faces under every variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from aucgan.apis.compare.measure_request import TRUTH
from aucgan.renderers.drawing import titled_grid

GIVEN = ("photo", "coarse shape")
"""Columns of a model's pictures that are the same for all variants, to stand before the others."""
SHOWN = ("detail shape", "displacement")
"""Columns of a model's pictures that tell variants apart; a model that has none of them shows its last."""


def face_grid(files: Mapping[str, Path]) -> Image.Image | None:
    """Join the faces of all variants: a column a variant, and for each face a row a kind of picture.

    Args:
        files: Variant → its ``faces.npz``; variants without a file are left out.

    Returns:
        The grid, or ``None`` where no variant has pictures.
    """
    faces = {}
    for name, path in files.items():
        if path.is_file():
            with np.load(path, allow_pickle=False) as archive:
                faces[name] = {key: archive[key] for key in archive.files}
    if not faces:
        return None
    first = next(iter(faces.values()))
    shown = [title for title in SHOWN if all(title in found for found in faces.values())]
    shown = shown or [[title for title in first if not title.startswith(TRUTH)][-1]]
    columns: dict[str, Sequence[np.ndarray]] = {}
    given = [title for title in GIVEN if title in first][: len(shown)]
    if len(given) == len(shown):
        columns[", ".join(title.removesuffix(" shape") for title in given)] = _interleaved([first[t] for t in given])
    if all(TRUTH + title in first for title in shown):
        columns["truth"] = _interleaved([first[TRUTH + title] for title in shown])
    for name, short in zip(faces, short_names(list(faces)), strict=True):
        if all(title in faces[name] for title in shown):
            columns[short] = _interleaved([faces[name][title] for title in shown])
    return titled_grid(list(zip(*columns.values(), strict=True)), tuple(columns))


def short_names(names: Sequence[str]) -> list[str]:
    """Names without the words that most of them begin with, as long as they stay different."""
    best = ""
    for name in names:
        words = name.split("_")
        for count in range(1, len(words)):
            prefix = "_".join(words[:count]) + "_"
            if 2 * sum(other.startswith(prefix) for other in names) > len(names) and len(prefix) > len(best):
                best = prefix
    short = [name.removeprefix(best) for name in names]
    return short if len(set(short)) == len(short) else list(names)


def _interleaved(kinds: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The kinds of pictures of the first face, then those of the second, and so on."""
    return [picture for face in zip(*kinds, strict=True) for picture in face]
