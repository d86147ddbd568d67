"""What Windows and macOS refuse or lack, faked on this system: files, folders, paths, start methods, modules."""

import errno
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
import torch
from mmengine.config import Config

from aucgan.datasets.procedural import writer
from aucgan.datasets.procedural.writer import generate_dataset
from aucgan.engine.config import smoke
from aucgan.engine.config.config_check import check_paths
from aucgan.engine.config.defaults import complete
from aucgan.engine.config.smoke import shrink
from aucgan.engine.plan import side_by_side
from aucgan.experiments import measure, training
from aucgan.files import renaming
from aucgan.files.atomic import atomic_path, write_text
from aucgan.process import stopping
from aucgan.process.errors import ConfigError
from aucgan.renderers.export.staging import staged
from tools.train import main

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def windows_handles(monkeypatch):
    """As on Windows, no folder can be opened, and only what may be written can be flushed."""
    opened, flushed, writable = os.open, os.fsync, set()

    def open_file(path, flags, *rest, **more):
        if Path(path).is_dir():
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        handle = opened(path, flags, *rest, **more)
        if flags & (os.O_RDWR | os.O_WRONLY):
            writable.add(handle)
        return handle

    def flush(handle):
        if handle not in writable:
            raise OSError(errno.EBADF, "Bad file descriptor")
        flushed(handle)

    monkeypatch.setattr(os, "open", open_file)
    monkeypatch.setattr(os, "fsync", flush)


def test_files_are_flushed_where_folders_cannot_be(tmp_path, windows_handles):
    write_text(tmp_path / "a.txt", "whole")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"] and (tmp_path / "a.txt").read_text(
        encoding="utf-8"
    ) == "whole"


@pytest.mark.parametrize(("number", "fails"), [(errno.EINVAL, False), (errno.ENOTSUP, False), (errno.EIO, True)])
def test_a_disk_that_fails_at_a_folder_is_told_from_one_that_cannot_flush_it(tmp_path, monkeypatch, number, fails):
    flushed = os.fsync

    def flush(handle):
        if os.path.isdir(f"/proc/self/fd/{handle}"):
            raise OSError(number, os.strerror(number))
        flushed(handle)

    monkeypatch.setattr(os, "fsync", flush)
    if fails:
        with pytest.raises(OSError, match=os.strerror(number)):
            write_text(tmp_path / "a.txt", "whole")
    else:
        write_text(tmp_path / "a.txt", "whole")


def sharing_violation(path, number=32):
    error = PermissionError(errno.EACCES, "The process cannot access the file", str(path))
    error.winerror = number
    return error


