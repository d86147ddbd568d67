import numpy as np
import pytest
from PIL import Image

from aucgan.datasets.face_folder import SampleRow, write_samples


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("images", "landmarks", "masks", "truth"):
        (tmp_path / name).mkdir()
    rows = []
    for i, split in enumerate(["train", "train", "test"]):
        Image.fromarray(rng.integers(0, 255, (32, 32, 3), dtype=np.uint8)).save(tmp_path / f"images/f{i}.png")
        points = rng.uniform(4, 28, (68, 2))
        if i == 0:
            np.save(tmp_path / f"landmarks/f{i}.npy", points.astype(np.float32))
            Image.fromarray(np.full((32, 32), 255, np.uint8)).save(tmp_path / f"masks/f{i}.png")
        else:
            np.savetxt(tmp_path / f"landmarks/f{i}.txt", points)
        np.savez(tmp_path / f"truth/f{i}.npz", displacement=np.zeros((8, 8), np.float16))
        rows.append(SampleRow(f"f{i}", f"id{i}", split, np.full(41, i / 2, np.float32)))
    write_samples(tmp_path / "samples.csv", rows)
    return tmp_path
