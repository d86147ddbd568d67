"""Reading the fields of a model file (``.npz``, ``.npy`` with a dict, or pickle), without the power to run code."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
import scipy.sparse

from aucgan.files.pickle_records import read_pickle, resolve
from aucgan.files.safe_pickle import is_zip, load_records

NPY_MAGIC = b"\x93NUMPY"


def read_model_file(path: str | Path, kind: str) -> Mapping[str, object]:
    """Read a model file, whatever its published format.

    Args:
        path: ``.npz``, ``.npy`` holding a dict, or a pickle of a dict.
        kind: What it should be, for error messages.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is none of these formats, or it would load a class that is no array.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no {kind} at {path}: see docs/weights.md for where to get it")
    if is_zip(path):
        try:
            return _read_npz(path)
        except (zipfile.BadZipFile, zlib.error) as error:
            raise ValueError(f"{path} is damaged: {error}; download it again") from error
    with path.open("rb") as file:
        if file.read(len(NPY_MAGIC)) == NPY_MAGIC:
            file.seek(0)
            fields: Any = read_npy(file, str(path))
            fields = fields.item() if isinstance(fields, np.ndarray) and fields.shape == () else fields
        else:
            fields = read_pickle(path)
    if not isinstance(fields, Mapping):
        raise ValueError(f"{path} is no {kind}: it holds {type(fields).__name__}, not a dict of arrays")
    return {str(key): value for key, value in fields.items()}


def read_npy(file: IO[bytes], name: str) -> Any:
    """Read an ``.npy`` stream; object arrays go through the inert unpickler, which gives whatever was put into them.

    Raises:
        ValueError: The stream is damaged, or it would load a class that is no array or tensor.
    """
    start = file.tell()
    version = np.lib.format.read_magic(file)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise ValueError(f"{name} has the unknown .npy version {version}")
    _, _, dtype = read_header(file)
    if dtype.hasobject:
        return resolve(load_records(file, name), name)
    file.seek(start)
    return np.lib.format.read_array(file, allow_pickle=False)


def dense(value: Any, key: str, name: str) -> np.ndarray:
    """The numpy array behind an array or a sparse matrix.

    Raises:
        ValueError: It is neither.
    """
    if isinstance(value, np.ndarray) and value.dtype.hasobject and value.shape == ():
        value = value.item()
    if scipy.sparse.issparse(value):
        return np.asarray(value.toarray())
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return value
    raise ValueError(f"{name}: {key} is {value!r:.80}, not an array of numbers")


def check_shapes(arrays: Mapping[str, np.ndarray], shapes: Mapping[str, tuple[int, ...]], name: str) -> None:
    """Compare shapes.

    Raises:
        ValueError: Some differ; the message names all of them.
    """
    wrong = [
        f"{key} is {arrays[key].shape}, {shape} was expected"
        for key, shape in shapes.items()
        if arrays[key].shape != shape
    ]
    if wrong:
        raise ValueError(f"{name}: " + "; ".join(wrong))


def _read_npz(path: Path) -> dict[str, object]:
    fields: dict[str, object] = {}
    with zipfile.ZipFile(path) as archive:
        for entry in archive.namelist():
            if not entry.endswith(".npy"):
                raise ValueError(f"{path} is a zip file but no .npz: it holds {entry}")
            with archive.open(entry) as file:
                fields[entry.removesuffix(".npy")] = read_npy(file, str(path))
    return fields