@pytest.fixture
def busy(monkeypatch):
    """The first renames fail, as while a virus scanner or a viewer has the file open; the naps are counted."""
    naps, refusals = [], []
    replace = os.replace

    def refuse(source, target):
        if refusals:
            raise refusals.pop()
        replace(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    monkeypatch.setattr(renaming.time, "sleep", naps.append)
    return refusals, naps


@pytest.mark.parametrize("number", [5, 32])
def test_a_file_that_another_program_has_open_is_tried_again(tmp_path, busy, number):
    refusals, naps = busy
    refusals += [sharing_violation(tmp_path / "a.txt", number)] * 3
    write_text(tmp_path / "a.txt", "whole")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "whole" and len(naps) == 3


def test_not_for_ever(tmp_path, busy):
    (tmp_path / "a.txt").write_text("old", encoding="utf-8")
    refusals, naps = busy
    refusals += [sharing_violation(tmp_path / "a.txt")] * 1000
    with pytest.raises(PermissionError, match="cannot access"):
        write_text(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "old" and len(list(tmp_path.iterdir())) == 1
    assert 0.5 < sum(naps) < 5


def test_an_old_checkpoint_that_another_program_reads_stays_for_a_while(workspace, monkeypatch):
    unlink, refusals = Path.unlink, []

    def refuse(self, missing_ok=False):
        if self.name == "iter_3.pth" and not refusals:
            refusals.append(sharing_violation(self))
            raise refusals[0]
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    assert main(["toy.py", "--skip-test"]) == 0
    left = sorted(path.name for path in (workspace / "work_dirs" / "toy").glob("iter_*.pth"))
    assert refusals and left == ["iter_12.pth", "iter_9.pth"]


def test_a_folder_without_rights_is_told_at_once(tmp_path, busy):
    refusals, naps = busy
    refusals += [PermissionError(errno.EACCES, "Permission denied")]
    with pytest.raises(PermissionError), atomic_path(tmp_path / "a.txt") as temporary:
        temporary.write_text("whole", encoding="utf-8")
    assert not naps


def test_exports_are_tried_again_too(tmp_path, busy):
    refusals, naps = busy
    refusals += [sharing_violation(tmp_path / "a.obj")]
    with staged(tmp_path) as stage:
        (stage / "a.obj").write_text("whole", encoding="utf-8")
    assert (tmp_path / "a.obj").read_text(encoding="utf-8") == "whole" and len(naps) == 1


def test_generated_data_take_the_place_of_an_empty_folder(tmp_path, monkeypatch):
    """Windows renames no folder to a name that exists."""
    rename = Path.rename

    def refuse(self, target):
        if Path(target).exists():
            raise FileExistsError(errno.EEXIST, "Cannot create a file when that file already exists", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    monkeypatch.setattr(writer, "_write", lambda root, *_: (root / "meta.json").write_text("{}", encoding="utf-8"))
    (tmp_path / "set").mkdir()
    assert (generate_dataset(tmp_path / "set", 1, 0, 0) / "meta.json").is_file()


CONFIG = """
prepare = [dict(type="ProceduralFaces", root="data/faces", n_train=100, n_val=0, n_test=0)]
prerequisites = [dict(config="configs/a.py", checkpoint="work_dirs/a/final.pth")]
model = dict(init_cfg=dict(type="Pretrained", checkpoint="work_dirs/a/final.pth"))
train_dataloader = dict(batch_size=4, dataset=dict(type="FaceFolder", root="data/faces"))
"""


@pytest.mark.parametrize("system", [PurePosixPath, PureWindowsPath])
def test_paths_in_configs_are_found_whichever_way_the_slash_leans(monkeypatch, system):
    """Configs write ``/`` everywhere; ``str(Path)`` does not on Windows."""
    monkeypatch.setattr(smoke, "Path", system)
    cfg = complete(Config.fromstring(CONFIG, ".py"))
    cfg = shrink(cfg, "tiny")
    moved = (cfg.train_dataloader.dataset.root, cfg.model.init_cfg.checkpoint, cfg.prerequisites[0].checkpoint)
    assert moved == ("tiny/data/faces", "tiny/a/final.pth", "tiny/a/final.pth")


def test_what_is_promised_is_found_as_a_path():
    cfg = Config(dict(dataset=dict(type="FaceFolder", root="data/faces/train")))
    check_paths(cfg, promised=[Path("data", "faces")])
    with pytest.raises(ConfigError, match="data/faces/train does not exist"):
        check_paths(cfg, promised=[Path("data", "face")])


@pytest.mark.parametrize(("system", "method"), [("linux", "fork"), ("darwin", "spawn"), ("win32", "spawn")])
def test_loader_processes_are_forked_on_linux_alone(monkeypatch, system, method):
    monkeypatch.setattr(sys, "platform", system)
    assert complete(Config()).env_cfg.mp_cfg.mp_start_method == method


@pytest.mark.slow
def test_a_training_reads_its_data_in_spawned_processes(workspace, toy_text, monkeypatch):
    """As on macOS and Windows, where nothing is inherited: all that a loader process needs travels to it."""
    more = "train_dataloader.update(num_workers=1)\nenv_cfg = dict(mp_cfg=dict(mp_start_method='spawn'))\n"
    (workspace / "toy.py").write_text(toy_text + more, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(REPOSITORY), str(Path(__file__).parent)]))
    before = multiprocessing.get_start_method()
    try:
        assert main(["toy.py", "--skip-test"]) == 0
    finally:
        multiprocessing.set_start_method(before, force=True)


def test_a_process_that_cannot_be_measured_costs_no_number_not_a_comparison(monkeypatch, tmp_path):
    monkeypatch.setattr(measure, "PROCESS_STATUS", tmp_path / "no such file")
    monkeypatch.setitem(sys.modules, "resource", None)
    monkeypatch.setattr(measure, "current_device", lambda: torch.device("cpu"))
    assert measure._peak_memory() is None


def test_a_job_is_asked_to_end_and_not_ended(monkeypatch):
    """On Windows SIGTERM would end it at once; Ctrl-Break, sent to a group of its own, asks."""
    monkeypatch.setattr(signal, "CTRL_BREAK_EVENT", 1, raising=False)
    monkeypatch.setattr(signal, "SIGBREAK", signal.SIGUSR1, raising=False)
    monkeypatch.setattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 512, raising=False)
    there = {}
    for module in (side_by_side, stopping):
        there |= runpy.run_path(module.__file__, run_name=module.__name__)
    assert (there["ASKING"], there["OWN_GROUP"], there["CAUSES"][signal.SIGUSR1]) == (1, 512, "Ctrl-Break")
    assert side_by_side.OWN_GROUP == 0 and signal.SIGUSR1 not in stopping.CAUSES
    assert training.CONTROL_C_EXIT in training.ENDED_CODES


WITHOUT = """
import asyncio, importlib, multiprocessing, os, pkgutil, shutil, signal, subprocess, sys, tempfile
import matplotlib.pyplot, mmengine.runner, torch.utils.data, torch.multiprocessing, torch.distributed, scipy, rich

for name in ("resource", "fcntl", "pwd", "grp", "termios", "tty", "pty", "syslog"):
    sys.modules[name] = None
for module, names in {
    signal: "SIGKILL SIGALRM SIGHUP SIGUSR1 SIGUSR2 SIGCHLD SIGSTOP SIGCONT SIGQUIT SIGPIPE alarm pause pthread_kill "
    "pthread_sigmask sigwait setitimer siginterrupt SIG_BLOCK SIG_SETMASK SIG_UNBLOCK",
    os: "fork forkpty killpg getpgid setpgid setsid getuid geteuid sched_getaffinity sched_setaffinity mkfifo sysconf "
    "uname nice getloadavg statvfs fchmod chown O_CLOEXEC O_NOFOLLOW O_DIRECTORY register_at_fork WNOHANG WIFEXITED",
}.items():
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
sys.platform, os.name = "win32", os.name

count = 0
for package in ("aucgan", "tools"):
    folder = importlib.import_module(package)
    for module in pkgutil.walk_packages(folder.__path__, package + "."):
        importlib.import_module(module.name)
        count += 1
print(count)
from aucgan.process.processors import usable_processors
from aucgan.process.stopping import signals_kept_from_children, stop_signals
with signals_kept_from_children(), stop_signals():
    assert usable_processors() >= 1
"""


@pytest.mark.slow
def test_every_module_loads_without_what_posix_alone_has():
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-c", WITHOUT]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, env=environment, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 200
