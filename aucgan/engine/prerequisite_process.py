"""Training a prerequisite in a process of its own, so that nothing global leaks from one run into the next."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from aucgan.engine.errors import Terminated, UserError


def run_prerequisite(script: Path, config: Path, options: Sequence[str]) -> None:
    """Call ``script config options`` and wait; SIGTERM is passed on, so that the child can checkpoint.

    Raises:
        Terminated: This process was asked to end meanwhile.
        UserError: The training failed; its own message is already on the terminal.
    """
    process = subprocess.Popen([sys.executable, str(script), str(config), *options])
    asked_to_end = False

    def pass_on(signum, frame) -> None:
        nonlocal asked_to_end
        asked_to_end = True
        process.terminate()

    old_handler = signal.signal(signal.SIGTERM, pass_on)
    try:
        code = process.wait()
    except KeyboardInterrupt:
        process.wait()  # the terminal sends Ctrl-C to the child as well
        raise
    finally:
        signal.signal(signal.SIGTERM, old_handler)
    if asked_to_end:
        raise Terminated(f"asked to end by SIGTERM while training {config}; the same command continues it")
    if code:
        raise UserError(f"training the prerequisite {config} failed with exit code {code}")
