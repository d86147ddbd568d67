"""Signals are taken where that is possible, and always given back: in threads, in notebooks, after exceptions."""

import asyncio
import signal
import sys
import threading
from pathlib import Path

import pytest
import toy_components
from mmengine.config import Config

from aucgan.engine.config.defaults import complete
from aucgan.engine.hooks.progress_hook import ProgressHook
from aucgan.engine.loop.runner import Runner
from aucgan.engine.plan.side_by_side import Job, run_jobs
from aucgan.process import stopping
from aucgan.process.errors import Interrupted
from aucgan.process.stopping import Stop, TakenSignals, stop_signals

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture(autouse=True)
def ctrl_c_as_in_a_terminal():
    """A test run that was started in the background ignores Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def handlers():
    return [signal.getsignal(number) for number in SIGNALS]


def in_a_thread(action):
    """What an action gives or raises in another thread."""
    found = []

    def run():
        try:
            found.append(action())
        except BaseException as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if isinstance(found[0], BaseException):
        raise found[0]
    return found[0]


def toy_runner(workspace):
    cfg = complete(Config.fromfile(workspace / "toy.py"))
    cfg.work_dir = str(workspace / "run")
    return Runner.from_cfg(cfg)


def a_job(source=""):
    return Job("train a", "a", (sys.executable, "-S", "-c", source))


def test_a_training_runs_in_a_thread(workspace):
    before = handlers()
    in_a_thread(toy_runner(workspace).train)
    assert (workspace / "run" / "final.pth").is_file() and handlers() == before


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
@pytest.mark.parametrize("moment", ["ToyModel.train_step", "ToyError.process", "ProgressHook.before_train"])
def test_a_training_that_fails_gives_the_signals_back(workspace, monkeypatch, moment, error):
    def fail(*args, **kwargs):
        raise error

    name, method = moment.split(".")
    owner = {"ProgressHook": ProgressHook}.get(name) or getattr(toy_components, name)
    monkeypatch.setattr(owner, method, fail)
    before = handlers()
    with pytest.raises(error):
        toy_runner(workspace).train()
    assert handlers() == before


def test_ctrl_c_ends_a_training_in_a_notebook_and_the_next_one_is_python_s_own(workspace, monkeypatch):
    step = toy_components.ToyModel.train_step

    def interrupted(self, *args, **kwargs):
        signal.raise_signal(signal.SIGINT)
        return step(self, *args, **kwargs)

    monkeypatch.setattr(toy_components.ToyModel, "train_step", interrupted)
    with pytest.raises(Interrupted, match="at iteration 1; continue from .*iter_1.pth"):
        toy_runner(workspace).train()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_a_second_ctrl_c_does_not_wait_for_the_iteration(workspace, monkeypatch):
    def interrupted(*args, **kwargs):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    before = handlers()
    monkeypatch.setattr(toy_components.ToyModel, "train_step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        toy_runner(workspace).train()
    assert handlers() == before


class Terminal:
    """Standard output that says it is a terminal."""

    def __init__(self, stream):
        self.stream = stream

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def isatty(self):
        return True


@pytest.mark.parametrize("method", ["train", "test"])
def test_a_failure_closes_the_progress_bar(workspace, monkeypatch, method):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(sys, "stdout", Terminal(sys.stdout))
    monkeypatch.setattr(toy_components.ToyError, "process", fail)
    runner = toy_runner(workspace)
    with pytest.raises(ZeroDivisionError):
        getattr(runner, method)()
    assert [hook.progress for hook in runner.hooks if isinstance(hook, ProgressHook)] == [None]


def test_jobs_run_in_a_thread():
    before = handlers()
    assert set(in_a_thread(lambda: run_jobs([a_job()], 1, 1))) == {"train a"}
    assert handlers() == before


def test_jobs_run_beside_the_event_loop_of_a_notebook():
    async def cell():
        return run_jobs([a_job()], 1, 1)

    before = handlers()
    assert set(asyncio.run(cell())) == {"train a"}
    assert handlers() == before


def test_ctrl_c_reaches_jobs_beside_the_event_loop_of_a_notebook(tmp_path):
    source = (
        "import os, signal\nos.kill(os.getppid(), signal.SIGINT)\n"
        "signal.alarm(30)\nsignal.pause()\n"  # until it is asked to end
    )

    async def cell():
        run_jobs([a_job(source)], 1, 1)

    with pytest.raises(Interrupted, match="asked to end by Ctrl-C during train a"):
        asyncio.run(cell())


def test_a_job_that_cannot_start_gives_the_signals_back():
    before = handlers()
    with pytest.raises(FileNotFoundError):
        run_jobs([Job("a", "a", (str(Path("no such program")),))], 1, 1)
    assert handlers() == before


def test_taking_is_undone_when_a_signal_comes_in_the_middle_of_it(monkeypatch):
    before, taken = handlers(), []
    really = signal.signal

    def interrupted(number, handler):
        really(number, handler)
        taken.append(number)
        if len(taken) == 1:
            raise Stop(signal.SIGINT)

    monkeypatch.setattr(signal, "signal", interrupted)
    with pytest.raises(Stop), stop_signals():
        pass
    assert handlers() == before and taken[0] == taken[-1]


def test_a_handler_that_python_does_not_know_stays(monkeypatch):
    """One that a program has set in C, which ``signal.getsignal`` gives as ``None``, could not be given back."""
    really, taken = signal.getsignal, []
    monkeypatch.setattr(signal, "getsignal", lambda n: None if n == signal.SIGTERM else really(n))
    monkeypatch.setattr(signal, "signal", lambda number, handler: taken.append(number))
    with TakenSignals(print):
        pass
    assert set(taken) == set(stopping.CAUSES) - {signal.SIGTERM}


def test_elsewhere_than_in_the_main_thread_nothing_is_taken():
    before = handlers()

    def within():
        with TakenSignals(print):
            return handlers()

    assert in_a_thread(within) == before
