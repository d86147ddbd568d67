"""Reading pickles without the power to run code.

The unpickler here builds only containers, numbers, strings and :class:`Record` objects. Whatever class or function a
pickle names becomes a record that remembers the name, the arguments and the state; it is never imported or called.
Afterwards :mod:`aucgan.files.pickle_records` turns the few records it knows (arrays, tensors, sparse matrices,
chumpy wrappers) into numpy arrays.
"""

from __future__ import annotations

import pickle
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

ZIP_MAGIC = b"PK\x03\x04"
ARRAY_MODULES = {
    *("numpy.core.multiarray", "numpy._core.multiarray", "numpy.core.numeric", "numpy._core.numeric", "numpy"),
    *("scipy.sparse.csc", "scipy.sparse._csc", "scipy.sparse.csr", "scipy.sparse._csr"),
    *("scipy.sparse.coo", "scipy.sparse._coo"),
}
ARRAY_NAMES = {
    *("_reconstruct", "scalar", "ndarray", "dtype", "_frombuffer"),
    *("csc_matrix", "csr_matrix", "coo_matrix", "csc_array", "csr_array", "coo_array"),
}
TORCH_NAMES = {
    *(("torch._utils", name) for name in ("_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_parameter")),
    *(("torch.storage", name) for name in ("_load_from_bytes", "TypedStorage", "UntypedStorage")),
    *(("torch", name) for name in ("Size", "device")),
    ("torch.serialization", "_get_layout"),
}
TORCH_DTYPES = {
    *("float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"),
}
PLAIN_NAMES = {
    *(("_codecs", "encode"), ("collections", "OrderedDict"), ("copy_reg", "_reconstructor")),
    *(("copyreg", "_reconstructor"), ("__builtin__", "object"), ("builtins", "object")),
    ("weakref", "WeakKeyDictionary"),  # in the caches of chumpy objects
    *((module, name) for module in ("__builtin__", "builtins") for name in ("set", "frozenset", "bytes")),
}
INERT_STDLIB = {
    *("collections", "argparse", "pathlib", "datetime", "enum", "types", "uuid", "typing", "functools", "decimal"),
    *("logging", "numbers", "random", "copyreg", "copy_reg", "_codecs", "__main__"),
}
"""Standard modules whose classes checkpoints carry as settings. Tolerated as records, like foreign packages."""
INERT_BUILTINS = {"int", "float", "complex", "str", "bytes", "bool", "list", "tuple", "dict", "slice", "range", "type"}


class Record:
    """An object of a class that was not imported.

    Attributes:
        origin: ``module.name`` as the pickle spells it; set on a subclass made for each name.
        known: Whether it stands for plain data that can be resolved.
        args: What it was called with.
        state: What its state was set to, or None.
        entries: Pairs set like in a dict.
        members: Values appended like to a list.
    """

    origin = ""
    known = False
    args: tuple[Any, ...]
    state: Any
    entries: list[tuple[object, object]]
    members: list[object]

    def __new__(cls, *args: object, **kwargs: object) -> Record:
        """Remember the call and do nothing else."""
        self = object.__new__(cls)
        self.args, self.state, self.entries, self.members = args, None, [], []
        return self

    def __init__(self, *args: object, **kwargs: object):
        pass

    def __setstate__(self, state: object) -> None:
        self.state = state

    def __setitem__(self, key: object, value: object) -> None:
        self.entries.append((key, value))

    def append(self, value: object) -> None:
        """Remember a value."""
        self.members.append(value)

    def extend(self, values: list) -> None:
        """Remember values."""
        self.members.extend(values)

    add = append

    def __repr__(self) -> str:
        return f"<inert {self.origin}>"


class InertUnpickler(pickle.Unpickler):
    """An unpickler that never imports or calls what the stream names.

    Args:
        file: The stream.
        name: The file's name for error messages.
        strict: Refuse every class that is not an array, a tensor or a chumpy wrapper. Otherwise classes of other
            packages become inert records, and only those of Python's own library are refused.
        load_storage: Gives the numpy array of a tensor storage from torch's persistent id.
    """

    def __init__(
        self,
        file: IO[bytes],
        name: str,
        strict: bool = True,
        load_storage: Callable[[tuple], object] | None = None,
    ):
        super().__init__(file, encoding="latin1")  # Python 2 stored the bytes of arrays as strings
        self._name, self._strict, self._load_storage = name, strict, load_storage

    def find_class(self, module: str, name: str) -> type[Record]:
        """A record class for what the stream names, or an error."""
        known = _is_known(module, name)
        if not known and (self._strict or not _is_harmless(module, name)):
            raise ValueError(
                f"{self._name} would load {module}.{name}, which is no array and no tensor: refused, nothing was run. "
                "Take the file from its publisher (docs/weights.md)"
            )
        return type(name.rsplit(".", 1)[-1], (Record,), {"origin": f"{module}.{name}", "known": known})

    def persistent_load(self, pid: object) -> object:
        """The storage of a tensor."""
        if self._load_storage is None or not isinstance(pid, tuple) or pid[:1] != ("storage",):
            raise ValueError(f"{self._name} refers to data outside of itself: {pid!r:.80}")
        return self._load_storage(pid)


def load_records(file: IO[bytes], name: str, **options: Any) -> Any:
    """Read one pickle from a stream as containers, plain values and records.

    Args:
        file: The stream; it is left behind the pickle's end.
        name: The file's name for error messages.
        **options: ``strict`` and ``load_storage`` of :class:`InertUnpickler`.

    Raises:
        ValueError: It is no pickle, or it names a class that is refused.
    """
    try:
        return InertUnpickler(file, name, **options).load()
    except (pickle.UnpicklingError, EOFError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        reason = str(error) or type(error).__name__
        raise ValueError(
            f"cannot read {name}: it is damaged or of another kind ({reason}); download it again"
        ) from error


def is_zip(path: Path) -> bool:
    """Whether a file is a zip archive.

    Raises:
        ValueError: It begins like one, but its end is missing.
    """
    if zipfile.is_zipfile(path):
        return True
    with path.open("rb") as file:
        if file.read(len(ZIP_MAGIC)) == ZIP_MAGIC:
            raise ValueError(f"{path} is damaged: it ends before its zip archive does; download it again")
    return False


def _is_known(module: str, name: str) -> bool:
    """Whether the record can be turned into plain data."""
    return (
        (module in ARRAY_MODULES and name in ARRAY_NAMES)
        or (module, name) in TORCH_NAMES | PLAIN_NAMES
        or module.split(".")[0] == "chumpy"
        or (module in ("torch", "torch.cuda") and name.endswith("Storage"))
        or (module == "torch" and name in TORCH_DTYPES)
    )


def _is_harmless(module: str, name: str) -> bool:
    """Whether a checkpoint may carry it as a placeholder: foreign packages yes, Python's library hardly."""
    top = module.split(".")[0]
    if top in ("builtins", "__builtin__"):
        return name in INERT_BUILTINS
    return top in INERT_STDLIB or top not in sys.stdlib_module_names | {"posix", "nt", "commands"}
