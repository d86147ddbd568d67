"""Names, persons, splits and labels of photos."""

import numpy as np
import pytest
from prepared_faces import write_photos

from aucgan.action_units import AU_NAMES
from aucgan.apis.preparation.au_labels import read_au_labels
from aucgan.apis.preparation.identities import Identities, looked_up, split_persons
from aucgan.apis.preparation.photo_list import Part, SourcePhoto, list_photos


def photo(tmp_path, key):
    return SourcePhoto(tmp_path / key, key)


def test_names_are_unlike_and_need_no_other_photo(tmp_path):
    keys = ["a/x.jpg", "b/x.jpg", "a/x.png", "a/long name, with.dots and ümläuts" + "x" * 80 + ".jpg"]
    names = [photo(tmp_path, key).name for key in keys]
    assert len(set(names)) == 4 and names[0].startswith("x-")
    assert all(len(name) <= 51 and "." not in name and name.isascii() for name in names)


def test_parts_share_the_photos_out(tmp_path):
    root = write_photos(tmp_path, [f"{n}.png" for n in range(40)])
    parts = [list_photos(root, tmp_path / "out", Part(k, 3)) for k in (1, 2, 3)]
    together = [one.key for part in parts for one in part]
    assert sorted(together) == sorted(one.key for one in list_photos(root, tmp_path / "out", Part()))
    assert all(5 <= len(part) <= 22 for part in parts)
    (root / "0.png").unlink()
    again = [one.key for one in list_photos(root, tmp_path / "out", Part(2, 3))]
    assert again == [one.key for one in parts[1] if one.key != "0.png"]


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "-1/2"])
def test_parts_must_be_parts(text):
    with pytest.raises(ValueError, match=r"K/N"):
        Part.of(text)


@pytest.mark.parametrize(
    ("way", "key", "person"),
    [
        ("folder", "F001/T1/2440.jpg", "F001"),
        ("name", "x/SN001_0007.png", "SN001"),
        ("name", "x/7.png", "7"),
    ],
)
def test_who_is_who(tmp_path, way, key, person):
    assert Identities(way).of(photo(tmp_path, key)) == person


def test_who_is_nobody_else(tmp_path):
    one = photo(tmp_path, "a/1.jpg")
    assert Identities("photo").of(one) == one.name
    loose = photo(tmp_path, "1.jpg")
    assert Identities("folder").of(loose) == loose.name


def test_persons_from_a_table(tmp_path):
    table = tmp_path / "who.csv"
    table.write_text("name,identity,more\na/1.jpg,ann,x\n2,bob,y\nb/1.jpg,,z\n", encoding="utf-8")
    who = Identities(str(table))
    assert who.of(photo(tmp_path, "a/1.jpg")) == "ann" and who.of(photo(tmp_path, "c/2.jpg")) == "bob"
    assert who.of(photo(tmp_path, "b/1.jpg")) == photo(tmp_path, "b/1.jpg").name
    table.write_text("file,person\n", encoding="utf-8")
    with pytest.raises(ValueError, match="name and identity"):
        Identities(str(table))
    with pytest.raises(ValueError, match="none of these"):
        Identities("persons")


def test_splits_follow_the_shares_and_stay():
    persons = [f"p{n}" for n in range(2000)]
    splits = split_persons(persons, (0.8, 0.1, 0.1))
    counts = {name: sum(split == name for split in splits.values()) for name in ("train", "val", "test")}
    assert abs(counts["train"] - 1600) < 80 and abs(counts["val"] - 200) < 60 and abs(counts["test"] - 200) < 60
    fewer = split_persons(persons[:1000], (0.8, 0.1, 0.1))
    assert all(splits[person] == split for person, split in fewer.items())


@pytest.mark.parametrize("count", range(3, 12))
@pytest.mark.parametrize("shares", [(0.8, 0.1, 0.1), (0.02, 0.49, 0.49), (0.5, 0.5, 0.0), (1.0, 0.0, 0.0), (0, 0, 1)])
def test_few_persons_fill_all_splits(count, shares):
    found = set(split_persons([f"{shares}{n}" for n in range(count)], shares).values())
    assert found == {name for name, share in zip(("train", "val", "test"), shares, strict=True) if share}


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.9, 0.2, -0.1), (0.5, 0.1, 0.1)])
def test_shares_are_checked(shares):
    with pytest.raises(ValueError, match="sum 1"):
        split_persons(["a"], shares)


@pytest.mark.parametrize(
    ("line", "units"),
    [
        ("1 0 0 1 0 0 0 0 0 0 0 9", {"AU1": 1, "AU2": 0, "AU6": 1, "AU23": 0, "AU24": -1}),
        ("0,1,0,0,0,-1,0,1", {"AU2": 1, "AU12": -1, "AU25": 0, "AU26": 1}),
    ],
)
def test_published_lists(tmp_path, line, units):
    (tmp_path / "BP4D_train_label_fold1.txt").write_text(f"{line}\n{line}\n", encoding="utf-8")
    (tmp_path / "BP4D_train_img_path_fold1.txt").write_text("./F001\\T1\\1.jpg\nF002/T1/1.jpg\n", encoding="utf-8")
    labels = read_au_labels(tmp_path / "BP4D_train_label_fold1.txt")
    aus = looked_up(labels, photo(tmp_path, "F001/T1/1.jpg"))
    assert {name: aus[AU_NAMES.index(name)] for name in units} == units
    assert (aus != -1).sum() == len(line.replace(",", " ").split()) - 1
    assert looked_up(labels, photo(tmp_path, "F003/T1/1.jpg")) is None


def test_labels_from_a_csv(tmp_path):
    (tmp_path / "aus.csv").write_text("name,AU12\na/1.jpg,0.6\n", encoding="utf-8")
    aus = read_au_labels(tmp_path / "aus.csv")["a/1.jpg"]
    assert aus[AU_NAMES.index("AU12")] == np.float32(0.6) and (aus == -1).sum() == 40


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("aus.txt", "1 2\n", "'label' in its name"),
        ("label.txt", "1 0 0\n", "3 columns"),
        ("label.txt", "1 0 0 0 0 0 0 5\n", "divide grades"),
        ("label.txt", "1 0 0 0 0 0 0 0\n" * 2, "2 lines"),
        ("label.txt", "a b\n", "no table"),
    ],
)
def test_bad_lists_are_explained(tmp_path, name, text, message):
    (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "img_path.txt").write_text("1.jpg\n", encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_au_labels(tmp_path / name)
