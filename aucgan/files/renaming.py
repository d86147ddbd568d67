"""Renaming files on systems that refuse it for a moment."""

from __future__ import annotations

import os
import time
from pathlib import Path

IN_USE = (5, 32)
"""Windows' errors of a rename while another program has the file open: access denied, sharing violation."""
PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""Seconds between attempts at such a rename."""


def replace(source: str | Path, target: str | Path) -> None:
    """Rename a file to a name that may exist; where another program has one of the two open, when it is done.

    Windows refuses to rename such a file, and virus scanners and indexers open every new one for a moment.
    """
    for pause in PAUSES:
        try:
            return os.replace(source, target)
        except PermissionError as error:
            if getattr(error, "winerror", None) not in IN_USE:
                raise
            time.sleep(pause)
    os.replace(source, target)
