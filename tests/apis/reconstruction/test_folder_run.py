"""The command over folders: what is done, what is kept, what is named."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aucgan.apis import photo_folder
from aucgan.apis.reconstruction import saving
from aucgan.apis.reconstruction.sources import find_sources
from aucgan.renderers.export.staging import PREFIX
from tools import reconstruct as tool

QUICK = ("--save", "words", "arkit")


@pytest.fixture
def run(reconstructor, monkeypatch, tmp_path, capfd):
    """The tool with networks that are loaded already."""
    monkeypatch.setattr(photo_folder, "Reconstructor", lambda *_, **__: reconstructor)

    def run(photos, *options):
        code = tool.main([str(photos), "--out", str(tmp_path / "out"), "--device", "cpu", *(options or QUICK)])
        return code, *capfd.readouterr()

    return run


@pytest.fixture
def photos(portrait, tmp_path):
    """Faces, in a folder and folders of it, and what is none."""
    folder = tmp_path / "photos"
    (folder / "sub").mkdir(parents=True)
    picture = Image.fromarray(portrait)
    picture.save(folder / "ann.png")
    picture.save(folder / "sub" / "ann.png")
    picture.save(folder / "ünï ⛄.jpg")
    return folder


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def results(*stems):
    endings = ("_arkit.csv", "_expression.json", "_photo.txt", "_record.json")
    return sorted(stem + ending for stem in stems for ending in endings)


def test_a_folder_of_all_kinds(run, photos, clip, tmp_path):
    cat = pytest.importorskip("skimage.data").chelsea()
    Image.fromarray(cat).save(photos / "cat.png")
    (photos / "empty.jpg").touch()
    (photos / "cut.jpg").write_bytes((photos / "ünï ⛄.jpg").read_bytes()[:900])
    (photos / "notes.txt").write_text("about the photos", encoding="utf-8")
    (photos / ".hidden.png").touch()
    (photos / "cut.mp4").write_bytes(clip.read_bytes()[:300])
    code, output, errors = run(photos)
    assert code == 1
    assert names(tmp_path / "out") == sorted([*results("ann", "sub/ann", "ünï ⛄"), "cat_photo.txt", "cat_record.json"])
    for name in ("ann.png", "sub/ann.png", "ünï ⛄.jpg"):
        assert f"{photos / name} → {tmp_path / 'out' / Path(name).with_suffix('')}_*: " in output
    told = errors.splitlines()
    for text in (
        f"no face in {photos / 'cat.png'}",
        "empty.jpg is no picture that can be read: it is empty (0 bytes)",
        "cut.jpg is no picture that can be read: it is damaged or cut off",
        "notes.txt: left aside, neither a photo nor a video",
        "cut.mp4 is no video that can be read",
    ):
        assert sum(text in line for line in told) == 1, text
    assert "7 files: 3 with faces, 1 without a human face, 3 not read" in told[-2]
    assert "3 of 7 files could not be read" in told[-1]


def test_what_is_done_is_kept(run, photos, tmp_path, reconstructor, monkeypatch):
    assert run(photos)[0] == 0
    before = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in names(tmp_path / "out")}
    looked = []
    detect = type(reconstructor).detect
    monkeypatch.setattr(type(reconstructor), "detect", lambda *a: looked.append(a[2].name) or detect(*a))
    code, output, errors = run(photos)
    assert code == 0 and output.count("(done before)") == 3 and "3 done before" in errors and looked == []
    assert {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in names(tmp_path / "out")} == before
    (tmp_path / "out" / "ann_arkit.csv").unlink()
    assert run(photos)[0] == 0 and looked == ["ann.png"], "what lacks a file is done again"
    assert run(photos, *QUICK, "landmarks")[0] == 0 and len(looked) == 4, "so is what lacks a kind"
    assert run(photos, "--save", "landmarks", "--overwrite")[0] == 0 and len(looked) == 7


def test_no_face_is_remembered_and_told(run, tmp_path):
    Image.fromarray(np.full((60, 60, 3), 90, np.uint8)).save(tmp_path / "grey.png")
    for _ in range(2):
        code, _, errors = run(tmp_path / "grey.png")
        assert code == 1 and f"no face in {tmp_path / 'grey.png'}" in errors
        assert "there is no human face in" in errors.splitlines()[-1]


def test_what_the_fit_refuses_is_no_human_face(run, photos, reconstructor, monkeypatch):
    monkeypatch.setattr(type(reconstructor), "refuses", staticmethod(lambda warnings: True))
    code, _, errors = run(photos / "ann.png")
    assert code == 1 and f"no human face in {photos / 'ann.png'}" in errors


def test_several_faces(run, portrait, tmp_path):
    Image.fromarray(np.concatenate([portrait, portrait[:, ::-1]], 1)).save(tmp_path / "two.png")
    Image.fromarray(portrait).save(tmp_path / "two_face2.png")
    (tmp_path / "in").mkdir()
    for path in tmp_path.glob("*.png"):
        shutil.move(path, tmp_path / "in" / path.name)
    assert run(tmp_path / "in", "--save", "words")[0] == 0
    found = [name for name in names(tmp_path / "out") if name.endswith("_expression.json")]
    assert found == [f"two{which}_expression.json" for which in ("", "_face2", "_face2_png")]


def test_one_person(run, photos, tmp_path):
    assert run(photos, "--same-person", "--save", "codes")[0] == 0
    shapes = [np.load(tmp_path / "out" / f"{name}_codes.npz")["shape"] for name in ("ann", "ünï ⛄")]
    assert (shapes[0] == shapes[1]).all()


def test_a_video(run, clip, tmp_path):
    code, output, errors = run(clip, "--save", "arkit")
    assert code == 0 and f"{clip} → {tmp_path / 'out' / 'clip'}_*" in output and errors == ""
    assert names(tmp_path / "out") == [
        f"clip_{end}" for end in ("arkit.csv", "photo.txt", "record.json", "report.json")
    ]


def test_results_are_not_taken_for_photos(run, photos, tmp_path):
    out = ["--out", str(photos / "out")]
    assert run(photos, *out, "--save", "comparison")[0] == 0
    code, _, errors = run(photos, *out, "--save", "comparison")
    assert code == 0 and "3 files: 3 done before" in errors


@pytest.mark.parametrize(
    ("number", "reason"), [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "Read-only file system")]
)
def test_a_disk_that_refuses_ends_the_run(run, photos, tmp_path, monkeypatch, number, reason):
    writer = saving.WRITERS["arkit"]

    def refuses(face, start):
        if start.name == "ünï ⛄":
            raise OSError(number, os.strerror(number))
        writer(face, start)

    monkeypatch.setitem(saving.WRITERS, "arkit", refuses)
    code, _, errors = run(photos)
    assert code == 1 and errors.count("\n") == 1
    assert f"cannot write to {tmp_path / 'out'}: {reason}; 1 files are done" in errors.replace("2 files", "1 files")
    assert not list((tmp_path / "out").glob(f"{PREFIX}*")) and not (tmp_path / "out" / "ünï ⛄_record.json").exists()
    monkeypatch.setitem(saving.WRITERS, "arkit", writer)
    assert run(photos)[0] == 0


def test_an_interruption_leaves_whole_results(run, photos, tmp_path, monkeypatch):
    writer = saving.WRITERS["arkit"]

    def asked_to_end(face, start):
        if start.name.startswith("ü"):
            signal.raise_signal(signal.SIGTERM)
        writer(face, start)

    monkeypatch.setitem(saving.WRITERS, "arkit", asked_to_end)
    shutil.rmtree(photos / "sub")
    code, _, errors = run(photos)
    assert code == 143 and errors.count("\n") == 1
    assert errors.endswith(f"the reconstruction of {photos / 'ünï ⛄.jpg'}; 1 of 2 files are done: call it again\n")
    assert names(tmp_path / "out") == sorted([*results("ann"), "ünï ⛄_photo.txt"])


def test_what_a_killed_run_left_goes(run, photos, tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, other = (tmp_path / "out" / f"{PREFIX}{number}-x" for number in (ended.pid, os.getpid()))
    for folder in (left, other):
        folder.mkdir(parents=True)
        (folder / "half.obj").touch()
    assert run(photos / "ann.png")[0] == 0
    assert not left.exists() and other.exists()


@pytest.mark.parametrize(
    ("place", "message"),
    [("none", "is neither a photo, a video nor a folder"), ("empty", "holds no photo .* and no video and is empty")],
)
def test_nothing_to_do_is_one_line(run, tmp_path, place, message):
    (tmp_path / "empty").mkdir()
    code, _, errors = run(tmp_path / place)
    assert code == 1 and errors.count("\n") == 1
    assert pytest.importorskip("re").search(message, errors)


def test_sources(tmp_path):
    for name in ("b.PNG", "a.jpeg", "c.MP4", "d.txt", ".e.png", ".git/f.png", "out/g.png", "x/y/h.webp"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    sources = find_sources(tmp_path, left_out=tmp_path / "out")
    found = [[path.relative_to(tmp_path).as_posix() for path in group] for group in (sources.photos, sources.videos)]
    assert found == [["a.jpeg", "b.PNG", "x/y/h.webp"], ["c.MP4"]] and [p.name for p in sources.others] == ["d.txt"]
    assert find_sources(tmp_path / "d.txt").photos == [tmp_path / "d.txt"], "who names a file means it"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--save", "obj"], "invalid choice: 'obj'"),
        (["--crop", "0.9"], "--crop needs a trained model"),
        (["--crop", "2", "--checkpoint", "x.pth"], r"--crop must be in \(0, 1\]"),
        (["--max-faces", "0"], "must be at least 1"),
    ],
)
def test_options_that_make_no_sense(tmp_path, capsys, options, message):
    with pytest.raises(SystemExit):
        tool.main([str(tmp_path), *options])
    assert pytest.importorskip("re").search(message, capsys.readouterr().err)
