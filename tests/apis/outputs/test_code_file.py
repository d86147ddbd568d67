"""Codes as NPZ: what is written comes back, and what is something else is refused."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from aucgan.apis.expression_files import read_expressions
from aucgan.apis.outputs.code_file import FaceCodes, read_codes, write_codes
from aucgan.files.kept_files import load_arrays, write_arrays


@pytest.fixture
def codes():
    rng = np.random.default_rng(0)
    widths = {"shape": 80, "exp": 62, "jaw_pose": 3, "eye_pose": 6, "rotation": 3, "translation": 3}
    rows = {name: rng.normal(size=(4, width)) for name, width in (widths | {"principal_point": 2}).items()}
    times = 1e5 + np.arange(4) / 3
    numbers = {"frame": np.arange(4), "face": np.full(4, 2), "times": times}
    return FaceCodes("anny", **rows, **numbers, focal=np.full(4, 900.0), confidence=np.linspace(0, 1, 4))


def test_what_is_written_comes_back(tmp_path, codes):
    back = read_codes(write_codes(tmp_path / "faces.npz", codes))
    assert back.head == "anny"
    for name, value in asdict(codes).items():
        if name != "head":
            found = getattr(back, name)
            np.testing.assert_array_equal(found, value)
            kinds = {"frame": np.int64, "face": np.int64, "times": np.float64}
            assert found.dtype == kinds.get(name, np.float32)


def test_its_expressions_are_read_as_such(tmp_path, codes):
    content = read_expressions(write_codes(tmp_path / "faces.npz", codes))
    assert content.kind == "codes" and len(content.rows) == 4
    assert content.rows[1]["exp61"] == pytest.approx(float(codes.exp[1, 61]))
    assert content.rows[1]["jaw_x"] == pytest.approx(float(codes.jaw_pose[1, 0]))


def test_errors(tmp_path, codes):
    with pytest.raises(ValueError, match=r"jaw_pose must be \(4, 3\) and finite, got \(4, 2\)"):
        replace(codes, jaw_pose=np.zeros((4, 2)))
    with pytest.raises(ValueError, match=r"exp must be \(N, columns\) and finite, got \(3, 62\)"):
        replace(codes, exp=np.zeros((3, 62)))
    with pytest.raises(ValueError, match="focal must be"):
        replace(codes, focal=np.full(4, np.nan))
    with pytest.raises(ValueError, match="ends in .npz"):
        write_codes(tmp_path / "faces.json", codes)
    with pytest.raises(FileNotFoundError):
        read_codes(tmp_path / "faces.npz")
    path = write_codes(tmp_path / "faces.npz", codes)
    arrays = load_arrays(path)
    write_arrays(path, arrays | {"version": np.array(2)})
    with pytest.raises(ValueError, match="expected aucgan-codes version 1, got aucgan-codes 2"):
        read_codes(path)
    write_arrays(path, {name: array for name, array in arrays.items() if name not in ("eye_pose", "face")})
    with pytest.raises(ValueError, match="lacks eye_pose, face"):
        read_codes(path)
    write_arrays(path, {"a": np.zeros(3)})
    with pytest.raises(ValueError, match="got other arrays"):
        read_codes(path)
    path.write_bytes(b"PK")
    with pytest.raises(ValueError, match="damaged"):
        read_codes(path)
