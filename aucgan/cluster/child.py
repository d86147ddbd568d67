"""The process that does pieces; ``python -m aucgan.cluster.child``, started by :mod:`aucgan.cluster.piece_process`.

It hears pickled frames on its standard input, from its parent alone, and answers on its standard output. When the
parent is gone the input ends, and so does this process, in whatever it is doing.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
from queue import SimpleQueue
from typing import IO, Any

from aucgan.cluster.work import Doing, told
from aucgan.process.errors import UserError
from aucgan.process.stopping import leave_signals_to_parent

READY, DONE, FAILED, UNUSABLE = "ready", "done", "failed", "unusable"


def main() -> None:
    """Do what comes until nothing comes any more."""
    leave_signals_to_parent()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what the work prints is no answer
    frames: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_hear, args=(sys.stdin.buffer, frames), daemon=True).start()
    doing = _make(frames.get(), answers)
    while doing is not None:
        _do(doing, frames.get(), answers)


def _hear(stream: IO[bytes], frames: SimpleQueue[bytes]) -> None:
    while True:
        try:
            frames.put(pickle.load(stream))
        except (EOFError, OSError, pickle.UnpicklingError):
            os._exit(0)


def _make(frame: bytes, answers: IO[bytes]) -> Doing | None:
    try:
        folder, request = pickle.loads(frame)
        if os.path.isdir(folder):
            os.chdir(folder)  # relative paths are the caller's
        work = pickle.loads(request)
        doing = work.make(work.settings)
    except UserError as error:
        _answer(answers, UNUSABLE, " ".join(str(error).split()))
    except Exception as error:
        _answer(answers, UNUSABLE, told(error))
    else:
        _answer(answers, READY, None)
        return doing
    return None


def _do(doing: Doing, frame: bytes, answers: IO[bytes]) -> None:
    try:
        inputs = [pickle.loads(one) for one in pickle.loads(frame)]
        values = [pickle.dumps(value) for value in doing(inputs)]
        if len(values) != len(inputs):
            raise ValueError(f"the work gave {len(values)} results for {len(inputs)} inputs")
    except UserError as error:
        _answer(answers, UNUSABLE, " ".join(str(error).split()))
    except Exception as error:
        _answer(answers, FAILED, told(error))
    else:
        _answer(answers, DONE, values)


def _answer(stream: IO[bytes], kind: str, content: Any) -> None:
    pickle.dump((kind, content), stream)
    stream.flush()


if __name__ == "__main__":
    main()
