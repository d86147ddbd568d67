"""Finds what makes the host wait for a GPU: values read, and shapes that depend on values."""

import traceback

from torch.utils._python_dispatch import TorchDispatchMode

WAITING = ("_local_scalar_dense", "is_nonzero", "nonzero", "_unique", "masked_select", "repeat_interleave.Tensor")
PACKAGES = ("aucgan", "mmengine")


class HostReads(TorchDispatchMode):
    """Within it, ``found`` collects ``(operator, "module:line")`` of each such call; the module is the innermost one
    of :data:`PACKAGES`, whatever the folders are called, or ``?``.

    Args:
        passed_over: Packages whose calls are not collected.
    """

    def __init__(self, *passed_over: str):
        super().__init__()
        self.passed_over, self.found = passed_over, []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if any(name in func.name() for name in WAITING):
            module, line = _caller()
            if not _is_within(module, self.passed_over):
                self.found.append((func.name(), f"{module}:{line}" if module else "?"))
        return func(*args, **(kwargs or {}))


def _caller() -> tuple[str, int]:
    for frame, line in traceback.walk_stack(None):  # from the innermost
        module = frame.f_globals.get("__name__", "")
        if _is_within(module, PACKAGES):
            return module, line
    return "", 0


def _is_within(module: str, packages: tuple[str, ...]) -> bool:
    return any(f"{module}.".startswith(f"{package}.") for package in packages)
