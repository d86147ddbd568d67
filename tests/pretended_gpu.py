"""A GPU that is none: tensors stay in main memory, but say that they are on ``cuda`` and refuse to meet the others.

Programs take the path that they take on a GPU, with true values, so that shapes may depend on them and a backward
pass works. What would stop a GPU (tensors of two devices in one operation, a generator of the host) raises; what would
slow it down is collected: values that the host reads, and copies that it sends. Autocast of ``cuda`` is felt, that of
``cpu`` is not.
"""

from __future__ import annotations

import sys
import traceback
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import FunctionType
from typing import ClassVar

import torch
from host_reads import WAITING
from torch import Tensor
from torch.multiprocessing.reductions import StorageWeakRef
from torch.overrides import TorchFunctionMode
from torch.utils._device import _device_constructors
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

import aucgan

GPU, CPU = torch.device("cuda", 0), torch.device("cpu")
PACKAGE = str(Path(aucgan.__file__).parent)
READS = (*WAITING, "bincount", "aten::equal")
"""Parts of the names of operations whose result the host has to wait for."""

FROM_HOST = {torch.tensor, torch.as_tensor, Tensor.new_tensor}

AUTOCAST = {"cuda": "cpu", "cpu": "xpu"}
"""Whose autocast is switched, as tensors are in main memory: for those of the host, one that none of them feels."""


class Report:
    """What happened on the pretended GPU, as ``operator at file:line`` of the package."""

    def __init__(self, counts: bool = True) -> None:
        self.counts = counts
        self.reads: list[str] = []
        self.copies: list[str] = []

    def expect(self, reads: Iterable[str] = ()) -> None:
        """Fail unless the host sent nothing and waited for these files alone; a true GPU counts neither."""
        if not self.counts:
            return
        assert not self.copies, f"the host sends {self.copies}"
        found = Counter(read.split("/")[-1].split(":")[0] for read in self.reads)
        assert found == Counter(reads), f"the host waits for {self.reads}"

    def clear(self) -> None:
        """Forget."""
        self.reads.clear(), self.copies.clear()

    @staticmethod
    def place(what: str) -> str:
        """The operation with the innermost line of the package that asked for it."""
        frames = [frame for frame in traceback.extract_stack() if frame.filename.startswith(PACKAGE)]
        return f"{what} at {frames[-1].filename.removeprefix(PACKAGE)}:{frames[-1].lineno}" if frames else what


class TrueGPU:
    """The same for a GPU that is there."""

    def __enter__(self) -> Report:
        return Report(counts=False)

    def __exit__(self, *error) -> None: ...


class PretendedGPU:
    """A context in which ``cuda`` can be named as a device.

    Entering it gives the :class:`Report`.

    Args:
        default: Make tensors there unless another device is named, as after ``torch.set_default_device``.
    """

    _here: ClassVar[dict[int, StorageWeakRef]] = {}
    """Storages on the GPU; there is one, as constants are kept from one test to the next."""

    def __init__(self, default: bool = False) -> None:
        self.report, self.default = Report(), default
        self._modes = (_Operations(self), _Calls(self))
        self._autocast = _Autocast()
        self.explicit: list[torch.device] = []

    def __enter__(self) -> Report:
        self._engine = torch.autograd._engine_run_backward
        torch.autograd._engine_run_backward = self._backward
        self._autocast.__enter__()
        for mode in self._modes:
            mode.__enter__()
        return self.report

    def __exit__(self, *error) -> None:
        for mode in reversed(self._modes):
            mode.__exit__(*error)
        self._autocast.__exit__(*error)
        torch.autograd._engine_run_backward = self._engine

    def _backward(self, *args, **kwargs):
        """Functions of our own run in a backward pass, which PyTorch starts outside the mode."""
        with self._modes[1]:
            return self._engine(*args, **kwargs)

    def put(self, tensor: Tensor) -> Tensor:
        """Say of a tensor that it is on the GPU; so are its views."""
        storage = tensor.untyped_storage()
        self._here[storage._cdata] = StorageWeakRef(storage)  # which keeps the number from being used again
        return tensor

    def holds(self, tensor: Tensor) -> bool:
        """Whether a tensor is on the GPU."""
        return tensor.untyped_storage()._cdata in self._here


