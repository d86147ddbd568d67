"""How the data loader's processes start."""

import sys
from collections.abc import Iterator
from types import TracebackType

from mmengine.registry import FUNCTIONS
from torch.utils.data import DataLoader

from aucgan.process.stopping import leave_signals_to_parent


@FUNCTIONS.register_module()
def quiet_loader_process(worker_id: int) -> None:
    """Leave Ctrl-C and SIGTERM to the main process, which ends the loader's processes itself.

    Both reach the whole process group: a loader process that died of them would print a traceback, or break the
    step after which the main process wants to write its last checkpoint.
    """
    leave_signals_to_parent()
    sys.excepthook = _report


def end_loader_processes(batches: Iterator | None) -> None:
    """End the processes behind an iterator over a data loader.

    They do not heed SIGTERM, which is how Python would end persistent ones when the program ends: it would wait for
    them for ever. PyTorch has no public call for it.
    """
    shut_down = getattr(batches, "_shutdown_workers", None)
    if shut_down is not None:
        shut_down()


def end_persistent_processes(loader: DataLoader) -> None:
    """End the processes that a data loader keeps between its passes; the next pass starts new ones.

    Left to the garbage collector they would not hear of the end, since their queue may be collected first.
    """
    end_loader_processes(getattr(loader, "_iterator", None))
    loader._iterator = None


def _report(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Errors of the data set reach the main process another way; a broken connection means that it has ended."""
    if not issubclass(kind, ConnectionError):
        sys.__excepthook__(kind, error, traceback)
