import os
import pickle

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from aucgan.files.weights import load_weights, read_state_dict


class Hostile:
    def __init__(self, witness):
        self.witness = witness

    def __reduce__(self):
        return os.system, (f"touch {self.witness}",)


@pytest.fixture
def state():
    return {"a.weight": torch.randn(2, 3), "a.bias": torch.randn(2), "b.weight": torch.randn(1, 3)}


@pytest.mark.parametrize("name", ["w.safetensors", "w.pth", "nested.pth"])
def test_formats_and_prefixes(tmp_path, state, name):
    if name.endswith(".pth"):
        torch.save({"epoch": 1, "state_dict": state} if name == "nested.pth" else state, tmp_path / name)
    else:
        save_file(state, tmp_path / name)
    read = read_state_dict(tmp_path / name)
    assert read.keys() == state.keys() and all(torch.equal(read[key], state[key]) for key in state)
    assert set(read_state_dict(tmp_path / name, "a")) == {"weight", "bias"}
    linear = nn.Linear(3, 2)
    load_weights(linear, tmp_path / name, "a")
    assert torch.equal(linear.weight, state["a.weight"])
    with pytest.raises(ValueError, match="no key under 'c.'; its top-level names are a, b"):
        read_state_dict(tmp_path / name, "c")


def test_every_difference_is_named(tmp_path, state):
    torch.save(state, tmp_path / "w.pth")
    with pytest.raises(ValueError, match="does not fit Linear") as caught:
        load_weights(nn.Linear(4, 2), tmp_path / "w.pth")
    for line in ("missing weight (2, 4)", "missing bias (2,)", "unexpected b.weight (1, 3)"):
        assert line in str(caught.value)
    with pytest.raises(ValueError, match=r"weight is \(2, 3\), not \(2, 4\)"):
        load_weights(nn.Linear(4, 2), tmp_path / "w.pth", "a")


def test_names_can_be_translated_first(tmp_path):
    theirs = {"w": torch.randn(2, 3), "b": torch.randn(2)}
    torch.save(theirs, tmp_path / "w.pth")
    linear = nn.Linear(3, 2)
    load_weights(linear, tmp_path / "w.pth", translate=lambda state: {"weight": state["w"], "bias": state["b"]})
    assert torch.equal(linear.bias, theirs["b"])


@pytest.mark.parametrize("name", ["w.pth", "w.safetensors"])
def test_files_that_are_no_weights_are_named(tmp_path, state, name):
    path = tmp_path / name
    with pytest.raises(FileNotFoundError, match=name):
        read_state_dict(path)
    for content in (b"", b"<html>not found</html>"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=f"cannot read weights from .*{name}"):
            read_state_dict(path)
    torch.save(state, path) if name == "w.pth" else save_file(state, path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match=f"cannot read weights from .*{name}"):
        read_state_dict(path)


def test_other_contents_are_named(tmp_path):
    for content, found in (({"E_flame": {}, "step": 3}, "E_flame, step"), ([1], "list"), (torch.ones(1), "Tensor")):
        torch.save(content, tmp_path / "w.pth")
        with pytest.raises(ValueError, match=f"is no state dict: it holds {found}"):
            read_state_dict(tmp_path / "w.pth")


def test_pickles_of_arrays(tmp_path):
    arrays = {"fc.weight": np.random.rand(2, 3).astype(np.float32), "count": np.array(3)}
    (tmp_path / "w.pkl").write_bytes(pickle.dumps(arrays, protocol=2))
    read = read_state_dict(tmp_path / "w.pkl")
    np.testing.assert_array_equal(read["fc.weight"], arrays["fc.weight"])
    assert read["count"].shape == () and read["count"] == 3


def test_hostile_files_are_refused_and_not_run(tmp_path):
    content = {"w": torch.ones(1), "x": Hostile(tmp_path / "was_run")}
    torch.save(content, tmp_path / "w.pth")
    with pytest.raises(ValueError, match="could run code"):
        read_state_dict(tmp_path / "w.pth")
    (tmp_path / "w.pkl").write_bytes(pickle.dumps(content))
    with pytest.raises(ValueError, match=rf"w.pkl would load {os.system.__module__}.system"):
        read_state_dict(tmp_path / "w.pkl")
    assert not (tmp_path / "was_run").exists()
