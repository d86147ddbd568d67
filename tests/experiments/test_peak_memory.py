"""The peak of memory of the measuring process."""

import os
import subprocess
import sys

import pytest

from aucgan.experiments import measure
from aucgan.experiments.measure import own_peak


def test_peak_in_the_text_of_linux():
    assert own_peak("Name:\tpython\nVmPeak:\t  900 kB\nVmHWM:\t    8736 kB\nVmRSS:\t 10 kB\n") == 8736 * 1024


IN_A_PROCESS_OF_ITS_OWN = """
import numpy as np
import torch
from aucgan.experiments import measure
measure.current_device = lambda: torch.device("cpu")
size = 64 * measure.MEBI
block = np.ones(size, np.uint8)
before = measure._peak_memory()
del block
measure._forget_peak()
after = measure._peak_memory()
assert after < before - size / 2, (before, after)
block = np.ones(size, np.uint8)
assert measure._peak_memory() > after + size / 2 and block[-1] == 1, after
"""


@pytest.mark.skipif(not os.access(measure.PEAK_RESET, os.W_OK), reason="only Linux lets a process forget its peak")
def test_what_came_before_the_steps_does_not_count():
    """In a process of its own: what other tests allocated and freed would blur it."""
    subprocess.run([sys.executable, "-c", IN_A_PROCESS_OF_ITS_OWN], check=True)
