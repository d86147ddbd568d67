"""From inert pickle records to numpy arrays."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
import scipy.sparse

from aucgan.files.safe_pickle import Record, load_records

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
ARRAY_KINDS = "biufcSU"
"""numpy kinds that are plain data; objects (``O``) are handled element by element."""
SPARSE = {"csc_matrix", "csc_array", "csr_matrix", "csr_array", "coo_matrix", "coo_array"}


@dataclass(frozen=True)
class Storage:
    """The flat values that tensors look into.

    Attributes:
        values: ``(N,)``.
        bfloat16: Whether the values are the bits of bfloat16 numbers, which numpy lacks.
    """

    values: np.ndarray
    bfloat16: bool = False


def resolve(value: object, name: str) -> Any:
    """Replace the records that stand for arrays, tensors and containers by numpy arrays, dicts, tuples.

    Args:
        value: What the inert unpickler gave.
        name: The file's name for error messages.

    Returns:
        The same tree; records of unknown classes stay inert records.

    Raises:
        ValueError: A known record does not hold what its class always holds.
    """
    return _Resolver(name)(value)


def read_pickle(path: str | Path) -> Any:
    """Read a pickle of arrays; chumpy wrappers and scipy's sparse matrices are understood without chumpy.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no pickle, or it names a class that is no array, tensor or chumpy wrapper.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}")
    return resolve(load_records(io.BytesIO(path.read_bytes()), str(path)), str(path))


