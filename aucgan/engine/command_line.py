"""How the tools meet the user: one clear line for every foreseeable trouble, a list for missing licensed files."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from aucgan.assets.real_assets import MissingAssetsError
from aucgan.engine.errors import ConfigError, EndedElsewhere, UserError
from aucgan.engine.processes import launched_rank, part_processes

INTERRUPTED_EXIT_CODE = 128 + 2
KEPT = "what was checkpointed is kept, --resume continues from it"


def run_tool(program: str, action: Callable[[], object], traceback: bool = False, kept: str = KEPT) -> int:
    """Run a tool's action, and give the code to leave with.

    Args:
        program: Name of the tool, for messages.
        action: What the tool does.
        traceback: Let errors through, to see where they come from.
        kept: What an interruption leaves, in words.
    """
    logging.raiseExceptions = traceback  # a log file that cannot be written is no reason for a traceback at each line
    try:
        action()
        part_processes()
        return 0
    except KeyboardInterrupt:
        print(f"{program}: interrupted; {kept}", file=sys.stderr)
        return INTERRUPTED_EXIT_CODE
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


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
