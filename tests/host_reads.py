"""Finds what makes the host wait for a GPU: values read, and shapes that depend on values."""

import traceback

from torch.utils._python_dispatch import TorchDispatchMode

WAITING = ("_local_scalar_dense", "is_nonzero", "nonzero", "_unique", "masked_select", "repeat_interleave.Tensor")


class HostReads(TorchDispatchMode):
    """Within it, ``found`` collects ``(operator, file:line)`` of each such call.

    Args:
        passed_over: Parts of paths whose calls are not collected.
    """

    def __init__(self, *passed_over: str):
        super().__init__()
        self.passed_over, self.found = passed_over, []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if any(name in func.name() for name in WAITING):
            frames = [f for f in traceback.extract_stack() if "/aucgan/" in f.filename or "/mmengine/" in f.filename]
            place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
            if not any(part in place for part in self.passed_over):
                self.found.append((func.name(), place))
        return func(*args, **(kwargs or {}))
