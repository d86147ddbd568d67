"""Writing named arrays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np


def save_arrays(file: str | Path | IO[bytes], arrays: Mapping[str, np.ndarray], compress: bool = False) -> None:
    """Write arrays of any names into an ``.npz`` file, as :func:`numpy.savez` does for names that are known in advance.

    Args:
        file: Path or open file.
        arrays: The arrays by name.
        compress: Make the file smaller, which takes longer.
    """
    named: dict[str, Any] = dict(arrays)
    (np.savez_compressed if compress else np.savez)(file, **named)
