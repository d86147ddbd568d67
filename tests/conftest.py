"""Makes the golden numbers importable as ``golden``, keeps PyTorch to one thread, and chooses the device.

Some tests fork a process to kill it; a fork of a process whose OpenMP threads are up would wait for them for ever.
"""

import os
import sys
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import patch

os.environ["OMP_NUM_THREADS"] = "1"

import pytest
import torch

torch.set_num_threads(1)
sys.path.insert(0, str(Path(__file__).parent))

from devices import EXACT, SeededOnHost, hide_gpu, reason_for_the_host  # noqa: E402
from precisions import PRECISIONS  # noqa: E402
from pretended_gpu import PretendedGPU, TrueGPU  # noqa: E402

os.register_at_fork(after_in_child=hide_gpu)  # a fork cannot use the GPU of its parent


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


@pytest.fixture(params=PRECISIONS, ids=str)
def precision(request):
    """Each way of computing that registered components promise, see tests/precisions.py."""
    return request.param


@pytest.fixture
def double():
    """The way of computing that the others are measured by."""
    return PRECISIONS[1]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Let a test and its fixtures make their tensors on the device that was asked for, unless they stay on the host."""
    asked, reason = item.config.getoption("device"), reason_for_the_host(item.nodeid)
    if asked == "cpu":
        return (yield)
    if reason:
        with patch.object(torch.cuda, "is_available", lambda: False) if reason == EXACT else nullcontext():
            return (yield)
    with PretendedGPU(default=True) if asked == "pretended" else torch.device("cuda"), SeededOnHost():
        return (yield)
