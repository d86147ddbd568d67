"""Works of the tests; processes of workers import them from here."""

import os
import signal
import time
from pathlib import Path

from aucgan.process.errors import UserError


def squares(settings):
    """Squares numbers; strings say what to do instead. Each loading and each input leaves a line in a file."""

    def note(text):
        with Path(settings).open("a", encoding="utf-8") as file:
            file.write(f"{text} {os.getpid()}\n")

    def deed(number):
        note(f"input {number}")
        if number == "abort":
            os.abort()
        if number == "hang":
            while True:
                time.sleep(60)
        if number == "raise":
            raise ValueError("no number")
        if number == "refuse":
            raise UserError("the disk is full")
        return number**2

    note(f"loaded {os.getcwd()}")
    return lambda numbers: [deed(number) for number in numbers]


def kill_worker_once(path):
    """Kills the worker that asked, with SIGKILL, the first time that it sees the input 3."""

    def deed(number):
        if number == 3:
            try:
                Path(path).touch(exist_ok=False)
            except FileExistsError:
                return number
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(60)
        return number

    return lambda numbers: [deed(number) for number in numbers]


def unusable(settings):
    raise UserError("no such\nhead")


def sleeper(path):
    """Writes its own number and its parent's, then hangs."""

    def hang(inputs):
        Path(path).write_text(f"{os.getpid()} {os.getppid()}", encoding="utf-8")
        while True:
            time.sleep(60)

    return hang
