"""Samples in tar files: found, read, and the same as in folders."""

import io
import tarfile

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from aucgan.datasets import FaceFolder
from aucgan.datasets.features import FeatureStore
from aucgan.datasets.sample_files import KINDS, FolderFiles
from aucgan.datasets.shard_files import FOLDER, ShardFiles, ShardIndex, index_file, member_name, members_of, packed
from aucgan.engine.loop.sampler import ResumableSampler

PIPELINE = [dict(type="CropFace", size=24), dict(type="RandomFlip"), dict(type="ColorJitter"), dict(type="PackFace")]


def to_shards(folder, root, groups):
    """The samples of a folder in tar files, with an index beside all but the first."""
    pytest.importorskip("webdataset", reason="writes shards")
    (root / FOLDER).mkdir(parents=True)
    (root / "samples.csv").write_bytes((folder / "samples.csv").read_bytes())
    source = FolderFiles(folder)
    for number, names in enumerate(groups):
        path = root / FOLDER / f"{number:06d}.tar"
        content = b""
        for name in names:
            found = {kind: source.find(kind, name) for kind in KINDS}
            members = [
                (member_name("", kind, file.suffix).removeprefix("."), file.read_bytes())
                for kind, file in found.items()
                if file is not None
            ]
            content += packed([*members, ("json", b"{}")], name)[0]
        path.write_bytes(content + bytes(1024))
        if number:
            ShardIndex.of(members_of(path)).write(index_file(path), path.stat().st_size)
    return root


@pytest.fixture
def shards(folder, tmp_path):
    return to_shards(folder, tmp_path / "sharded", [["f0", "f2"], ["f1"]])


def test_samples_are_those_of_the_folder(folder, shards):
    for split in ("train", "test", None):
        ours, theirs = (FaceFolder(str(root), split, truth=["displacement"]) for root in (shards, folder))
        assert isinstance(ours.files, ShardFiles) and isinstance(theirs.files, FolderFiles)
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_equal(one, other)


def test_resumed_batches_are_those_of_the_folder(folder, shards):
    """In two loader processes, from any position, in the same order and with the same augmentation."""

    def batches(root, first, workers, count=4):
        data = FaceFolder(str(root), None, pipeline=PIPELINE)
        sampler = ResumableSampler(data, seed=3)
        sampler.start_at(first)
        loader = iter(DataLoader(data, 2, sampler=sampler, num_workers=workers))
        return [next(loader) for _ in range(count)]

    whole, ours = batches(folder, 0, 0), batches(shards, 0, 2)
    later = batches(shards, 4, 1, 2)
    for expected, found in [*zip(whole, ours, strict=True), *zip(whole[2:], later, strict=True)]:
        assert expected.keys() == found.keys()
        assert all(torch.equal(expected[key], found[key]) for key in expected)


def test_webdataset_reads_them(shards):
    webdataset = pytest.importorskip("webdataset")
    samples = list(webdataset.WebDataset(str(shards / FOLDER / "000000.tar"), shardshuffle=False))
    assert [sample["__key__"] for sample in samples] == ["f0", "f2"]
    folder = shards.parent
    assert samples[0]["png"] == (folder / "images/f0.png").read_bytes()
    assert samples[0]["landmarks.npy"] == (folder / "landmarks/f0.npy").read_bytes()
    assert samples[0]["masks.png"] == (folder / "masks/f0.png").read_bytes()


def test_an_index_of_another_file_is_not_believed(shards):
    path = shards / FOLDER / "000001.tar"
    expected = FaceFolder(str(shards), None)[1]
    with tarfile.open(path, encoding="utf-8") as archive:
        members = [(info, archive.extractfile(info).read()) for info in archive]
    with tarfile.open(path, "w", encoding="utf-8") as archive:  # the same files in another order, and one more
        for info, content in reversed([*members, (tarfile.TarInfo("f1.note"), b"")]):
            archive.addfile(info, io.BytesIO(content))
    np.testing.assert_equal(FaceFolder(str(shards), None)[1], expected)
    index_file(path).write_bytes(b"damaged")
    np.testing.assert_equal(FaceFolder(str(shards), None)[1], expected)


def test_what_is_missing_or_cut_off_is_named(shards):
    path = shards / FOLDER / "000001.tar"
    content = path.read_bytes()
    path.write_bytes(content[:900])
    index = np.load(index_file(path))
    np.savez(index_file(path), **{**index, "bytes": 900})
    with pytest.raises(ValueError, match=r"000001.tar is cut off within f1"):
        FaceFolder(str(shards), None)[1]
    path.unlink()
    with pytest.raises(FileNotFoundError, match="f1"):
        FaceFolder(str(shards), None)[1]
    (shards / FOLDER / "000002.tar").write_bytes(b"x" * 2000)
    with pytest.raises(ValueError, match=r"000002.tar is damaged"):
        FaceFolder(str(shards), None)


def test_features_are_found_by_content(folder, shards):
    view = FaceFolder(str(folder), None, pipeline=[dict(type="CropFace", size=24, scale=1.6)]).view
    records = []
    for root in (folder, shards):
        store = FeatureStore(root / "features", root, {})
        records.append(store.records(FaceFolder(str(root), None), 0, view))
    ours, theirs = records
    assert [record.sha256 for record in ours] == [record.sha256 for record in theirs]
    assert theirs[0].path == "shards/000000.tar:f0.png"
