"""Videos as MP4 files, written frame by frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from torch import Tensor


@contextmanager
def video_file(path: str | Path, frames_per_second: float) -> Iterator[Callable[[Tensor | np.ndarray], None]]:
    """Write an MP4; it is there, whole, when the block ends without an error.

    H.264 by imageio-ffmpeg where it is installed (``pip install "aucgan[video]"``), else what OpenCV can.

    Args:
        path: Ends in ``.mp4``.
        frames_per_second: Of the video.

    Yields:
        A function that takes the next frame, as for :func:`aucgan.renderers.drawing.to_uint8`, all of one size; an odd
        side repeats its last row or column.

    Raises:
        ValueError: The suffix is another, a frame has another size than the first, or there is none.
        UserError: No writer can make MP4 files here, or it wrote less than it was given.
    """
    raise NotImplementedError
    yield
