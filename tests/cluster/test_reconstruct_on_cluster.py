"""The command gives the same files whoever does the work."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from aucgan.cluster import cluster_config
from aucgan.engine.config.config_place import trainings
from aucgan.process.errors import ConfigError
from aucgan.registry import CLUSTERS

REPOSITORY = Path(__file__).parents[2]


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def reconstruct(photos, out, *options):
    command = [sys.executable, "tools/reconstruct.py", str(photos), "--out", str(out), "--device", "cpu", *options]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(REPOSITORY), *filter(None, sys.path)])}
    return subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=900
    )


@pytest.mark.slow
def test_the_files_of_two_workers_are_those_of_one_process(tmp_path):
    pytest.importorskip("distributed")
    pytest.importorskip("ai_edge_litert")
    portrait = Image.fromarray(pytest.importorskip("skimage.data").astronaut()[:260, 90:350])
    photos = tmp_path / "photos"
    (photos / "sub").mkdir(parents=True)
    for number in range(9):  # two pieces
        portrait.rotate(3 * number - 12, resample=Image.Resampling.BILINEAR).save(photos / f"{number}.png")
    portrait.save(photos / "sub" / "ünï ⛄.png")
    (photos / "cut.jpg").write_bytes(b"\xff\xd8 no picture")
    save = ("--save", "codes", "words", "arkit", "coarse")
    alone = reconstruct(photos, tmp_path / "alone", *save)
    shared = reconstruct(photos, tmp_path / "shared", *save, "--cluster", "local:2")
    assert alone.returncode == shared.returncode == 1, shared.stderr
    assert contents(tmp_path / "shared") == contents(tmp_path / "alone")
    assert len(list((tmp_path / "shared").rglob("*_codes.npz"))) == 10
    assert "2 workers at tcp://127.0.0.1:" in shared.stderr and "dashboard: http://127.0.0.1:" in shared.stderr
    told = [
        sorted(text.replace(str(tmp_path / name), "OUT").splitlines())
        for name, text in (("alone", alone.stdout), ("shared", shared.stdout))
    ]
    assert told[0] == told[1] and len(told[0]) == 10
    assert shared.stderr.splitlines()[-2:] == [
        line.replace(str(tmp_path / "alone"), str(tmp_path / "shared")) for line in alone.stderr.splitlines()[-2:]
    ]


@pytest.mark.parametrize("path", sorted(Path("configs/clusters").glob("*.py")), ids=lambda path: path.stem)
def test_configs_of_clusters_build(path):
    built = CLUSTERS.build(cluster_config(str(path)))
    assert callable(built.start) and path not in trainings(Path("configs"))


def test_what_the_option_may_say(tmp_path):
    assert cluster_config("local:3") == dict(type="LocalCluster", workers=3)
    assert cluster_config("local") == dict(type="LocalCluster", workers=None)
    assert cluster_config("tcp://10.0.0.1:8786") == dict(type="Scheduler", address="tcp://10.0.0.1:8786")
    assert cluster_config("configs/clusters/slurm.py")["type"] == "SLURMCluster"
    for text in ("local:0", "local:two", "here", "2"):
        with pytest.raises(ConfigError, match=text):
            cluster_config(text)
    (tmp_path / "empty.py").write_text("other = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="no dict 'cluster'"):
        cluster_config(str(tmp_path / "empty.py"))
