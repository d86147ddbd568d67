"""Errors that the user can mend: the tools print them as one line, without a traceback."""

import signal

from aucgan.process.stopping import CAUSES


class UserError(Exception):
    """Something outside the code is wrong: a config, a path, a file, a broken run.

    Attributes:
        exit_code: What the tools leave with.
        shared: Whether all processes of a distributed training meet it, so that it is enough if one says so.
    """

    exit_code = 1
    shared = False


class ConfigError(UserError):
    """A config, or an option of the command line, is wrong."""

    exit_code = 2
    shared = True


class DeviceError(ConfigError, ValueError):
    """A device does not exist, or cannot be used here."""


class CheckpointError(UserError):
    """A checkpoint cannot be read, written or used."""


class FeatureError(UserError):
    """Stored features of photos are missing, stale or damaged."""


class NonFiniteError(UserError):
    """A loss became NaN or infinite."""

    exit_code = 3


class EndedElsewhere(NonFiniteError):
    """A loss became NaN or infinite in another process of the same training, which says so."""

    shared = True


class Terminated(UserError):
    """The process was asked to end, and did so after writing a checkpoint."""

    exit_code = 128 + 15
    shared = True


class Interrupted(UserError):
    """The user pressed Ctrl-C; the run ended after writing a checkpoint."""

    exit_code = 128 + 2
    shared = True


def asked_to_end(number: int, when: str) -> Terminated | Interrupted:
    """The error of a process that a signal asked to end.

    Args:
        number: The signal.
        when: What it interrupted, and how to continue; follows ``asked to end by Ctrl-C``.
    """
    kind = Interrupted if number == signal.SIGINT else Terminated
    return kind(f"asked to end by {CAUSES[number]}{when}")
