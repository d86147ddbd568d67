"""Codes of faces as an NPZ file."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from aucgan.files.kept_files import load_arrays, write_arrays

FORMAT, VERSION = "aucgan-codes", 1
_WIDTHS: dict[str, tuple[int, ...] | None] = {
    "shape": None,
    "exp": None,
    "jaw_pose": (3,),
    "eye_pose": (6,),
    "rotation": (3,),
    "translation": (3,),
    "focal": (),
    "principal_point": (2,),
    "frame": (),
    "face": (),
    "times": (),
    "confidence": (),
}
"""Shape of a row; ``None``: as many numbers as the head has columns."""
_WHOLE = ("frame", "face")


@dataclass(frozen=True)
class FaceCodes:
    """Codes of N faces or frames; everything that makes the meshes again. float32 and int64.

    Attributes:
        head: Name or file of the head.
        shape: Identity coefficients, ``(N, I)``.
        exp: Expression coefficients, ``(N, E)``.
        jaw_pose: Axis-angle in radians, ``(N, 3)``.
        eye_pose: Left and right, ``(N, 6)``.
        rotation: Of the head about the origin of its frame, axis-angle in radians, ``(N, 3)``.
        translation: Metres, ``(N, 3)``.
        focal: Focal length in pixels of the photo, ``(N,)``.
        principal_point: Pixels of the photo, the centre of pixel (row i, column j) at (j + ½, i + ½), ``(N, 2)``.
        frame: Number of the frame, ``(N,)`` int64.
        face: Number of the face, ``(N,)`` int64.
        times: Seconds, ``(N,)`` float64.
        confidence: In [0, 1], ``(N,)``.
    """

    head: str
    shape: np.ndarray
    exp: np.ndarray
    jaw_pose: np.ndarray
    eye_pose: np.ndarray
    rotation: np.ndarray
    translation: np.ndarray
    focal: np.ndarray
    principal_point: np.ndarray
    frame: np.ndarray
    face: np.ndarray
    times: np.ndarray
    confidence: np.ndarray

    def __post_init__(self) -> None:
        """Bring the arrays to their types and check them.

        Raises:
            ValueError: One has another shape, or is not finite.
        """
        for name, width in _WIDTHS.items():
            dtype = np.int64 if name in _WHOLE else np.float64 if name == "times" else np.float32
            values = np.asarray(getattr(self, name)).astype(dtype)
            object.__setattr__(self, name, values)
            fits = values.ndim == 2 if width is None else values.shape[1:] == width
            if not fits or len(values) != len(self.shape) or not np.isfinite(values).all():
                row = "(N, columns)" if width is None else (len(self.shape), *width)
                raise ValueError(f"codes: {name} must be {row} and finite, got {values.shape}")


def write_codes(path: str | Path, codes: FaceCodes) -> Path:
    """Write an ``.npz``, whole or not at all; :mod:`aucgan.apis.expression_files` reads its expression, too.

    Returns:
        The path.

    Raises:
        ValueError: The suffix is another.
    """
    path = Path(path)
    if path.suffix.lower() != ".npz":
        raise ValueError(f"expected a path that ends in .npz, got {path}")
    arrays = {name: np.asarray(value) for name, value in asdict(codes).items()}
    write_arrays(path, arrays | {"format": np.array(FORMAT), "version": np.array(VERSION)})
    return path


def read_codes(path: str | Path) -> FaceCodes:
    """Read such a file.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is damaged, of another version, or something else.
    """
    path = Path(path)
    arrays = load_arrays(path)
    kind = (str(arrays.get("format", "")), str(arrays.get("version", "")))
    if kind != (FORMAT, str(VERSION)):
        raise ValueError(f"{path}: expected {FORMAT} version {VERSION}, got {' '.join(kind).strip() or 'other arrays'}")
    missing = [field.name for field in fields(FaceCodes) if field.name not in arrays]
    if missing:
        raise ValueError(f"{path} lacks {', '.join(missing)}")
    try:
        return FaceCodes(str(arrays["head"]), **{name: arrays[name] for name in _WIDTHS})
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
