"""One unit moved from one intensity to another: as faces, as a strip of pictures, as an animation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from aucgan.apis.edit.edited_face import EditedFace
from aucgan.apis.edit.editor import FaceEditor
from aucgan.apis.edit.names import edit_name
from aucgan.files.atomic import atomic_path
from aucgan.renderers.drawing import titled_grid
from aucgan.renderers.export.video_file import video_file

PICTURES_PER_SECOND = 12.0


def sweep(
    editor: FaceEditor, name: str, values: Sequence[float], base: Mapping[str, float] | None = None, add: bool = False
) -> list[EditedFace]:
    """The face at each value of one unit or shape.

    Args:
        editor: Of the face.
        name: In any spelling.
        values: Intensities in [0, 1], or differences with ``add``.
        base: What is changed besides, in all of them.
        add: Values are added to what the photo shows.

    Raises:
        ValueError: A name is unknown, a value out of range, or ``base`` has the unit, too.
    """
    beside = {edit_name(key): value for key, value in (base or {}).items()}
    if edit_name(name) in beside:
        raise ValueError(f"{edit_name(name)} is both set and swept: leave one of the two out")
    return [editor({**beside, edit_name(name): float(value)}, add) for value in values]


def strip(pictures: Sequence[np.ndarray | Image.Image], titles: Sequence[str]) -> Image.Image:
    """Pictures side by side, a title above each."""
    return titled_grid([[np.asarray(picture) for picture in pictures]], titles)


def write_animation(
    path: str | Path, pictures: Sequence[np.ndarray | Image.Image], rate: float = PICTURES_PER_SECOND
) -> Path:
    """Write pictures of one size as an animation that goes there and back.

    Args:
        path: Ends in ``.gif`` or ``.mp4``.
        pictures: RGB.
        rate: Pictures a second.

    Returns:
        The path.

    Raises:
        ValueError: The suffix is another, or there is no picture.
    """
    path = Path(path)
    frames = [np.asarray(picture) for picture in [*pictures, *pictures[-2:0:-1]]]
    if not frames:
        raise ValueError(f"{path}: an animation needs at least one picture")
    if path.suffix.lower() == ".mp4":
        with video_file(path, rate) as write:
            for frame in frames:
                write(frame)
    elif path.suffix.lower() == ".gif":
        _write_gif(path, frames, rate)
    else:
        raise ValueError(f"expected a path that ends in .gif or .mp4, got {path}")
    return path


def _write_gif(path: Path, frames: Sequence[np.ndarray], rate: float) -> None:
    """All frames in the same 256 colours, so that still parts do not flicker."""
    every = Image.fromarray(np.concatenate([frame[::2, ::2] for frame in frames]))
    colours = every.quantize(256, dither=Image.Dither.NONE)
    first, *rest = (Image.fromarray(frame).quantize(palette=colours, dither=Image.Dither.NONE) for frame in frames)
    with atomic_path(path) as temporary:
        first.save(
            temporary, "gif", save_all=True, append_images=rest, duration=round(1000 / rate), loop=0, optimize=False
        )
