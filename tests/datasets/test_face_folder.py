import numpy as np
import pytest
from PIL import Image

from aucgan.action_units import AU_NAMES
from aucgan.datasets import FaceFolder


def test_reads_a_split(folder):
    data = FaceFolder(folder, "train", pipeline=[dict(type="PackFace")], truth=["displacement"], cache=True)
    assert len(data) == 2 and data.aus.shape == (2, 41) and data.identities.tolist() == [0, 1]
    for _ in range(2):
        first, second = data[0], data[1]
    assert first["mask"].min() == 1
    assert 0 < second["mask"].mean() < 1, "the hull of the landmarks stands in for the missing mask"
    assert second["aus"].unique().tolist() == [0.5]
    assert first["gt_uv_z"].shape == (1, 8, 8)
    assert len(FaceFolder(folder, None, limit=2)) == 2


def test_unknown_aus_are_minus_one(folder):
    (folder / "samples.csv").write_text("name,identity,split,AU12,AUL12\nf0,a,train,0.6,\n", encoding="utf-8")
    aus = FaceFolder(folder, "train")[0]["aus"]
    assert aus[AU_NAMES.index("AU12")] == np.float32(0.6)
    assert (np.delete(aus, AU_NAMES.index("AU12")) == -1).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,identity,split,AU99\nf0,a,train,1\n", "AU99"),
        ("name,split\nf0,train\n", "identity"),
        ("name,identity,split,AU1\nf0,a,train,5\n", "line 2.*divide"),
        ("name,identity,split,AU1\nf0,a,train,yes\n", "line 2"),
        ("name,identity,split\nf0,a,val\n", "no sample of split 'train'"),
    ],
)
def test_bad_tables_are_explained(folder, text, message):
    (folder / "samples.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        FaceFolder(folder, "train")


def test_damaged_files_are_named(folder):
    (folder / "truth/f0.npz").write_bytes((folder / "truth/f0.npz").read_bytes()[:60])
    with pytest.raises(ValueError, match="f0.npz is damaged"):
        FaceFolder(folder, "train", truth=["displacement"])[0]
    for size in (0, 10, 200):
        (folder / "landmarks/f0.npy").write_bytes((folder / "landmarks/f0.npy").read_bytes()[:size])
        with pytest.raises(ValueError, match="f0.npy is damaged"):
            FaceFolder(folder, "train")[0]
        np.save(folder / "landmarks/f0.npy", np.zeros((68, 2)))
    (folder / "meta.json").write_text('{"format": "auc', encoding="utf-8")
    with pytest.raises(ValueError, match="meta.json is damaged"):
        FaceFolder(folder, "train")


def test_missing_files_are_named(folder, tmp_path):
    with pytest.raises(FileNotFoundError, match="samples.csv"):
        FaceFolder(tmp_path / "nowhere", "train")
    (folder / "landmarks/f0.npy").unlink()
    with pytest.raises(FileNotFoundError, match="f0.npy"):
        FaceFolder(folder, "train")[0]
    np.savetxt(folder / "landmarks/f0.txt", np.zeros((5, 2)))
    with pytest.raises(ValueError, match="68"):
        FaceFolder(folder, "train")[0]
    with pytest.raises(KeyError, match="light"):
        FaceFolder(folder, "test", truth=["light"])[0]
    (folder / "images/f2.png").unlink()
    with pytest.raises(FileNotFoundError, match="f2"):
        FaceFolder(folder, "test")[0]


def test_masks_must_fit_their_photo(folder):
    Image.fromarray(np.zeros((16, 16), np.uint8)).save(folder / "masks/f1.png")
    with pytest.raises(ValueError, match="16"):
        FaceFolder(folder, "train")[1]
