import json

import numpy as np
import pytest

from aucgan.files.kept_files import kept_arrays, kept_json, load_arrays, load_json, write_arrays


def test_arrays_come_back(tmp_path):
    path = tmp_path / "new" / "a.npz"
    write_arrays(path, {"x": np.arange(3), "y": np.array(["ä"])})
    assert load_arrays(path)["y"].tolist() == ["ä"] and set(load_arrays(path)) == {"x", "y"}
    assert list(load_arrays(path, ["x"])) == ["x"]
    with pytest.raises(KeyError, match=r"a\.npz has no \['z'\]; it has \['x', 'y'\]"):
        load_arrays(path, ["x", "z"])
    assert [file.name for file in path.parent.iterdir()] == ["a.npz"]


def test_what_fails_while_it_is_written_leaves_the_old_file(tmp_path):
    class Unwritable:
        def __array__(self, *_, **__):
            raise MemoryError

    path = tmp_path / "a.npz"
    write_arrays(path, {"x": np.arange(3)})
    with pytest.raises(MemoryError):
        write_arrays(path, {"x": Unwritable()})
    assert load_arrays(path)["x"].tolist() == [0, 1, 2] and list(tmp_path.iterdir()) == [path]


def test_other_users_may_read_what_one_writes(tmp_path):
    (tmp_path / "plain").touch()
    write_arrays(tmp_path / "a.npz", {"x": np.arange(3)})
    assert (tmp_path / "a.npz").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_damaged_files_are_named(tmp_path):
    np.save(tmp_path / "lone.npy", np.arange(3))
    write_arrays(tmp_path / "a.npz", {"x": np.arange(3)})
    (tmp_path / "a.npz").write_bytes((tmp_path / "a.npz").read_bytes()[:50])
    for name in ("lone.npy", "a.npz"):
        with pytest.raises(ValueError, match=f"{name} is damaged or no file of named arrays"):
            load_arrays(tmp_path / name)
    for content, words in ((b'{"a": 1', "is damaged"), (b"\xff", "is damaged"), (b"[1]", "a JSON object, not a list")):
        (tmp_path / "a.json").write_bytes(content)
        with pytest.raises(ValueError, match=f"a.json .*{words}"):
            load_json(tmp_path / "a.json")
    for load in (load_arrays, load_json):
        with pytest.raises(FileNotFoundError):
            load(tmp_path / "none")


def test_what_can_be_made_anew_is_as_if_it_were_not_there(tmp_path, caplog):
    assert kept_json(tmp_path / "none.json") == {} and kept_arrays(tmp_path / "none.npz") is None and not caplog.records
    (tmp_path / "a.json").write_text(json.dumps({"ä": 1}, ensure_ascii=False), encoding="utf-8")
    assert kept_json(tmp_path / "a.json") == {"ä": 1} and not caplog.records
    for name, kept, empty in (("a.json", kept_json, {}), ("a.npz", kept_arrays, None)):
        (tmp_path / name).write_text("{", encoding="utf-8")
        assert kept(tmp_path / name) == empty
        assert name in caplog.records[-1].message and "\n" not in caplog.records[-1].message
    assert len(caplog.records) == 2
