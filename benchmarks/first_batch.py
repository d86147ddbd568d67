"""How long it takes until a training has its first batch of 10 000 prepared photos, as files and as shards.

    python benchmarks/first_batch.py [--count 10000]

Contract: both layouts hold the same samples, one face of noise of 288 px under many names; a process opens the data
set, draws a batch of 16 in random order through the pipeline of the configs for photos, and ends. Seconds of the
processor are printed beside those of the clock, which other programs lengthen; files are in the system's cache, so
that what a disk adds is not seen.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from torch.utils.data import DataLoader

from aucgan.apis.preparation.outcome import PreparedFace
from aucgan.apis.preparation.photo_list import Part
from aucgan.apis.preparation.shard_sink import ShardSink
from aucgan.datasets import FaceFolder
from aucgan.datasets.face_folder import SampleRow, write_samples
from aucgan.engine.loop.sampler import ResumableSampler

SIDE, BATCH = 288, 16
PIPELINE = [dict(type="CropFace", size=112), dict(type="RandomFlip"), dict(type="ColorJitter"), dict(type="PackFace")]


class OneFace(PreparedFace):
    """A face whose files are made once."""

    made: dict[tuple[str, str], bytes] | None = None

    def files(self, quality: int) -> dict[tuple[str, str], bytes]:
        """See :class:`PreparedFace`."""
        OneFace.made = OneFace.made or super().files(quality)
        return OneFace.made


def face(name: str) -> OneFace:
    """A face of noise."""
    rng = np.random.default_rng(0)
    codes = {"shape": rng.normal(size=(2, 100)), "exp": rng.uniform(size=(2, 62)), "pose": rng.normal(size=(2, 6))}
    image = rng.integers(0, 255, (SIDE // 6, SIDE // 6, 3), dtype=np.uint8).repeat(6, 0).repeat(6, 1)
    points = rng.uniform(0.2 * SIDE, 0.8 * SIDE, (68, 2))
    mask = np.full((SIDE, SIDE), 255, np.uint8)
    return OneFace(name, name, np.zeros(41), "fit", 0.9, image, points, np.zeros((468, 2)), mask, codes)


def write(root: Path, count: int) -> None:
    """Write both layouts."""
    names = [f"photo-{number:08x}" for number in range(count)]
    shards = ShardSink(root / "shards", 95, Part(), 1000)
    shards.go_on(None)
    shards.write([face(name) for name in names])
    shards.finish()
    for (kind, suffix), content in face("x").files(95).items():
        (root / "folder" / kind).mkdir(parents=True)
        for name in names:
            (root / "folder" / kind / f"{name}{suffix}").write_bytes(content)
    for layout in ("folder", "shards"):
        write_samples(root / layout / "samples.csv", [SampleRow(n, n, "train", np.zeros(41)) for n in names])


def measure(root: Path) -> None:
    """Print what opening and the first batch take."""
    clock, processor = time.perf_counter(), time.process_time()
    data = FaceFolder(str(root), "train", PIPELINE, reduce=True)
    opened = time.process_time() - processor
    next(iter(DataLoader(data, BATCH, sampler=ResumableSampler(data, seed=0))))
    both = time.process_time() - processor
    print(
        f"{root.name}: opened {opened:.2f} s, first batch after {both:.2f} s of the processor "
        f"({time.perf_counter() - clock:.2f} s by the clock), {len(data)} photos"
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), count)
        for _ in range(2):  # the first time, modules are loaded
            for layout in ("folder", "shards"):
                measure(Path(folder) / layout)


if __name__ == "__main__":
    main()
