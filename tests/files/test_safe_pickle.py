import collections
import os
import pickle
import struct
import sys
import types

import numpy as np
import pytest
import scipy.sparse
import torch

from aucgan.files.model_file import dense, read_model_file
from aucgan.files.pickle_records import read_pickle
from aucgan.files.safe_pickle import Record
from aucgan.files.torch_file import read_torch_file


class Hostile:
    """Its loading by ``pickle.load`` would run a command that leaves a file behind."""

    def __init__(self, witness, call=os.system):
        self.witness, self.call = witness, call

    def __reduce__(self):
        return self.call, (f"touch {self.witness}",)


@pytest.fixture
def witness(tmp_path):
    return tmp_path / "was_run"


def write(path, value, protocol=2):
    path.write_bytes(pickle.dumps(value, protocol=protocol))
    return path


@pytest.mark.parametrize("protocol", range(6))
def test_arrays_of_every_protocol(tmp_path, protocol):
    value = {
        "float": np.random.rand(3, 4),
        "order": np.asfortranarray(np.arange(6, dtype=np.int16).reshape(2, 3)),
        "big endian": np.arange(3, dtype=">f4"),
        "scalar": np.float32(1.5),
        "mixed": np.array([1, "a", None], dtype=object),
        "nested": [(1, 2.5, "x"), {"y": np.zeros(0)}],
        "text": np.array(["ab", "c"]),
        "ordered": collections.OrderedDict(a=1),
        "set": {1, 2},
    }
    read = read_pickle(write(tmp_path / "a.pkl", value, protocol))
    assert read.keys() == value.keys()
    for key in ("float", "order", "big endian", "scalar", "text", "mixed"):
        np.testing.assert_array_equal(read[key], value[key])
        assert read[key].dtype == value[key].dtype
    assert read["nested"][0] == (1, 2.5, "x") and read["nested"][1]["y"].shape == (0,)
    assert read["ordered"] == {"a": 1} and read["set"] == {1, 2}


