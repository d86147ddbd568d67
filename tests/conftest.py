"""Makes the golden numbers importable as ``golden``, keeps PyTorch to one thread, and chooses the device.

Some tests fork a process to kill it; a fork of a process whose OpenMP threads are up would wait for them for ever.
"""

import os
import sys
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import pytest
import torch

torch.set_num_threads(1)
sys.path.insert(0, str(Path(__file__).parent))

from pretended_gpu import PretendedGPU, TrueGPU  # noqa: E402

FOLLOWS = ("losses", "models/encoders", "models/generators", "models/discriminators", "models/layers", "models/au")
"""Folders whose tests make their tensors on ``--device``.

The others make them from files and arrays on the host, or leave the device to the program that they run: training
takes a GPU where there is one. Every registered component also has a test that takes it from the host to a GPU.
"""


def pytest_addoption(parser):
    parser.addoption(
        "--device",
        choices=("cpu", "cuda", "pretended"),
        default="cpu",
        help="where tests make their tensors; 'pretended': on a GPU that is none, see tests/pretended_gpu.py",
    )


@pytest.fixture
def device(request):
    """The device that was asked for, as the host names it."""
    return "cpu" if request.config.getoption("device") == "cpu" else "cuda"


@pytest.fixture
def gpu(request):
    """Class of contexts in which ``cuda`` can be used: a true GPU with ``--device cuda``, else the pretended one."""
    return TrueGPU if request.config.getoption("device") == "cuda" else PretendedGPU


@pytest.fixture(autouse=True)
def default_device(request):
    """Let tests make their tensors on the device that was asked for, unless they are marked ``cpu_only``."""
    asked = request.config.getoption("device")
    place = Path(request.path).relative_to(Path(__file__).parent).as_posix()
    if asked == "cpu" or not place.startswith(FOLLOWS) or request.node.get_closest_marker("cpu_only"):
        yield
        return
    with PretendedGPU(default=True) if asked == "pretended" else torch.device("cuda"):
        yield
