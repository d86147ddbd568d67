"""A disk that refuses: one line, no half file, and the checkpoints before it stay."""

import errno
import os
import resource

import pytest
import torch

from aucgan.engine.checkpoints.checkpoint_io import list_checkpoints, read_checkpoint, write_checkpoint
from aucgan.files import atomic
from aucgan.process.errors import CheckpointError
from tools.train import main


@pytest.fixture
def small_files():
    """No file may grow beyond 8 MB: the test's own log, if it goes to a file, must still fit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_000_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_that_does_not_fit_leaves_the_old_one(tmp_path, small_files):
    path = tmp_path / "iter_1.pth"
    write_checkpoint(path, {"state_dict": {"a": torch.ones(2)}})
    before = path.read_bytes()
    message = r"cannot write .*iter_1\.pth: File too large; earlier checkpoints are untouched: free some space"
    with pytest.raises(CheckpointError, match=message):
        write_checkpoint(path, {"state_dict": {"a": torch.ones(3_000_000)}})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


REFUSALS = [
    (errno.ENOSPC, "No space left on device; earlier checkpoints are untouched: free some space, then continue"),
    (errno.EACCES, "Permission denied; earlier checkpoints are untouched: check the disk and its rights, then"),
]


@pytest.mark.parametrize(("number", "words"), REFUSALS)
def test_a_training_whose_disk_refuses_ends_with_one_line(workspace, monkeypatch, capfd, number, words):
    def refuse(source, target):
        if str(target).endswith("iter_6.pth"):
            raise OSError(number, os.strerror(number), str(source))
        return replace(source, target)

    replace = os.replace
    with monkeypatch.context() as patch:
        patch.setattr(atomic.os, "replace", refuse)
        assert main(["toy.py"]) == 1
    error = capfd.readouterr().err
    assert error.count("\n") == 1 and error.startswith("train.py: cannot write") and words in error
    work_dir = workspace / "work_dirs" / "toy"
    assert [path.name for path in list_checkpoints(work_dir)] == ["iter_3.pth"]
    assert not list(work_dir.glob(".*")) and not (work_dir / "final.pth").exists()
    read_checkpoint(work_dir / "iter_3.pth", for_resume=True)
    assert main(["toy.py", "--resume", "--skip-test"]) == 0


def test_a_folder_that_cannot_be_written_is_one_line(workspace, capfd):
    (workspace / "work_dirs").write_text("a file where the folder should be", encoding="utf-8")
    assert main(["toy.py"]) == 1
    error = capfd.readouterr().err
    assert error.count("\n") == 1 and "work_dirs" in error