def test_array_as_python_2_wrote_it(tmp_path):
    array = np.array([[1.5, -2.0], [3.0, 250.25]])
    raw = array.tobytes()
    path = tmp_path / "py2.pkl"
    path.write_bytes(
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R(K\x01K\x02K\x02\x86"
        b"cnumpy\ndtype\nU\x02f8K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
        + b"T" + struct.pack("<i", len(raw)) + raw + b"tb."
    )  # fmt: skip
    np.testing.assert_array_equal(read_pickle(path), array)
    np.testing.assert_array_equal(pickle.loads(path.read_bytes(), encoding="latin1"), array)


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("kind", ["csc_matrix", "csr_matrix", "coo_matrix"])
def test_sparse_matrices(tmp_path, protocol, kind):
    matrix = scipy.sparse.random(5, 40, 0.1, format=kind[:3], random_state=0)
    read = read_pickle(write(tmp_path / "s.pkl", {"m": getattr(scipy.sparse, kind)(matrix)}, protocol))["m"]
    np.testing.assert_array_equal(dense(read, "m", "s"), matrix.toarray())


@pytest.fixture
def chumpy_modules(monkeypatch):
    """Stand-ins for chumpy's classes while a pickle is written; they are gone when it is read."""
    modules = {name: types.ModuleType(name) for name in ("chumpy", "chumpy.ch", "chumpy.reordering")}
    ch = type("Ch", (), {"__module__": "chumpy.ch"})
    select = type("Select", (ch,), {"__module__": "chumpy.reordering"})
    modules["chumpy.ch"].Ch, modules["chumpy.reordering"].Select = ch, select
    with monkeypatch.context() as context:
        for name, module in modules.items():
            context.setitem(sys.modules, name, module)
        yield ch, select


@pytest.mark.parametrize("protocol", [0, 1, 2, 4])
def test_chumpy_without_chumpy(tmp_path, chumpy_modules, protocol):
    ch, select = (kind() for kind in chumpy_modules)
    ch.__dict__.update(x=np.arange(12.0).reshape(3, 4), _dirty_vars=set(), _cache={"drs": {}})
    select.__dict__.update(a=ch, idxs=np.array([5, 0, 7, 11]), preferred_shape=(2, 2))
    path = write(tmp_path / "c.pkl", {"plain": ch, "view": select, "again": ch}, protocol)
    for name in ("chumpy", "chumpy.ch", "chumpy.reordering"):
        del sys.modules[name]
    read = read_pickle(path)
    np.testing.assert_array_equal(read["plain"], np.arange(12.0).reshape(3, 4))
    np.testing.assert_array_equal(read["view"], [[5, 0], [7, 11]])
    assert read["again"] is read["plain"]


def test_other_chumpy_classes_are_named_when_needed(tmp_path, chumpy_modules):
    ch = chumpy_modules[0]
    odd = type("Product", (ch,), {"__module__": "chumpy.ch"})
    sys.modules["chumpy.ch"].Product = odd
    path = write(tmp_path / "c.pkl", {"unused": odd()})
    read = read_pickle(path)
    with pytest.raises(ValueError, match=r"unused is <inert chumpy.ch.Product>, not an array"):
        dense(read["unused"], "unused", "c.pkl")


@pytest.mark.parametrize("protocol", range(6))
def test_hostile_pickle_is_refused_and_not_run(tmp_path, witness, protocol):
    path = write(tmp_path / "evil.pkl", {"v_template": np.zeros(3), "f": Hostile(witness)}, protocol)
    with pytest.raises(ValueError, match=rf"evil.pkl would load {os.system.__module__}.system.*nothing was run"):
        read_model_file(path, "FLAME model")
    assert not witness.exists()
    pickle.loads(path.read_bytes())  # the command would have been run
    assert witness.exists()


@pytest.mark.parametrize("call", [eval, exec, getattr, __import__, print, open])
def test_functions_are_refused_by_name(tmp_path, witness, call):
    evil = Hostile(witness, call)
    path = write(tmp_path / "evil.pkl", evil)
    name = f"{evil.call.__module__}.{call.__name__}".replace("builtins", "(builtins|__builtin__)")
    with pytest.raises(ValueError, match=name):
        read_pickle(path)
    torch.save({"state_dict": evil}, path)
    with pytest.raises(ValueError, match=name):
        read_torch_file(path)
    assert not witness.exists()


def test_foreign_class_is_named(tmp_path):
    path = write(tmp_path / "odd.pkl", {"a": types.SimpleNamespace(b=1)})
    with pytest.raises(ValueError, match=r"types\.SimpleNamespace"):
        read_pickle(path)


def test_npy_and_npz_objects_go_the_same_way(tmp_path, witness):
    np.save(tmp_path / "evil.npy", np.array({"a": Hostile(witness)}, dtype=object), allow_pickle=True)
    np.savez(tmp_path / "evil.npz", a=np.array(Hostile(witness), dtype=object))
    for name in ("evil.npy", "evil.npz"):
        with pytest.raises(ValueError, match="system"):
            read_model_file(tmp_path / name, "model")
    assert not witness.exists()


def test_npy_dict_with_tensors(tmp_path):
    base = torch.arange(24.0).reshape(4, 6)
    fields = {"t": base, "view": base[1:, ::2], "index": torch.tensor([[3, 4]]), "n": np.ones(2), "scalar": base[0, 3]}
    np.save(tmp_path / "e.npy", np.array(fields, dtype=object), allow_pickle=True)
    read = read_model_file(tmp_path / "e.npy", "landmark embedding")
    for key, value in fields.items():
        np.testing.assert_array_equal(read[key], np.asarray(value))
        assert isinstance(read[key], np.ndarray)


def test_npz_with_a_sparse_object(tmp_path):
    matrix = scipy.sparse.random(5, 20, 0.2, format="csc", random_state=0)
    np.savez(tmp_path / "m.npz", J_regressor=np.array(matrix, dtype=object), v=np.ones(3))
    read = read_model_file(tmp_path / "m.npz", "model")
    np.testing.assert_array_equal(dense(read["J_regressor"], "J_regressor", "m"), matrix.toarray())


@pytest.mark.parametrize("zipped", [True, False])
def test_torch_files_of_both_formats(tmp_path, zipped):
    state = collections.OrderedDict(
        weight=torch.nn.Parameter(torch.randn(3, 4)),
        turned=torch.randn(5, 2).T,
        half=torch.randn(3).half(),
        brain=torch.tensor([1.5, -0.0078125, 3e38]).bfloat16(),
        count=torch.tensor(7),
        none=torch.zeros(0, 3),
        flag=torch.tensor([True, False]),
    )
    torch.save({"epoch": 3, "state_dict": state}, tmp_path / "c.pth", _use_new_zipfile_serialization=zipped)
    read = read_torch_file(tmp_path / "c.pth")
    assert read["epoch"] == 3
    for key, value in state.items():
        expected = (value.float() if key == "brain" else value).detach().numpy()
        np.testing.assert_array_equal(read["state_dict"][key], expected)
        assert read["state_dict"][key].dtype == expected.dtype


@pytest.mark.parametrize("zipped", [True, False])
def test_settings_objects_become_placeholders(tmp_path, zipped, monkeypatch):
    module = types.ModuleType("omegaconf_like")
    module.DictConfig = type("DictConfig", (dict,), {"__module__": "omegaconf_like"})
    monkeypatch.setitem(sys.modules, "omegaconf_like", module)
    config = module.DictConfig(lr=1)
    config.flags = {"readonly": True}
    checkpoint = {"hyper": config, "callbacks": {module.DictConfig: 1}, "w": torch.ones(2)}
    torch.save(checkpoint, tmp_path / "c.ckpt", _use_new_zipfile_serialization=zipped)
    del sys.modules["omegaconf_like"]
    read = read_torch_file(tmp_path / "c.ckpt")
    assert isinstance(read["hyper"], Record) and read["hyper"].origin == "omegaconf_like.DictConfig"
    assert read["hyper"].entries == [("lr", 1)] and read["hyper"].state == {"flags": {"readonly": True}}
    np.testing.assert_array_equal(read["w"], [1, 1])


@pytest.mark.parametrize("zipped", [True, False])
def test_hostile_checkpoint_is_refused(tmp_path, witness, zipped):
    checkpoint = {"state_dict": {"w": torch.ones(2)}, "callbacks": Hostile(witness)}
    torch.save(checkpoint, tmp_path / "c.ckpt", _use_new_zipfile_serialization=zipped)
    with pytest.raises(ValueError, match=rf"{os.system.__module__}\.system"):
        read_torch_file(tmp_path / "c.ckpt")
    assert not witness.exists()


def test_damaged_files_say_so(tmp_path):
    torch.save({"w": torch.ones(100)}, tmp_path / "a.pth", _use_new_zipfile_serialization=False)
    (tmp_path / "short.pth").write_bytes((tmp_path / "a.pth").read_bytes()[:-8])
    with pytest.raises(ValueError, match="ends early"):
        read_torch_file(tmp_path / "short.pth")
    np.savez(tmp_path / "whole.npz", a=np.ones(100))
    torch.save({"w": torch.ones(100)}, tmp_path / "whole.pth")
    for name, read in (("whole.npz", lambda path: read_model_file(path, "model")), ("whole.pth", read_torch_file)):
        (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-40])
        with pytest.raises(ValueError, match=f"{name} is damaged.*download it again"):
            read(tmp_path / name)
    (tmp_path / "text.pth").write_text("<html>not found</html>", encoding="utf-8")
    with pytest.raises(ValueError, match="cannot read .*text.pth"):
        read_torch_file(tmp_path / "text.pth")
    with pytest.raises(ValueError, match="cannot read .*text.pth"):
        read_pickle(tmp_path / "text.pth")
    with pytest.raises(FileNotFoundError, match="docs/weights.md"):
        read_torch_file(tmp_path / "absent.pth")


def test_tensor_outside_of_its_storage_is_refused(tmp_path):
    class Liar:
        def __reduce__(self):
            tensor = torch.ones(2)
            rebuild, args = tensor.__reduce_ex__(2)
            return rebuild, (args[0], 1, (5,), (1,), *args[4:])

    write(tmp_path / "liar.pkl", {"t": Liar()})
    with pytest.raises(ValueError, match="outside its storage"):
        read_pickle(tmp_path / "liar.pkl")