class _Operations(TorchDispatchMode):
    """Below autograd: what meets what, and where results are."""

    def __init__(self, gpu: PretendedGPU) -> None:
        super().__init__()
        self.gpu = gpu

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        gpu, name = self.gpu, func.name()
        tensors = [t for t in tree_leaves((args, kwargs or {})) if isinstance(t, Tensor)]
        on_gpu = any(gpu.holds(t) for t in tensors)
        if on_gpu:
            self._check(name, args, kwargs or {}, tensors)
        result = func(*args, **(kwargs or {}))
        if on_gpu or self._belongs(tensors):
            for out in tree_leaves(result):
                if isinstance(out, Tensor) and not (name.startswith("aten::copy_") and not gpu.holds(out)):
                    gpu.put(out)
        return result

    def _belongs(self, tensors: list[Tensor]) -> bool:
        """Whether a tensor made from none is on the GPU: asked for, or made by autograd during a backward pass."""
        if tensors:
            return False
        if self.gpu.explicit:
            return self.gpu.explicit[-1].type == "cuda"
        return torch._C._current_graph_task_id() != -1

    def _check(self, name: str, args: tuple, kwargs: dict, tensors: list[Tensor]) -> None:
        gpu = self.gpu
        if any(part in name for part in READS) and kwargs.get("output_size") is None:
            gpu.report.reads.append(Report.place(name))
        if kwargs.get("generator") is not None:
            raise _of_the_host()
        strange = [t for t in tensors if not gpu.holds(t) and t.dim() > 0]
        if name.startswith("aten::index"):
            self._check_indices(name, args)
            if name.startswith(("aten::index.Tensor", "aten::index_put")):
                indices = [t for t in tree_leaves(args[1]) if isinstance(t, Tensor)]
                strange = [t for t in strange if not any(t is index for index in indices)]
        if name.startswith("aten::copy_"):
            side = gpu.report.copies if gpu.holds(args[0]) else gpu.report.reads
            if strange or not gpu.holds(args[0]):
                side.append(Report.place(name))
        elif strange:
            raise RuntimeError(f"{Report.place(name)}: tensors on cuda and, {tuple(strange[0].shape)}, on cpu")

    def _check_indices(self, name: str, args: tuple) -> None:
        """Indices on the host are copied, masks are counted; a mask that takes one number is not."""
        if not name.startswith(("aten::index.Tensor", "aten::index_put")):
            return
        for index in (t for t in tree_leaves(args[1]) if isinstance(t, Tensor)):
            if not self.gpu.holds(index):
                self.gpu.report.copies.append(Report.place(name))
            if index.dtype == torch.bool and not ("put" in name and args[2].dim() == 0):
                self.gpu.report.reads.append(Report.place(name))


