"""Keep freed memory in the process.

glibc maps every large block anew and gives it back when it is freed, so that a computation made of megabyte tensors
spends a third of its time on page faults. It stops doing so for blocks up to the size of the largest that was mapped
and freed before, within this limit.
"""

from __future__ import annotations

import torch

LARGEST_KEPT = 32 * 2**20 - 2**14
"""Bytes; just below glibc's upper limit for this rule (``DEFAULT_MMAP_THRESHOLD_MAX``)."""


def keep_freed_memory() -> None:
    """Have freed blocks below 32 MiB reused instead of returned to the system.

    Affects the process: it may hold up to 64 MiB that it does not use. The block itself is never touched. Without
    effect where the C library is another or ``MALLOC_*_THRESHOLD_`` in the environment says otherwise.
    """
    torch.empty(LARGEST_KEPT, dtype=torch.uint8)
