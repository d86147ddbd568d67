"""How the data loader's processes start."""

import signal
import sys

from mmengine.registry import FUNCTIONS


@FUNCTIONS.register_module()
def quiet_loader_process(worker_id: int) -> None:
    """Leave Ctrl-C and SIGTERM to the main process, which ends the loader's processes itself.

    Both reach the whole process group: a loader process that died of them would print a traceback, or break the
    step after which the main process wants to write its last checkpoint.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.excepthook = _report


def _report(kind, error, traceback) -> None:
    """Errors of the data set reach the main process another way; a broken connection means that it has ended."""
    if not issubclass(kind, ConnectionError):
        sys.__excepthook__(kind, error, traceback)
