"""Makes the golden numbers importable as ``golden`` from every test, and keeps PyTorch to one thread.

Some tests fork a process to kill it; a fork of a process whose OpenMP threads are up would wait for them for ever.
"""

import os
import sys
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import torch

torch.set_num_threads(1)
sys.path.insert(0, str(Path(__file__).parent))
