"""Reading PyTorch checkpoints as numpy arrays, without torch's unpickler and without the power to run code."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np

from aucgan.files.pickle_records import Storage, resolve
from aucgan.files.safe_pickle import Record, is_zip, load_records

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
LEGACY_PROTOCOL = 1001
STORAGE_DTYPES = {
    "DoubleStorage": np.float64,
    "FloatStorage": np.float32,
    "HalfStorage": np.float16,
    "BFloat16Storage": np.uint16,
    "LongStorage": np.int64,
    "IntStorage": np.int32,
    "ShortStorage": np.int16,
    "CharStorage": np.int8,
    "ByteStorage": np.uint8,
    "BoolStorage": np.bool_,
}


def read_torch_file(path: str | Path) -> Any:
    """Read a checkpoint in torch's zip format or in its older plain format.

    Tensors become numpy arrays (bfloat16 becomes float32). Objects of other packages (callbacks, settings) become
    inert :class:`~aucgan.files.safe_pickle.Record` placeholders.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no checkpoint, or it names something of Python's own library that could run code.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no checkpoint at {path}: see docs/weights.md for where to get it")
    if is_zip(path):
        try:
            with zipfile.ZipFile(path) as archive:
                return _read_zip(archive, str(path))
        except (zipfile.BadZipFile, zlib.error) as error:
            raise ValueError(f"{path} is damaged: {error}; download it again") from error
    with path.open("rb") as file:
        return read_legacy_stream(file, str(path))


def read_legacy_stream(file: IO[bytes], name: str, strict: bool = False) -> Any:
    """Read torch's plain format: five pickles, then the raw values of each storage.

    Args:
        file: The stream.
        name: The file's name for error messages.
        strict: Refuse all placeholders, not only dangerous ones.

    Raises:
        ValueError: It is no such file, or it names a refused class.
    """
    if load_records(file, name, strict=True) != LEGACY_MAGIC or load_records(file, name) != LEGACY_PROTOCOL:
        raise ValueError(f"{name} is no PyTorch checkpoint (neither a zip nor torch's older format)")
    system = load_records(file, name)
    if not (isinstance(system, dict) and system.get("little_endian", True)):
        raise ValueError(f"{name} was written on a big-endian machine, which is not supported")
    storages: dict[str, Storage] = {}

    def reserve(pid: tuple) -> Storage:
        _, kind, key, _, count, *view = pid
        if view and view[0] is not None:
            raise ValueError(f"{name} holds storage views, which only very old PyTorch wrote")
        if str(key) not in storages:
            storages[str(key)] = _storage(kind, name, bytes(int(count) * _storage_dtype(kind, name).itemsize))
        return storages[str(key)]

    tree = load_records(file, name, strict=strict, load_storage=reserve)
    for key in load_records(file, name):
        _fill(storages[str(key)].values, file, name)
    return resolve(tree, name)


def _fill(values: np.ndarray, file: IO[bytes], name: str) -> None:
    count = int.from_bytes(file.read(8), "little")
    data = file.read(values.nbytes)
    if count != len(values) or len(data) != values.nbytes:
        raise ValueError(f"{name} ends early or is damaged: {count} values announced, {len(values)} expected")
    values[:] = np.frombuffer(data, values.dtype)


def _read_zip(archive: zipfile.ZipFile, name: str) -> Any:
    pickles = [entry for entry in archive.namelist() if entry.count("/") <= 1 and entry.endswith("data.pkl")]
    if len(pickles) != 1:
        raise ValueError(f"{name} is a zip file but no PyTorch checkpoint: it has no data.pkl")
    folder = pickles[0].removesuffix("data.pkl")
    if f"{folder}byteorder" in archive.namelist() and archive.read(f"{folder}byteorder") != b"little":
        raise ValueError(f"{name} was written on a big-endian machine, which is not supported")
    storages: dict[str, Storage] = {}

    def read(pid: tuple) -> Storage:
        _, kind, key, *_ = pid
        if str(key) not in storages:
            storages[str(key)] = _storage(kind, name, archive.read(f"{folder}data/{key}"))
        return storages[str(key)]

    stream = io.BytesIO(archive.read(pickles[0]))
    return resolve(load_records(stream, name, strict=False, load_storage=read), name)


def _storage(kind: object, name: str, data: bytes) -> Storage:
    values = np.frombuffer(bytearray(data), _storage_dtype(kind, name))  # a bytearray can be filled later
    return Storage(values, bfloat16=values.dtype == np.uint16)


def _storage_dtype(kind: object, name: str) -> np.dtype:
    origin = kind.origin if isinstance(kind, type) and issubclass(kind, Record) else repr(kind)
    short = origin.rsplit(".", 1)[-1]
    if short not in STORAGE_DTYPES:
        raise ValueError(f"{name} holds a tensor in {origin}, which is not supported")
    return np.dtype(STORAGE_DTYPES[short])
