"""How the tools meet the user: one clear line for every foreseeable trouble, a list for missing licensed files."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import sys
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess

from aucgan.engine.loop.processes import launched_rank, part_processes
from aucgan.engine.loop.threads import limit_threads
from aucgan.files.licensed_files import MissingAssetsError
from aucgan.process.errors import ConfigError, EndedElsewhere, UserError
from aucgan.process.stopping import Stop, interruptible, stop_signals

AGAIN = "call it again to start anew"


def run_tool(
    program: str, action: Callable[[], object], traceback: bool = False, doing: str = "", kept: str = AGAIN
) -> int:
    """Run a tool's action, and give the code to leave with.

    Ctrl-C and SIGTERM end it with one line, without temporary files and without processes that it started.

    Args:
        program: Name of the tool, for messages.
        action: What the tool does.
        traceback: Let errors through, to see where they come from.
        doing: What it does in words, in case it is interrupted where nothing more exact is known.
        kept: What an interruption leaves, and how to continue.
    """
    logging.raiseExceptions = traceback  # a log file that cannot be written is no reason for a traceback at each line
    limit_threads()
    others = multiprocessing.active_children()
    with stop_signals():
        try:
            with interruptible(doing, kept):
                code = _run(program, action, traceback)
        except Stop as stop:
            if launched_rank() == 0:
                print(f"{program}: {stop}", file=sys.stderr)
            code = stop.exit_code
        _end_processes(others)
        return code


def _run(program: str, action: Callable[[], object], traceback: bool) -> int:
    try:
        action()
        part_processes()
        return 0
    except UserError as error:
        if traceback:
            raise
        if error.shared:
            part_processes()
        if (launched_rank() == 0 or not error.shared) and not isinstance(error, EndedElsewhere):
            print(f"{program}: {_one_line(error)}", file=sys.stderr)
        return error.exit_code
    except MissingAssetsError as error:
        if traceback:
            raise
        print(f"{program}: {error}", file=sys.stderr)
        return ConfigError.exit_code
    except OSError as error:
        if traceback:
            raise
        print(f"{program}: {_one_line(error)}", file=sys.stderr)
        return 1


def _end_processes(others: Sequence[BaseProcess]) -> None:
    """End the processes that were started after the others; Python would wait for them."""
    if set(multiprocessing.active_children()) <= set(others):
        return
    gc.collect()  # data loaders end their processes when they go
    for process in set(multiprocessing.active_children()) - set(others):
        process.kill()
        process.join()


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
