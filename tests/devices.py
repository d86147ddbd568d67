"""On which device tests make their tensors, and how numbers of the host get there."""

from typing import ClassVar

import torch
from torch.overrides import TorchFunctionMode

FILES = "reads and writes files, from and into main memory"
PROGRAMS = "calls programs, which choose their device themselves: a GPU where there is one"
NUMPY = "geometry in NumPy, drawn or posed on the host"
GOES = "goes from the host to a GPU itself"
FORKS = "forks processes, which cannot use the GPU of their parent"
EXACT = "trains bit for bit and in forked processes, which is promised on the CPU alone"

ON_HOST = {
    "apis": PROGRAMS,
    "benchmarks": PROGRAMS,
    "datasets": "samples are made on the host, in loader processes; the step copies them",
    "detection": "detectors run on the host",
    "engine": EXACT,
    "engine/test_ema.py::test_all_tensors_are_averaged_at_once": None,
    "engine/test_sam.py": None,
    "experiments": PROGRAMS,
    "files": FILES,
    "heads": NUMPY,
    "losses/test_losses_on_a_gpu.py": GOES,
    "models/au/test_shared_statistics.py": FORKS,
    "models/reconstructors/test_r1_precision.py": "scales its loss on the CPU, as a GPU without bfloat16 does",
    "models/reconstructors/test_steps_on_a_gpu.py": GOES,
    "models/test_models_on_a_gpu.py": GOES,
    "mutation": "changes source files",
    "process": "asks the system",
    "renderers/test_renderers_on_a_gpu.py": GOES,
    "test_configs.py": PROGRAMS,
    "test_devices.py::test_by_default_tensors_are_made_there_and_seeded_numbers_are_those_of_the_host": GOES,
    "test_pretended_gpu.py": GOES,
    "test_safe_loading.py": FILES,
    "tools": PROGRAMS,
    "viewer": "serves a page from threads of its own, drawn on the host",
}
"""Tests that make their tensors on the host whatever ``--device`` says, by the beginning of their names.

Each has its reason, or nothing where a part of a folder follows all the same; the longest name counts. All other tests
follow.
"""


def reason_for_the_host(nodeid: str) -> str | None:
    """Why a test makes its tensors on the host; nothing where it follows ``--device``."""
    name = nodeid.removeprefix("tests/")
    starts = [start for start in ON_HOST if name == start or name.startswith((f"{start}/", f"{start}::", f"{start}["))]
    return ON_HOST[max(starts, key=len)] if starts else None


def hide_gpu() -> None:
    """Let programs of this process find none, for good."""
    torch.cuda.is_available = lambda: False


class SeededOnHost(TorchFunctionMode):
    """Where another device is the default, numbers of a generator on the host are drawn there and sent.

    So a seeded test has the same numbers on every device.
    """

    DRAWS: ClassVar = {torch.rand, torch.randn, torch.randint, torch.randperm}

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if func not in self.DRAWS or kwargs.get("generator") is None or kwargs.get("device") is not None:
            return func(*args, **kwargs)
        wants_gradient = kwargs.pop("requires_grad", False)
        drawn = func(*args, **kwargs, device="cpu")
        return drawn.to(torch.empty(0).device).requires_grad_(wants_gradient)


def here(module):
    """A module, or a tensor, on the default device; arrays of a head make buffers on the host, as in training."""
    return module.to(torch.empty(0).device)
