"""Work in pieces on a real local cluster: every input has one outcome, whatever dies."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import deeds
import pytest

from aucgan.cluster import Outcome, Work, in_pieces, run_pieces
from aucgan.cluster.clusters import LocalCluster
from aucgan.cluster.work import Rules
from aucgan.process.errors import ConfigError, UserError
from aucgan.registry import CLUSTERS

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def two():
    """Two workers, started once for all tests."""
    with LocalCluster(workers=2).start() as cluster:
        yield dict(type="Scheduler", address=cluster.scheduler_address)


def named(*contents, size=1):
    return in_pieces([(str(content), content) for content in contents], size)


def squares_of(*contents):
    return {str(content): Outcome(str(content), content**2) for content in contents}


def by_name(outcomes):
    outcomes = list(outcomes)
    found = {outcome.name: outcome for outcome in outcomes}
    assert len(found) == len(outcomes), "an input came twice"
    return found


@pytest.fixture
def notes(tmp_path):
    return tmp_path / "notes.txt"


@pytest.fixture
def work(notes):
    return Work("squares", deeds.squares, str(notes))


def counted(notes, text):
    return sum(line.startswith(text + " ") for line in notes.read_text(encoding="utf-8").splitlines())


def alive(pid):
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


def wait_until_gone(*pids):
    deadline = time.monotonic() + 60
    while any(alive(pid) for pid in pids):
        assert time.monotonic() < deadline, "processes outlive their parent"
        os.sched_yield()


def test_in_this_process(work, notes):
    found = by_name(run_pieces(work, named(1, 2, "raise", 3, 2, size=3)))
    assert found == squares_of(1, 2, 3) | {"raise": Outcome("raise", failure="ValueError: no number")}
    assert counted(notes, "loaded") == 1
    with pytest.raises(UserError, match="the disk is full"):
        list(run_pieces(work, named("refuse")))


@pytest.mark.slow
def test_outcomes_are_complete_and_models_loaded_once_a_worker(two, work, notes):
    said = []
    found = by_name(run_pieces(work, named(*range(200), 5, "raise", size=4), two, say=said.append))
    assert found == squares_of(*range(200)) | {"raise": Outcome("raise", failure="ValueError: no number")}
    loaded = {line for line in notes.read_text(encoding="utf-8").splitlines() if line.startswith("loaded ")}
    assert len(loaded) == counted(notes, "loaded") <= 2 and all(os.getcwd() in line for line in loaded)
    assert len(said) == 1 and "2 workers at tcp://127.0.0.1:" in said[0] and "dashboard: http://127.0.0.1" in said[0]


@pytest.mark.slow
def test_what_kills_its_process_is_tried_three_times_and_named(two, work, notes):
    found = by_name(run_pieces(work, named(1, 2, "abort", 3, 4, size=5), two))
    assert found.pop("abort").failure == "its process was ended by SIGABRT, 3 times"
    assert found == squares_of(1, 2, 3, 4)
    assert counted(notes, "input abort") == 3 and counted(notes, "input 4") == 1


@pytest.mark.slow
def test_what_hangs_meets_its_limit(two, work, notes):
    found = by_name(run_pieces(work, named("hang", 1, 2, size=3), two, Rules(seconds=3)))
    assert found.pop("hang").failure == "it took longer than 3 s"
    assert found == squares_of(1, 2) and counted(notes, "input hang") == 2, "once in the piece and once alone"


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_nothing(two, tmp_path):
    work = Work("kill", deeds.kill_worker_once, str(tmp_path / "killed"))
    found = by_name(run_pieces(work, named(*range(12)), two))
    assert (tmp_path / "killed").exists()
    assert found == {str(number): Outcome(str(number), number) for number in range(12)}


@pytest.mark.slow
def test_work_that_cannot_be_done_ends_the_run(two):
    with pytest.raises(UserError, match="^no such head$"):
        list(run_pieces(Work("none", deeds.unusable), named(1, 2), two))


@pytest.mark.slow
def test_pieces_that_belong_together_are_not_divided(two, work, notes):
    found = by_name(run_pieces(work, named(1, "abort", size=2), two, Rules(divisible=False)))
    assert {outcome.failure for outcome in found.values()} == {"its process was ended by SIGABRT, 3 times"}
    assert counted(notes, "input 1") == 3


@pytest.mark.slow
def test_workers_end_with_their_parent(tmp_path):
    """Also when nobody could ask them to."""
    script = tmp_path / "script.py"
    script.write_text(
        "import deeds\nfrom aucgan.cluster import Work, run_pieces\n"
        f"if __name__ == '__main__':\n    list(run_pieces(Work('sleep', deeds.sleeper, {str(tmp_path / 'ids')!r}), "
        f"[[('a', 1)]], {dict(type='LocalCluster', workers=1)}))\n",
        encoding="utf-8",
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen([sys.executable, str(script)], env=environment) as parent:
        while not (tmp_path / "ids").exists() or " " not in (tmp_path / "ids").read_text(encoding="utf-8"):
            assert parent.poll() is None
            os.sched_yield()
        parent.send_signal(signal.SIGKILL)
    wait_until_gone(*map(int, (tmp_path / "ids").read_text(encoding="utf-8").split()))


def test_nobody_is_heard_beyond_the_loopback_address_unless_a_config_says_so():
    assert LocalCluster().host == "127.0.0.1"
    built = CLUSTERS.build(dict(type="LocalCluster", host="10.0.0.1"))
    assert built.host == "10.0.0.1"


def test_security_is_dasks():
    from aucgan.cluster.clusters import security_of

    made = security_of(dict(tls_ca_file="ca.pem", require_encryption=True))
    assert made.tls_ca_file == "ca.pem" and made.require_encryption and security_of(None) is None
    with pytest.raises(ConfigError, match="tls_ca_fil"):
        security_of(dict(tls_ca_fil="ca.pem"))


def test_slips_are_named():
    with pytest.raises(ConfigError, match="SLURMCluster"):
        CLUSTERS.build(dict(type="SLURMCluste"))
    with pytest.raises(ConfigError, match="workers must be at least 1"):
        CLUSTERS.build(dict(type="LocalCluster", workers=0))
    with pytest.raises(ValueError, match="positive"):
        Rules(tries=0)
