"""Plain data, names and readability of checkpoints."""

import errno
import os
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer

from aucgan.engine.checkpoints import checkpoint_io
from aucgan.engine.checkpoints.checkpoint_io import (
    checkpoint_name,
    history_buffers,
    list_checkpoints,
    open_checkpoints,
    plain,
    read_checkpoint,
    write_checkpoint,
)
from aucgan.engine.errors import CheckpointError


def test_the_latest_comes_first(tmp_path):
    for name in (
        "iter_9.pth",
        "iter_10.pth",
        "iter_100.pth",
        "final.pth",
        "iter_5.pth.bak",
        "my_iter_7.pth",
        "iter_.pth",
    ):
        (tmp_path / name).touch()
    assert [path.name for path in list_checkpoints(tmp_path)] == ["iter_100.pth", "iter_10.pth", "iter_9.pth"]
    assert list_checkpoints(tmp_path / "missing") == [] and checkpoint_name(12) == "iter_12.pth"


def test_everything_becomes_python_s_own():
    state = OrderedDict(w=torch.nn.Parameter(torch.ones(2)))
    state._metadata = OrderedDict({"": {"version": np.int64(2)}})
    content = plain(
        dict(state=state, n=np.float64(0.5), a=np.arange(3), p=Path("x"), t=(1, [None, True]), c=1j, b=b"b", s="s")
    )
    weight = content["state"]["w"]
    assert type(weight) is torch.Tensor and not weight.requires_grad
    assert type(content["state"]) is OrderedDict and content["state"]._metadata == {"": {"version": 2}}
    assert type(content["state"]._metadata[""]["version"]) is int and type(content["n"]) is float
    rest = {key: content[key] for key in "natpcbs" if key != "p"}
    assert rest == dict(n=0.5, a=[0, 1, 2], t=(1, [None, True]), c=1j, b=b"b", s="s") and content["p"] == "x"
    assert not hasattr(plain(OrderedDict(a=1)), "_metadata") and type(plain({"a": 1})) is dict


def test_logged_scalars_come_back():
    buffer = HistoryBuffer([1.0, 2.0, 4.0], [1, 1, 2])
    (back,) = history_buffers(plain({"loss": buffer})).values()
    assert [column.tolist() for column in back.data] == [column.tolist() for column in buffer.data]


def resumable():
    return dict(meta={}, state_dict={"w": torch.ones(2)}, message_hub={}, optimizer={})


def test_what_a_run_needs_is_required_only_to_resume(tmp_path):
    path = tmp_path / "iter_1.pth"
    write_checkpoint(path, resumable())
    assert read_checkpoint(path, for_resume=True)["state_dict"]["w"].tolist() == [1, 1]
    for key in ("meta", "state_dict", "message_hub", "optimizer"):
        write_checkpoint(path, {k: v for k, v in resumable().items() if k != key})
        assert key not in read_checkpoint(path)
        with pytest.raises(CheckpointError, match=f"iter_1.pth is no checkpoint of a run to resume: it has no {key}$"):
            read_checkpoint(path, for_resume=True)
    torch.save([1, 2], path)
    with pytest.raises(CheckpointError, match="holds a list, not a state dict"):
        read_checkpoint(path)
    with pytest.raises(CheckpointError, match="it has no meta, state_dict, message_hub, optimizer"):
        read_checkpoint(path, for_resume=True)


def test_tensors_go_where_they_are_wanted(tmp_path):
    write_checkpoint(tmp_path / "iter_1.pth", resumable())
    assert read_checkpoint(tmp_path / "iter_1.pth", map_location="meta")["state_dict"]["w"].device.type == "meta"
    assert read_checkpoint(tmp_path / "iter_1.pth")["state_dict"]["w"].device.type == "cpu"


def test_a_cut_file_is_passed_over_with_its_reason(tmp_path):
    for number in (1, 2, 3):
        write_checkpoint(tmp_path / f"iter_{number}.pth", resumable())
    whole = (tmp_path / "iter_2.pth").read_bytes()
    (tmp_path / "iter_2.pth").write_bytes(whole[: len(whole) // 2])
    found = [(path.name, error and "truncated" in str(error)) for path, error in open_checkpoints(tmp_path)]
    assert found == [("iter_3.pth", None), ("iter_2.pth", True), ("iter_1.pth", None)]


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EDQUOT, "free some space"),
        (errno.EFBIG, "free some space"),
        (errno.EROFS, "check the disk and its rights"),
    ],
)
@pytest.mark.parametrize("hidden", [False, True])
def test_what_the_disk_said_is_passed_on(tmp_path, monkeypatch, number, hint, hidden):
    def refuse(content, file):
        try:
            raise OSError(number, os.strerror(number))
        except OSError:
            if hidden:
                raise RuntimeError("unexpected pos 64 vs 0\nmore of it") from None
            raise

    monkeypatch.setattr(checkpoint_io.torch, "save", refuse)
    with pytest.raises(CheckpointError) as caught:
        write_checkpoint(tmp_path / "iter_1.pth", {})
    reason = f"{os.strerror(number)}; earlier checkpoints are untouched: {hint}, then continue with --resume"
    assert str(caught.value) == f"cannot write {tmp_path / 'iter_1.pth'}: {reason}"
    assert not list(tmp_path.iterdir())


def test_an_error_that_is_not_the_disk_s_is_its_first_line(tmp_path, monkeypatch):
    def fail(content, file):
        raise RuntimeError("first\nsecond")

    monkeypatch.setattr(checkpoint_io.torch, "save", fail)
    with pytest.raises(CheckpointError, match=r"iter_1.pth: first; earlier .* check the disk"):
        write_checkpoint(tmp_path / "iter_1.pth", {})


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return Path.touch, (Path(self.path),)


def test_what_could_run_code_is_refused_and_does_not_run(tmp_path):
    for archive in (True, False):
        torch.save(
            {"state_dict": {}, "x": Trap(tmp_path / "ran")}, tmp_path / "a.pth", _use_new_zipfile_serialization=archive
        )
        message = (
            "a.pth holds more than plain weights, and loading that could run code" if archive else "a.pth is truncated"
        )
        with pytest.raises(CheckpointError, match=message):
            read_checkpoint(tmp_path / "a.pth")
        assert not (tmp_path / "ran").exists()


def test_what_cannot_be_resumed_is_passed_over_too(tmp_path):
    write_checkpoint(tmp_path / "iter_1.pth", resumable())
    write_checkpoint(tmp_path / "iter_2.pth", {"state_dict": {}})
    (second, reason), (first, fine) = open_checkpoints(tmp_path)
    assert second.name == "iter_2.pth" and "it has no meta, message_hub, optimizer" in str(reason)
    assert first.name == "iter_1.pth" and fine is None


def test_tensors_come_from_the_device_and_histories_become_lists(monkeypatch):
    fetched = []
    monkeypatch.setattr(torch.Tensor, "cpu", lambda tensor: fetched.append(tensor) or tensor)
    plain({"w": [torch.ones(1), torch.ones(2)]})
    assert len(fetched) == 2
    entry = plain(HistoryBuffer([1.0], [3]))
    assert entry == {"history": [1.0], "counts": [3]} and {type(column) for column in entry.values()} == {list}
