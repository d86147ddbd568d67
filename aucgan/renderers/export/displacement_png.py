"""Displacement as a true 16-bit picture with its scale beside it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from aucgan.files.kept_files import load_json
from aucgan.renderers.export.arrays import to_numpy
from aucgan.renderers.export.png_bytes import png_bytes
from aucgan.renderers.export.staging import staged

FULL = 65535
ZERO = 32768
"""The grey level of no displacement; exact, so that flat stays flat."""


def export_displacement(path: str | Path, displacement: Tensor | np.ndarray) -> Path:
    """Write ``NAME.png`` (16-bit grey) and ``NAME.json``.

    The side file holds ``scale_m`` and ``midlevel``: metres = (value / 65535 - midlevel) * scale_m, the two numbers a
    displacement modifier asks for.

    Args:
        path: The ``.png``.
        displacement: Height along the normal in metres, ``(S, S)`` or ``(1, S, S)``; row 0 is v = 1.

    Returns:
        The path of the picture.

    Raises:
        ValueError: The suffix is not ``.png``, or the map is no finite single-channel picture.
    """
    path = Path(path)
    if path.suffix.lower() != ".png":
        raise ValueError(f"expected a path that ends in .png, got {path}")
    with staged(path.parent) as stage:
        write_displacement(stage / path.name, displacement)
    return path


def write_displacement(path: Path, displacement: Tensor | np.ndarray) -> dict:
    """Write the two files in place; returns what the side file says."""
    height = to_numpy(displacement).astype(np.float64)
    height = height[0] if height.ndim == 3 and height.shape[0] == 1 else height
    if height.ndim != 2 or not np.isfinite(height).all():
        raise ValueError(f"displacement must be finite and (S, S), got shape {height.shape}")
    scale = max(float(np.abs(height).max()), 1e-9) * FULL / (FULL - ZERO)
    levels = np.rint(height / scale * FULL + ZERO).clip(0, FULL).astype(np.uint16)
    path.write_bytes(png_bytes(levels))
    meta = {
        "format": "aucgan-displacement",
        "version": 1,
        "file": path.name,
        "bits": 16,
        "scale_m": scale,
        "midlevel": ZERO / FULL,
        "formula": "metres = (value / 65535 - midlevel) * scale_m, along the vertex normal",
    }
    path.with_suffix(".json").write_text(json.dumps(meta, indent=2) + "\n", encoding="utf-8")
    return meta


def load_displacement(path: str | Path) -> np.ndarray:
    """Read a displacement picture back.

    Args:
        path: The ``.png``; its ``.json`` lies beside it.

    Returns:
        Metres, ``(S, S)`` float32.

    Raises:
        FileNotFoundError: One of the files does not exist.
        ValueError: The side file is not of this format.
    """
    path = Path(path)
    side = path.with_suffix(".json")
    meta = load_json(side)
    if meta.get("format") != "aucgan-displacement" or meta.get("version") != 1:
        raise ValueError(f"{side}: expected format aucgan-displacement version 1, got {meta.get('format')!r}")
    with Image.open(path) as picture:
        levels = np.asarray(picture, dtype=np.float64)
    return ((levels / FULL - meta["midlevel"]) * meta["scale_m"]).astype(np.float32)
