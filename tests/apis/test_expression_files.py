"""Files of expressions: every language in every format, and what is said of wrong ones."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "heads"))

from small_heads import small_head

from aucgan.apis.expression_files import convert_expressions, read_expressions, write_expressions
from tools import convert_codes

AUS = [{"AU12": 0.5, "AU26": 0.25}, {"AU12": 0.75, "AU11": 0.5}]


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "aus.csv"
    path.write_text("frame,AU12,AU26,AU11\n7,0.5,0.25,\n8,0.75,-1,0.5\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("suffix", [".csv", ".json", ".npz"])
@pytest.mark.parametrize("kind", ["aus", "arkit", "codes"])
def test_there_and_back_by_every_language_and_format(tmp_path, source, kind, suffix):
    head, path = small_head(), tmp_path / f"expressions{suffix}"
    written = convert_expressions(read_expressions(source), kind, head)
    write_expressions(path, written)
    read = read_expressions(path)
    assert read.kind == kind and len(read.rows) == 2
    assert all(read.rows[k] == pytest.approx(written.rows[k], abs=1e-5) for k in range(2))
    back = convert_expressions(read, "aus", head)
    for given, found in zip(AUS, back.rows, strict=True):
        assert {name: found[name] for name in given} == pytest.approx(given, abs=1e-4)


def test_other_columns_stay(tmp_path, source):
    write_expressions(tmp_path / "a.csv", convert_expressions(read_expressions(source), "arkit"))
    header, first, second = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()
    assert header.startswith("frame,eyeBlinkLeft,") and first.startswith("7,") and second.startswith("8,")


def test_live_link_face_is_read(tmp_path):
    path = tmp_path / "take.csv"
    path.write_text(
        "Timecode,BlendShapeCount,JawOpen,MouthSmileLeft,HeadYaw\n10:11:12:13.4,61,0.5,0.25,0.1\n", encoding="utf-8"
    )
    content = read_expressions(path)
    assert content.kind == "arkit" and content.beside["Timecode"] == ["10:11:12:13.4"] and "HeadYaw" in content.beside
    (row,) = convert_expressions(content, "aus").rows
    assert row["AU26"] == 1.0 and row["AUL12"] == 0.25 and row["AUR12"] == 0.0


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "x,y\n1,2\n", "must have rows of action units"),
        ("a.csv", "AU1,jawOpen\n1,1\n", "one of the three"),
        ("a.csv", "AU1,AU2\n1\n", "line 2 has not as many columns"),
        ("a.csv", "AU1\nhigh\n", "AU1 is 'high', not a number"),
        ("a.csv", "AU1\n", "must have rows"),
        ("a.csv", "", "line 1"),
        ("a.json", "[1]", "an object of named weights"),
        ("a.json", "{", "is no JSON"),
        ("a.txt", "", "read from .csv, .json, .npz"),
    ],
)
def test_wrong_files_are_one_line(tmp_path, capsys, name, text, message):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert convert_codes.main([str(tmp_path / name), str(tmp_path / "out.csv"), "--to", "arkit"]) == 1
    error = capsys.readouterr().err
    assert message in error and name in error and error.count("\n") == 1
    assert not (tmp_path / "out.csv").exists()


def test_values_out_of_range_are_named(tmp_path, capsys):
    (tmp_path / "a.json").write_text(json.dumps({"AU12": 3}), encoding="utf-8")
    assert convert_codes.main([str(tmp_path / "a.json"), str(tmp_path / "b.json"), "--to", "arkit"]) == 1
    assert "AU12 is 3; weights are in [0, 1]" in capsys.readouterr().err


def test_the_tool(tmp_path, source, capsys):
    assert convert_codes.main([str(source), str(tmp_path / "b.npz"), "--to", "arkit"]) == 0
    assert "2 frames of aus" in capsys.readouterr().out
    with np.load(tmp_path / "b.npz") as archive:
        assert archive["values"].shape == (2, len(archive["names"]))
