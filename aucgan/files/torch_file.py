"""Reading PyTorch checkpoints as numpy arrays, without torch's unpickler and without the power to run code."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from typing import Any

from aucgan.files.pickle_records import Storage, read_legacy_stream, resolve, typed_storage
from aucgan.files.safe_pickle import is_zip, load_records


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
            storages[str(key)] = typed_storage(kind, name, archive.read(f"{folder}data/{key}"))
        return storages[str(key)]

    stream = io.BytesIO(archive.read(pickles[0]))
    return resolve(load_records(stream, name, strict=False, load_storage=read), name)
