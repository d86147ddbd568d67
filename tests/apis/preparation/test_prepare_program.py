"""The program: what it prints and leaves with."""

import pytest
from prepared_faces import DrawnMaker, write_photos

from aucgan.apis.preparation import run
from aucgan.commands.main import main as aucgan
from aucgan.datasets import FaceFolder
from tools.prepare_faces import main


@pytest.fixture(autouse=True)
def drawn(monkeypatch):
    monkeypatch.setattr(run, "FaceMaker", lambda settings: DrawnMaker())


def test_it_says_what_there_is_and_what_is_missing(photos, tmp_path, capsys):
    out = str(tmp_path / "out")
    assert main([str(photos), out, "--part", "1/2", "--format", "shards"]) == 0
    assert "not complete: part 2/2 is missing" in capsys.readouterr().err
    assert main(["--check", out]) == 1
    assert "part 2/2 of the photos is missing" in capsys.readouterr().err
    assert aucgan(["prepare-faces", str(photos), out, "--part", "2/2", "--format", "shards"]) == 0
    assert "7 photos: 6 faces of 4 persons (" in capsys.readouterr().err
    assert main(["--check", out]) == 0
    told = capsys.readouterr().out
    assert "6 faces of 4 persons" in told and "contact_sheet.jpg shows some of them" in told
    assert len(FaceFolder(out, None)) == 6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "out"], "nowhere is neither"),
        (["photos", "out", "--part", "3/2"], "K/N"),
        (["photos", "out", "--shares", "1", "1", "1"], "sum 1"),
        (["photos", "out", "--format", "zip"], "folder, shards, not 'zip'"),
        (["--check", "nowhere"], "samples.csv does not exist"),
    ],
)
def test_errors_are_one_line(photos, tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) != 0
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_nobody_to_train_on_is_an_error(tmp_path, capsys):
    write_photos(tmp_path / "photos", ["empty1.png", "empty2.png"])
    assert main([str(tmp_path / "photos"), str(tmp_path / "out")]) == 1
    assert "rejected.jsonl says why" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["photos"], ["photos", "out", "--check", "out"]])
def test_arguments_that_say_nothing(arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