class _Resolver:
    """One walk over a tree of records; shared and cyclic parts are visited once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done: dict[int, Any] = {}

    def __call__(self, value: object) -> Any:
        if id(value) in self.done:
            return self.done[id(value)]
        if isinstance(value, dict):
            result: Any = {}
            self.done[id(value)] = result
            result.update((self(key), self(item)) for key, item in value.items())
        elif isinstance(value, list):
            result = []
            self.done[id(value)] = result
            result.extend(self(item) for item in value)
        elif isinstance(value, tuple):
            result = self.done[id(value)] = tuple(self(item) for item in value)
        elif isinstance(value, Record):
            self.done[id(value)] = value  # a record inside itself stays inert
            result = self.done[id(value)] = self.record(value)
        else:
            return value
        return result

    def record(self, record: Record) -> object:
        short = record.origin.rsplit(".", 1)[-1]
        handler = self.handlers().get(short) if record.known else None
        if handler is None:
            return record
        try:
            return handler(record)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise ValueError(f"{self.name}: broken {record.origin}: {error}") from error

    def handlers(self) -> Mapping[str, Callable[[Record], object]]:
        return {
            "encode": self.encoded,
            "dtype": self.dtype,
            "scalar": self.scalar,
            "_reconstruct": self.array,
            "_frombuffer": self.buffer,
            "_reconstructor": self.old_object,
            "OrderedDict": self.ordered_dict,
            "Ch": self.chumpy,
            "Select": self.chumpy_select,
            "Size": lambda record: tuple(self(record.args[0])),
            "set": lambda record: set(map(self, [*(record.args[0] if record.args else ()), *record.members])),
            "frozenset": lambda record: frozenset(self(record.args[0])),
            "bytes": self.no_bytes,
            "_rebuild_tensor": self.tensor,
            "_rebuild_tensor_v2": self.tensor,
            "_rebuild_parameter": lambda record: self(record.args[0]),
            "_load_from_bytes": self.nested_storage,
            **dict.fromkeys(SPARSE, self.sparse),
        }

    def encoded(self, record: Record) -> bytes:
        text, encoding = record.args
        if encoding not in ("latin1", "latin-1"):
            raise ValueError(f"encoding {encoding}")
        return text.encode("latin1")

    def no_bytes(self, record: Record) -> bytes:
        """``bytes()``: how Python 3 writes empty bytes for Python 2."""
        if record.args:
            raise ValueError("it has arguments")
        return b""

    def dtype(self, record: Record) -> np.dtype:
        dtype = np.dtype(str(record.args[0]))
        order: Any = record.state[1] if record.state else "="
        if dtype.kind not in ARRAY_KINDS + "O" or order not in ("<", ">", "|", "="):
            raise ValueError(f"element type {dtype}")
        return dtype.newbyteorder(order)

    def scalar(self, record: Record) -> object:
        dtype, data = self(record.args[0]), _as_bytes(self(record.args[1]))
        return np.frombuffer(data, _plain(dtype), count=1)[0]

    def array(self, record: Record) -> np.ndarray:
        _, shape, dtype, fortran, data = self(record.state)
        order: Literal["C", "F"] = "F" if fortran else "C"
        if dtype.kind == "O":
            flat = np.empty(len(data), object)
            flat[:] = data
            return flat.reshape(shape, order=order)
        return np.frombuffer(_as_bytes(data), _plain(dtype)).reshape(shape, order=order).copy()

    def buffer(self, record: Record) -> np.ndarray:
        data, dtype, shape, order = self(record.args)
        return np.frombuffer(data, _plain(dtype)).reshape(shape, order=order).copy()

    def old_object(self, record: Record) -> object:
        """``copy_reg._reconstructor(cls, object, None)`` of protocols 0 and 1."""
        made = record.args[0]()
        made.state = record.state
        return self.record(made)

    def ordered_dict(self, record: Record) -> dict:
        pairs = [*(record.args[0] if record.args else ()), *record.entries]
        return {self(key): self(value) for key, value in pairs}

    def sparse(self, record: Record) -> object:
        state = self(record.state)
        shape = tuple(int(size) for size in (state.get("_shape") or state["shape"]))
        kind = record.origin.rsplit(".", 1)[-1][:3]
        if kind == "coo":
            coords = state["coords"] if "coords" in state else (state["row"], state["col"])
            return scipy.sparse.coo_matrix((state["data"], tuple(coords)), shape=shape)
        make = scipy.sparse.csc_matrix if kind == "csc" else scipy.sparse.csr_matrix
        matrix = make((state["data"], state["indices"], state["indptr"]), shape=shape)
        matrix.check_format(full_check=True)
        return matrix

    def chumpy(self, record: Record) -> np.ndarray:
        values = self(record.state)["x"]
        if not isinstance(values, np.ndarray):
            raise ValueError(f"its x is {values!r:.60}, not an array")
        return values

    def chumpy_select(self, record: Record) -> np.ndarray:
        """A chumpy view: entries ``idxs`` of the flat array ``a``."""
        state = self(record.state)
        chosen = np.asarray(state["a"]).ravel()[np.asarray(state["idxs"]).astype(np.int64)]
        shape = state.get("preferred_shape")
        return chosen if shape is None else chosen.reshape(tuple(shape))

    def tensor(self, record: Record) -> np.ndarray:
        storage, offset, size, stride = (self(arg) for arg in record.args[:4])
        values, last = storage.values, offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
        if prod(size) == 0:
            return np.zeros(size, values.dtype)
        if offset < 0 or min(stride, default=0) < 0 or last >= len(values):
            raise ValueError(f"a tensor of size {size} lies outside its storage of {len(values)}")
        bytes_per_step = [step * values.itemsize for step in stride]
        found = np.lib.stride_tricks.as_strided(values[offset:], size, bytes_per_step).copy()
        return (found.astype(np.uint32) << 16).view(np.float32) if storage.bfloat16 else found

    def nested_storage(self, record: Record) -> Storage:
        return read_legacy_stream(io.BytesIO(_as_bytes(self(record.args[0]))), self.name, strict=True)


def _plain(dtype: np.dtype) -> np.dtype:
    if dtype.kind not in ARRAY_KINDS:
        raise ValueError(f"element type {dtype} is no plain number or string")
    return dtype


def _as_bytes(data: Any) -> bytes:
    """Python 2 strings arrive as text in which every character is a byte."""
    return data.encode("latin1") if isinstance(data, str) else bytes(data)


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
            storages[str(key)] = typed_storage(kind, name, bytes(int(count) * _storage_dtype(kind, name).itemsize))
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


def typed_storage(kind: object, name: str, data: bytes) -> Storage:
    """The values of a storage of torch's, from their bytes.

    Raises:
        ValueError: The storage is of an unknown type.
    """
    values = np.frombuffer(bytearray(data), _storage_dtype(kind, name))  # a bytearray can be filled later
    return Storage(values, bfloat16=values.dtype == np.uint16)


def _storage_dtype(kind: object, name: str) -> np.dtype:
    origin = kind.origin if isinstance(kind, type) and issubclass(kind, Record) else repr(kind)
    short = origin.rsplit(".", 1)[-1]
    if short not in STORAGE_DTYPES:
        raise ValueError(f"{name} holds a tensor in {origin}, which is not supported")
    return np.dtype(STORAGE_DTYPES[short])
