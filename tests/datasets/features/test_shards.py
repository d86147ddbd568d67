import pytest
import torch
from safetensors.torch import load_file, save_file

from aucgan.datasets.features import FeatureStore, FileRecord, StoredFeatures, read_shard, shard_bytes, shard_name

WEIGHTS = dict(encoder="e" * 64, au_net="a" * 64)
ROWS = [(FileRecord(f"images/{i}.png", i, i, f"{i:064d}"),) for i in range(3)]


def tensors(n=3, variants=2):
    generator = torch.Generator().manual_seed(0)
    shapes = dict(codes=(n, variants, 236), au_probs=(n, variants, 41), afn=(n, variants, 27, 8))
    return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}


@pytest.fixture
def shard(tmp_path):
    path = tmp_path / shard_name(WEIGHTS, ROWS)
    path.write_bytes(shard_bytes(WEIGHTS, ROWS, tensors()))
    return path


def test_a_shard_says_what_it_is_from(shard):
    content = read_shard(shard)
    assert content.weights == WEIGHTS and content.rows == ROWS
    assert shard.name != shard_name(WEIGHTS, ROWS[:2]) and shard.name != shard_name({}, ROWS)
    for name, value in tensors().items():
        assert torch.equal(load_file(shard)[name], value)


def test_rows_are_found_by_content(shard, tmp_path):
    store = FeatureStore(tmp_path, tmp_path, WEIGHTS)
    elsewhere = (FileRecord("other/name.png", 0, 0, ROWS[1][0].sha256),)
    assert len(store) == 3 and store.find(elsewhere) == (shard, 1)
    changed = (FileRecord("images/1.png", 9, 9, "f" * 64),)
    assert store.find(changed) is None and store.changed_files(changed) == [str(tmp_path / "images/1.png")]
    features = StoredFeatures([(shard, 2), (shard, 0)], tmp_path)
    assert torch.equal(features(0, True)["afn"], tensors()["afn"][2, 1])
    assert torch.equal(features(1, False)["codes"], tensors()["codes"][0, 0])


def test_shards_of_other_weights_do_not_count(shard, tmp_path):
    store = FeatureStore(tmp_path, tmp_path, dict(WEIGHTS, au_net="b" * 64))
    assert len(store) == 0 and store.changed_networks == ["au_net"]
    store.remove_stale()
    assert not shard.exists()
    assert len(FeatureStore(tmp_path / "nowhere", tmp_path, WEIGHTS)) == 0


@pytest.mark.parametrize("size", [0, 4, 100, -1])
def test_truncated_shards_are_named(shard, size):
    shard.write_bytes(shard.read_bytes()[:size])
    with pytest.raises(ValueError, match=rf"{shard} is truncated .*: delete it"):
        read_shard(shard)


def test_foreign_files_are_named(shard):
    shard.write_text("{} this is no shard, and long enough to look like one", encoding="utf-8")
    with pytest.raises(ValueError, match="no feature file"):
        read_shard(shard)
    save_file({"weight": torch.zeros(3)}, shard)
    with pytest.raises(ValueError, match="no feature file of format 'aucgan-features' 1: move it elsewhere"):
        read_shard(shard)
    shard.write_bytes(shard_bytes(WEIGHTS, ROWS, tensors(n=2)))
    with pytest.raises(ValueError, match="for 3 photos"):
        read_shard(shard)
