import numpy as np
import pytest
import trimesh

from aucgan.apis.scoring.now import NowOptions, evaluate_now
from aucgan.apis.scoring.true_meshes import write_true_meshes
from aucgan.datasets.procedural.writer import generate_dataset
from aucgan.evaluation.scans.closest_point import Surface


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return generate_dataset(tmp_path_factory.mktemp("faces") / "data", 1, 1, 2, image_size=32, uv_size=64, workers=0)


def test_true_meshes_carry_photo_landmarks_and_displacement(data, tmp_path):
    names = write_true_meshes(data, tmp_path, limit=1)
    assert names == ["test_000000"] and (tmp_path / "photos/test_000000.png").is_file()
    mesh = trimesh.load(tmp_path / "meshes/test_000000.obj", process=False)
    landmarks = np.loadtxt(tmp_path / "meshes/test_000000_landmarks.txt")
    assert landmarks.shape == (68, 3) and mesh.visual.material.image.size == (256, 256)
    on_surface = Surface(mesh.vertices, mesh.faces).closest(landmarks).distances
    assert 0 < on_surface.max() < 0.002  # the landmarks lie on the coarse mesh, at most a wrinkle away
    result = evaluate_now(tmp_path / "meshes", tmp_path / "meshes", NowOptions(refine=False, radius=0.4))
    assert result.distances.max() < 1e-3


def test_photos_without_truth_are_refused(data, tmp_path):
    (data / "truth/test_000001.npz").rename(tmp_path / "kept.npz")
    with pytest.raises(FileNotFoundError, match="test_000001.npz does not exist"):
        write_true_meshes(data, tmp_path)
    with pytest.raises(ValueError, match="no sample of split 'holdout'"):
        write_true_meshes(data, tmp_path, split="holdout")
