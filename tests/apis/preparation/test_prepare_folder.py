"""A folder of photos becomes training data: whole, resumable, in parts, the same whatever happens on the way."""

import json
import shutil

import numpy as np
import pytest
from prepared_faces import DrawnMaker, tree, write_photos

from aucgan.apis.preparation.check import check_prepared
from aucgan.apis.preparation.photo_list import Part, list_photos
from aucgan.apis.preparation.run import prepare_faces
from aucgan.apis.preparation.settings import PrepareSettings
from aucgan.datasets import FaceFolder
from aucgan.datasets.shard_files import ShardIndex

FORMATS = ("folder", "shards")


@pytest.fixture(params=FORMATS)
def settings(request):
    return PrepareSettings(format=request.param, shard_size=3)


def test_the_data_set_is_one_that_trainings_read(photos, tmp_path, settings):
    summary = prepare_faces(photos, tmp_path / "out", settings, maker=DrawnMaker())
    assert (summary.photos, summary.samples, summary.persons, summary.reasons) == (7, 6, 4, {"no face": 1})
    data = FaceFolder(str(tmp_path / "out"), None, pipeline=[dict(type="CropFace", size=32), dict(type="PackFace")])
    assert len(data) == 6 and data[0]["image"].shape == (3, 32, 32)
    by_photo = {row.attributes["photo"]: row for row in data.rows}
    expected = {photo.key: DrawnMaker().outcome(photo).faces for photo in list_photos(photos, tmp_path, Part())}
    for key, row in by_photo.items():
        np.testing.assert_allclose(row.aus, expected[key][0].aus, atol=1e-4)
        assert row.identity == key.split("/")[0] and row.attributes["au_source"] == "fit"
        assert float(row.attributes["confidence"]) == 0.75
    splits = {row.identity: row.split for row in data.rows}
    assert all(splits[row.identity] == row.split for row in data.rows) and len(set(splits.values())) == 3
    rejected = [json.loads(line) for line in (tmp_path / "out/rejected.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rejected == [dict(photo="bob/empty.png", reason="no face", detail="", face=0)]


def test_an_interrupted_run_goes_on_and_gives_the_same_bytes(photos, tmp_path, settings):
    prepare_faces(photos, tmp_path / "whole", settings, maker=DrawnMaker())
    for stop_after in (0, 1, 3):
        out = tmp_path / f"out{stop_after}"
        with pytest.raises(KeyboardInterrupt):
            prepare_faces(photos, out, settings, maker=DrawnMaker(stop_after))
        assert not (out / "samples.csv").exists()
        with (out / "parts/1-of-1.jsonl").open("a", encoding="utf-8") as file:
            file.write('{"photos": [{"pho')  # killed while it wrote
        again = DrawnMaker()
        prepare_faces(photos, out, settings, maker=again)
        assert len(again.blocks) == 4 - stop_after
        assert tree(out) == tree(tmp_path / "whole")


def test_nothing_is_done_twice(photos, tmp_path, settings):
    prepare_faces(photos, tmp_path / "out", settings, maker=DrawnMaker())
    before = tree(tmp_path / "out")
    again = DrawnMaker()
    prepare_faces(photos, tmp_path / "out", settings, maker=again)
    assert again.blocks == [] and tree(tmp_path / "out") == before


def test_more_photos_are_added(photos, tmp_path, settings):
    prepare_faces(photos, tmp_path / "out", settings, maker=DrawnMaker())
    write_photos(photos, ["eve/1.png", "eve/2.png"])
    (photos / "eve/1.png").write_bytes(b"another")
    (photos / "eve/2.png").write_bytes(b"one more")
    more = DrawnMaker()
    summary = prepare_faces(photos, tmp_path / "out", settings, maker=more)
    assert sorted(key for block in more.blocks for key in block) == ["eve/1.png", "eve/2.png"]
    assert summary.samples == 8 and len(FaceFolder(str(tmp_path / "out"), None)) == 8
    assert not check_prepared(tmp_path / "out").problems


def test_parts_together_are_the_whole(photos, tmp_path, settings):
    prepare_faces(photos, tmp_path / "whole", settings, maker=DrawnMaker())
    keys = []
    for order in ((1, 2, 3), (3, 1, 2)):
        out = tmp_path / f"out{order[0]}"
        for number in order:
            maker = DrawnMaker()
            summary = prepare_faces(photos, out, settings, Part(number, 3), maker)
            keys += [key for block in maker.blocks for key in block]
            assert (out / "samples.csv").exists() == (not summary.missing)
        assert not summary.missing
        assert (out / "samples.csv").read_bytes() == (tmp_path / "whole/samples.csv").read_bytes()
        for name in ("rejected.jsonl", "meta.json"):
            assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
        ours, theirs = (FaceFolder(str(root), None) for root in (out, tmp_path / "whole"))
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_equal(one, other)
    assert sorted(keys) == sorted(2 * [photo.key for photo in list_photos(photos, tmp_path, Part())])


def test_shards_follow_each_other_as_the_table_does(photos, tmp_path):
    """So that whoever trains on a consecutive part of the table needs only some of them."""
    out = tmp_path / "out"
    for number in (2, 1, 3):
        prepare_faces(photos, out, PrepareSettings(format="shards", shard_size=2), Part(number, 3), DrawnMaker())
    names = [name.decode() for shard in sorted((out / "shards").glob("*.tar")) for name in ShardIndex.read(shard).names]
    assert names == [row.name for row in FaceFolder(str(out), None).rows]


def test_other_settings_and_other_parts_are_refused(photos, tmp_path):
    out = tmp_path / "out"
    prepare_faces(photos, out, PrepareSettings(), Part(1, 2), DrawnMaker())
    with pytest.raises(ValueError, match=r"size=288, not 224.*another folder"):
        prepare_faces(photos, out, PrepareSettings(size=224), Part(2, 2), DrawnMaker())
    with pytest.raises(ValueError, match=r"in 2 parts: go on with --part K/2"):
        prepare_faces(photos, out, PrepareSettings(), Part(1, 3), DrawnMaker())


def test_copies_count_once(photos, tmp_path):
    shutil.copyfile(photos / "ann/1.png", photos / "dan/again.png")
    summary = prepare_faces(photos, tmp_path / "out", maker=DrawnMaker())
    assert summary.samples == 6 and summary.reasons["copy"] == 1
    rejected = [json.loads(line) for line in (tmp_path / "out/rejected.jsonl").read_text(encoding="utf-8").splitlines()]
    (copy,) = [entry for entry in rejected if entry["reason"] == "copy"]
    assert {copy["photo"], copy["detail"]} == {"dan/again.png", "of ann/1.png"} or (
        {copy["photo"], copy["detail"]} == {"ann/1.png", "of dan/again.png"}
    )


def test_a_whole_set_passes_the_check_and_is_drawn(photos, tmp_path, settings):
    prepare_faces(photos, tmp_path / "out", settings, maker=DrawnMaker())
    found = check_prepared(tmp_path / "out")
    assert found.problems == [] and (found.samples, found.persons, found.fitted_aus) == (6, 4, 6)
    assert found.sheet.is_file() and found.bytes > 6 * 4000


def test_what_is_damaged_is_named(photos, tmp_path):
    out = tmp_path / "out"
    prepare_faces(photos, out, PrepareSettings(), Part(1, 1), DrawnMaker())
    names = [row.name for row in FaceFolder(str(out), None).rows]
    (out / f"images/{names[0]}.jpg").write_bytes(b"no picture")
    (out / f"codes/{names[1]}.npz").unlink()
    np.save(out / f"landmarks/{names[2]}.npy", np.full((68, 2), 1000.0))
    text = (out / "samples.csv").read_text(encoding="utf-8").splitlines()
    columns = text[4].split(",")
    other = next(line.split(",") for line in text[1:] if line.split(",")[2] != columns[2])
    (out / "samples.csv").write_text(
        "\n".join([*text, ",".join(["x", columns[1], other[2], *columns[3:]])]) + "\n", encoding="utf-8"
    )
    problems = check_prepared(out).problems
    for name in (*names[:3], "x"):
        assert any(problem.startswith(f"{name}: ") for problem in problems), name
    assert any(problem.startswith(f"{columns[1]} is in ") for problem in problems)


def test_an_unfinished_set_is_not_checked(photos, tmp_path):
    prepare_faces(photos, tmp_path / "out", PrepareSettings(), Part(2, 2), DrawnMaker())
    with pytest.raises(FileNotFoundError, match="part 1/2 of the photos is missing"):
        check_prepared(tmp_path / "out")
