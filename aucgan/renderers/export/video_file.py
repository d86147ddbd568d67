"""Videos as MP4 files, written frame by frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import cv2
import numpy as np
from torch import Tensor

from aucgan.files.atomic import atomic_path
from aucgan.process.errors import UserError
from aucgan.renderers.drawing import to_uint8

ADVICE = 'no MP4 file can be written here: pip install "aucgan[video]" brings a writer'
_CODEC = "mp4v"
"""MPEG-4 part 2: what OpenCV's own wheels can write and most players know; browsers do not."""
_QUALITY = 7
"""Of imageio-ffmpeg, from 0 to 10."""

Sink = Callable[[np.ndarray], object]


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
    path = Path(path)
    if path.suffix.lower() != ".mp4":
        raise ValueError(f"expected a path that ends in .mp4, got {path}")
    if not frames_per_second > 0:
        raise ValueError(f"{path}: a video has more than 0 frames a second, got {frames_per_second}")
    with atomic_path(path) as temporary:
        with ExitStack() as opened:
            video = _Video(temporary, frames_per_second, opened)
            yield video.add
        if not video.count:
            raise ValueError(f"{path}: a video needs at least one frame")
        _check(temporary, path, video.count)


class _Video:
    """An open video: its size is that of the first frame."""

    def __init__(self, path: Path, rate: float, opened: ExitStack) -> None:
        self.path, self.rate, self.count = path, rate, 0
        self.size = (0, 0)
        self._opened = opened
        self._put: Sink | None = None

    def add(self, frame: Tensor | np.ndarray) -> None:
        picture = to_uint8(frame)
        if self._put is None:
            self.size = picture.shape[:2]
            height, width = (side + side % 2 for side in self.size)
            writer = _by_imageio if _has_imageio() else _by_opencv
            self._put = self._opened.enter_context(writer(self.path, (width, height), self.rate))
        if picture.shape[:2] != self.size:
            raise ValueError(f"frame {self.count} is {picture.shape[:2]}, the first was {self.size}")
        height, width = self.size
        self._put(np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge"))
        self.count += 1


def _has_imageio() -> bool:
    try:
        import imageio_ffmpeg
    except ModuleNotFoundError:
        return False
    try:
        imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError:  # the package without its program
        return False
    return True


@contextmanager
def _by_imageio(path: Path, size: tuple[int, int], rate: float) -> Iterator[Sink]:
    """H.264, which browsers play, with its index in front."""
    import imageio_ffmpeg

    options = {"fps": rate, "quality": _QUALITY, "macro_block_size": 2, "output_params": ["-movflags", "+faststart"]}
    stream = imageio_ffmpeg.write_frames(str(path), size, codec="libx264", ffmpeg_log_level="error", **options)
    stream.send(None)
    try:
        yield lambda picture: stream.send(np.ascontiguousarray(picture))
    finally:
        stream.close()


@contextmanager
def _by_opencv(path: Path, size: tuple[int, int], rate: float) -> Iterator[Sink]:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*_CODEC), rate, size)
    try:
        if not writer.isOpened():
            raise UserError(ADVICE)
        yield lambda picture: writer.write(picture[..., ::-1])
    finally:
        writer.release()


def _check(file: Path, path: Path, count: int) -> None:
    """OpenCV says nothing of frames that it could not write, on a full disk for example: count what is there."""
    reader = cv2.VideoCapture(str(file))
    try:
        found = round(reader.get(cv2.CAP_PROP_FRAME_COUNT)) if reader.isOpened() else 0
    finally:
        reader.release()
    if found != count:
        raise UserError(f"{path}: {found} of {count} frames were written; is the disk full?")