class _Calls(TorchFunctionMode):
    """Above autograd: the names of devices."""

    def __init__(self, gpu: PretendedGPU) -> None:
        super().__init__()
        self.gpu = gpu

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs, gpu = dict(kwargs or {}), self.gpu
        if func == Tensor.device.__get__:
            return GPU if gpu.holds(args[0]) else func(*args)
        if func == Tensor.is_cuda.__get__:
            return gpu.holds(args[0])
        if func in (Tensor.to, Tensor.cpu, Tensor.cuda):
            return self._move(func, args, kwargs)
        if func in (Tensor.numpy, Tensor.__array__, Tensor.tolist) and gpu.holds(args[0]):
            if func is not Tensor.tolist:
                raise TypeError("a tensor on cuda cannot become an array: copy it to the CPU first")
            gpu.report.reads.append(Report.place("tolist"))
            return func(*args, **kwargs)
        return self._make(func, args, kwargs)

    def _make(self, func, args: tuple, kwargs: dict):
        """Any other function; one that names a device makes its result there."""
        gpu, target = self.gpu, kwargs.get("device")
        if target is None and func is Tensor.new_tensor and gpu.holds(args[0]):
            target = GPU
        if target is None and gpu.default and func in _device_constructors():
            target = GPU
        if target is None:
            with _asked(gpu, self._default(func, args, kwargs)):
                return func(*args, **kwargs)
        target = torch.device(target)
        if target.type == "cuda" and kwargs.get("generator") is not None:
            raise _of_the_host()
        kwargs["device"] = CPU
        with _asked(gpu, target):
            result = func(*args, **kwargs)
        if target.type == "cuda":
            gpu.put(result)
            if func in FROM_HOST:
                gpu.report.copies.append(Report.place(func.__name__))
        return result

    def _default(self, func, args: tuple, kwargs: dict) -> torch.device:
        """Where a function makes tensors: PyTorch's own in Python look at their arguments, out of our sight."""
        in_python = isinstance(func, FunctionType) and func not in FROM_HOST
        tensors = (t for t in tree_leaves((args, kwargs)) if isinstance(t, Tensor))
        return GPU if in_python and any(self.gpu.holds(t) for t in tensors) else CPU

    def _move(self, func, args: tuple, kwargs: dict) -> Tensor:
        gpu, (tensor, *rest) = self.gpu, args
        now = GPU if gpu.holds(tensor) else CPU
        target = {Tensor.cpu: CPU, Tensor.cuda: GPU}.get(func)
        if func is Tensor.to:
            target, *_ = [*_devices(gpu, rest, kwargs), now]
            types = [part.dtype if isinstance(part, Tensor) else part for part in rest]
            types = [part for part in types if isinstance(part, torch.dtype)]
            kept = {key: value for key, value in kwargs.items() if key in ("dtype", "memory_format", "copy")}
            tensor = tensor.to(*types, **kept) if types or kept else tensor
        if target.type == now.type:
            return tensor
        (gpu.report.copies if target == GPU else gpu.report.reads).append(Report.place("to"))
        with torch.utils._python_dispatch._disable_current_modes():
            moved = tensor.clone()
        return gpu.put(moved) if target == GPU else moved


def _devices(gpu: PretendedGPU, rest: list, kwargs: dict) -> list[torch.device]:
    """The device that ``Tensor.to`` is given, if any."""
    named = [part for part in (*rest, kwargs.get("device")) if isinstance(part, (str, torch.device))]
    likes = [GPU if gpu.holds(part) else CPU for part in rest if isinstance(part, Tensor)]
    return [GPU if torch.device(part).type == "cuda" else CPU for part in named] + likes


class _asked:
    """While it lasts, tensors made from none are on this device."""

    def __init__(self, gpu: PretendedGPU, device: torch.device | None) -> None:
        self.gpu, self.device = gpu, device

    def __enter__(self) -> None:
        if self.device is not None:
            self.gpu.explicit.append(self.device)

    def __exit__(self, *error) -> None:
        if self.device is not None:
            self.gpu.explicit.pop()


class _Autocast:
    """While it lasts, autocast of a device is that of another one, see :data:`AUTOCAST`."""

    ASKED = ("is_autocast_enabled", "get_autocast_dtype")

    def __enter__(self) -> None:
        self._kept = {name: getattr(torch, name) for name in self.ASKED}
        self._init = init = torch.autocast.__init__

        def switch(context, device_type, dtype=None, *args, **kwargs):
            dtype = self._kept["get_autocast_dtype"](device_type) if dtype is None else dtype
            init(context, AUTOCAST.get(device_type, device_type), dtype, *args, **kwargs)

        torch.autocast.__init__ = switch
        for name, function in self._kept.items():
            setattr(torch, name, self._of_another(function))

    @staticmethod
    def _of_another(function):
        """The same function, asked about another device, unless autocast itself asks."""

        def asked(device_type: str = "cuda"):  # PyTorch asks without one of the GPU
            itself = sys._getframe(1).f_globals["__name__"] == torch.autocast.__module__
            return function(device_type if itself else AUTOCAST.get(device_type, device_type))

        return asked

    def __exit__(self, *error) -> None:
        torch.autocast.__init__ = self._init
        for name, function in self._kept.items():
            setattr(torch, name, function)


def _of_the_host() -> RuntimeError:
    """What PyTorch says of a generator that draws for another device; none can be made for the pretended one."""
    return RuntimeError("Expected a 'cuda' device type for generator but found 'cpu'")
