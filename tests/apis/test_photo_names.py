from pathlib import Path

from aucgan.apis.photo_names import SOURCE_SUFFIX, note_source, result_names


def named(folder, *photos):
    return list(result_names([Path(photo) for photo in photos], folder).values())


def test_a_photo_gives_its_stem_where_no_other_has_it(tmp_path):
    assert named(tmp_path, "in/ann.jpg", "in/bob.v2.png") == ["ann", "bob.v2"]


def test_photos_of_one_stem_also_give_their_suffix(tmp_path):
    assert named(tmp_path, "a.jpg", "a.png", "b.png") == ["a_jpg", "a_png", "b"]
    assert named(tmp_path, "b.png", "a.png", "a.jpg") == ["b", "a_png", "a_jpg"], "names depend on the order"
    assert named(tmp_path, "a.jpg", "A.png") == ["a_jpg", "A_png"], "one file where the disk knows no capitals"


def test_what_still_clashes_is_counted(tmp_path):
    assert named(tmp_path, "a.JPG", "a.jpg", "a_jpg.png") == ["a_JPG_2", "a_jpg_3", "a_jpg"]
    assert named(tmp_path, "one/a.jpg", "two/a.jpg") == ["a_jpg", "a_jpg_2"]


def test_results_of_another_photo_keep_their_name(tmp_path):
    photo, other = tmp_path / "one/a.jpg", tmp_path / "two/a.jpg"
    note_source(tmp_path / f"a{SOURCE_SUFFIX}", photo)
    assert named(tmp_path, photo) == ["a"], "a second call writes the same files"
    assert named(tmp_path, other) == ["a_jpg"]
    note_source(tmp_path / f"a_jpg{SOURCE_SUFFIX}", other)
    assert named(tmp_path, photo, other, tmp_path / "three/a.jpg") == ["a", "a_jpg", "a_jpg_2"]
    assert named(tmp_path, photo, tmp_path / "one/a.png") == ["a", "a_png"], "a photo more renames no results"


def test_names_that_no_text_can_hold_are_noted_too(tmp_path):
    photo = tmp_path / "a\udcff.jpg"  # a file of a system that did not know UTF-8
    note_source(tmp_path / f"{photo.stem}{SOURCE_SUFFIX}", photo)
    assert named(tmp_path, photo) == [photo.stem]
