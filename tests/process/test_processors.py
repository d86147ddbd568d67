"""Processors are those that this process may use: within its affinity and the quotas of its control groups."""

import os

import pytest
import torch
from mmengine.config import Config

from aucgan.datasets.procedural import writer
from aucgan.engine.config.defaults import complete
from aucgan.engine.loop.threads import limit_threads
from aucgan.process import processors
from aucgan.process.processors import usable_processors

UNIFIED = "0::{}\n"
LEGACY = "12:memory:{0}\n4:cpu,cpuacct:{0}\n1:name=systemd:{0}\n0::/\n"


@pytest.fixture(autouse=True)
def sixteen(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(16)), raising=False)


def counted(folder, own, files):
    """Processors with these control groups."""
    (folder / "own").write_text(own, encoding="utf-8")
    for name, text in files.items():
        path = folder / "groups" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return usable_processors(folder / "groups", folder / "own")


CASES = {
    "no quota": (UNIFIED.format("/"), {"cpu.max": "max 100000\n"}, 16),
    "no files": (UNIFIED.format("/"), {}, 16),
    "two": (UNIFIED.format("/"), {"cpu.max": "200000 100000\n"}, 2),
    "another period": (UNIFIED.format("/"), {"cpu.max": "150000 50000\n"}, 3),
    "one and a half": (UNIFIED.format("/"), {"cpu.max": "150000 100000\n"}, 2),
    "a tenth": (UNIFIED.format("/"), {"cpu.max": "10000 100000\n"}, 1),
    "more than there are": (UNIFIED.format("/"), {"cpu.max": "6400000 100000\n"}, 16),
    "own group": (UNIFIED.format("/a/b"), {"a/b/cpu.max": "400000 100000\n"}, 4),
    "group above": (UNIFIED.format("/a/b"), {"a/b/cpu.max": "max 100000", "a/cpu.max": "300000 100000"}, 3),
    "smallest": (UNIFIED.format("/a/b"), {"a/b/cpu.max": "800000 100000", "a/cpu.max": "500000 100000"}, 5),
    "another's group": (UNIFIED.format("/a"), {"b/cpu.max": "100000 100000"}, 16),
    "seen from outside": (UNIFIED.format("/docker/4f"), {"cpu.max": "200000 100000"}, 2),
    "beside": (UNIFIED.format("/../x"), {"x/cpu.max": "200000 100000"}, 2),
    "legacy": (
        LEGACY.format("/"),
        {"cpu,cpuacct/cpu.cfs_quota_us": "300000\n", "cpu,cpuacct/cpu.cfs_period_us": "100000\n"},
        3,
    ),
    "legacy, none": (LEGACY.format("/"), {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 16),
    "legacy in a container": (
        LEGACY.format("/docker/4f"),
        {"cpu/cpu.cfs_quota_us": "50000", "cpu/cpu.cfs_period_us": "100000"},
        1,
    ),
    "legacy, group above": (
        LEGACY.format("/a/b"),
        {"cpu/a/cpu.cfs_quota_us": "700000", "cpu/a/cpu.cfs_period_us": "100000"},
        7,
    ),
    "both": ("4:memory:/\n0::/a\n", {"unified/a/cpu.max": "600000 100000"}, 6),
    "damaged": (UNIFIED.format("/"), {"cpu.max": "a lot\n"}, 16),
    "no period": (UNIFIED.format("/"), {"cpu.max": "100000 0\n"}, 16),
}


@pytest.mark.parametrize("case", CASES)
def test_the_quota_counts(tmp_path, case):
    own, files, expected = CASES[case]
    assert counted(tmp_path, own, files) == expected


def test_the_affinity_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {3, 5, 7})
    assert counted(tmp_path, UNIFIED.format("/"), {"cpu.max": "1200000 100000"}) == 3


@pytest.mark.parametrize(("count", "expected"), [(10, 10), (None, 1)])
def test_without_affinity_and_control_groups_all_count(tmp_path, monkeypatch, count, expected):
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: count)
    assert usable_processors(tmp_path / "none", tmp_path / "none either") == expected


@pytest.fixture
def quota_of_two(tmp_path, monkeypatch):
    """Who counts processors in this process finds two."""
    counted(tmp_path, UNIFIED.format("/"), {"cpu.max": "200000 100000"})
    monkeypatch.setattr(processors.usable_processors, "__defaults__", (tmp_path / "groups", tmp_path / "own"))


@pytest.fixture
def eight_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(8)
    yield
    torch.set_num_threads(before)


def test_torch_takes_no_more_threads(quota_of_two, eight_threads, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    limit_threads()
    assert torch.get_num_threads() == 2


def test_whoever_asks_for_threads_gets_them(quota_of_two, eight_threads, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    limit_threads()
    assert torch.get_num_threads() == 8


def test_fewer_threads_stay_fewer(quota_of_two, eight_threads, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    torch.set_num_threads(1)
    limit_threads()
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize(("asked", "given"), [(8, 2), (1, 1), (0, 0)])
def test_data_loaders_start_no_more_processes(quota_of_two, asked, given):
    cfg = complete(Config(dict(test_dataloader=dict(batch_size=1, num_workers=asked))))
    assert cfg.test_dataloader.num_workers == given


def test_generated_data_is_written_by_no_more_processes(quota_of_two, tmp_path, monkeypatch):
    started = []

    class Pool:
        def __init__(self, workers, *_):
            started.append(workers)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def map(self, function, batches):
            return []

    monkeypatch.setattr(writer, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(writer, "FaceRenderer", lambda *_, **__: None)
    list(writer._rows_of_batches(tmp_path, writer.DatasetSettings(300, 0, 0), None, 300))
    assert started == [2]
