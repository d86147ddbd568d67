"""Programs run side by side, end together, and say who failed. They meet through named pipes, never by waiting."""

import os
import signal
import sys
from dataclasses import replace

import pytest

from aucgan.engine.plan.side_by_side import Job, run_jobs
from aucgan.process.errors import Interrupted, Terminated, UserError

ALARM = "import os, signal, sys; signal.alarm(30)\n"  # a failure of the test must not hang
HEEDS_SIGTERM = """
def leave(*_):
    open("ended", "w").close()
    sys.exit(143)
signal.signal(signal.SIGTERM, leave)
open("pipe", "w").close()
while True:
    signal.pause()
"""


@pytest.fixture(autouse=True)
def pipes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("pipe", "back"):
        os.mkfifo(name)
    return tmp_path


def job(name, source, needs=()):
    return Job(f"train {name}", name, (sys.executable, "-S", "-c", ALARM + source), tuple(needs))


def test_independent_jobs_run_at_the_same_time_with_their_share(capfd):
    first = job("a", "open('pipe', 'w').close(); open('back').close(); print(os.environ['OMP_NUM_THREADS'])")
    second = job("b", "open('pipe').close(); open('back', 'w').close(); print('bad', file=sys.stderr)")
    assert set(run_jobs([first, second], at_once=2, threads=6)) == {"train a", "train b"}
    output = capfd.readouterr()
    assert "a | 3\n" in output.out and output.err == "b | bad\n"
    assert "now: train b, beside 1 more, with 3 of 6 threads" in output.out


def test_what_is_needed_comes_first_and_a_lone_job_has_the_terminal(capfd):
    last = job("c", "assert open('a').read() == 'done'; print('c')", ["train a", "train what exists already"])
    first = job("a", "open('a', 'w').write('done'); print('a')")
    run_jobs([last, first], at_once=4, threads=6)
    assert capfd.readouterr().out == "now: train a\na\nnow: train c\nc\n"


def test_one_after_the_other_when_asked(capfd):
    run_jobs([job(name, f"print('{name}')") for name in "ab"], at_once=1, threads=2)
    assert capfd.readouterr().out == "now: train a\na\nnow: train b\nb\n"


def test_the_others_end_when_one_fails(pipes):
    fails = job("a", "open('pipe').close(); sys.exit(3)")
    never = job("c", "open('started', 'w').close()", ["train a"])
    message = "'train a' failed with exit code 3; train b ended with a checkpoint, the same command continues it"
    with pytest.raises(UserError, match=message):
        run_jobs([fails, job("b", HEEDS_SIGTERM), never], at_once=3, threads=2)
    assert (pipes / "ended").exists() and not (pipes / "started").exists()


@pytest.mark.parametrize(("number", "error"), [(signal.SIGTERM, Terminated), (signal.SIGINT, Interrupted)])
def test_being_asked_to_end_ends_all(pipes, number, error):
    asks = job("a", f"open('pipe').close(); os.kill(os.getppid(), {int(number)}); signal.pause()")
    with pytest.raises(error, match="during train [ab] and train [ab]; the same command continues what was begun"):
        run_jobs([asks, job("b", HEEDS_SIGTERM), job("c", "", ["train a"])], at_once=2, threads=2)
    assert (pipes / "ended").exists()


def test_whoever_hears_of_the_ends_lets_the_others_go_on(pipes, capfd):
    heard = []
    jobs = [job("a", "print('bad'); sys.exit(3)"), job("b", "print('good')", ["train a"])]
    jobs = [replace(one, log=pipes / "logs" / f"{one.label}.log") for one in jobs]
    run_jobs(jobs, 2, 2, lambda one, code, seconds: heard.append((one.name, code, seconds > 0)))
    assert heard == [("train a", 3, True), ("train b", 0, True)]
    assert [path.read_text(encoding="utf-8") for path in sorted((pipes / "logs").iterdir())] == ["bad\n", "good\n"]
    assert capfd.readouterr().out == ""


def test_an_error_of_whoever_hears_of_an_end_ends_the_others(pipes):
    def fail(*_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_jobs([job("a", "open('pipe').close()"), job("b", HEEDS_SIGTERM)], 2, 2, fail)
    assert (pipes / "ended").exists()
