"""The head in FLAME's format: arrays, joints, landmarks, masks and the disk cache."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from aucgan.files import cache
from aucgan.heads.procedural import anatomy, head
from aucgan.heads.procedural.identity import PROPORTIONS
from aucgan.heads.procedural.mesh import head_mesh
from aucgan.heads.procedural.skinning import joints


@pytest.fixture(scope="module")
def model():
    return head.procedural_head()


@pytest.fixture(scope="module")
def landmarks():
    return head.procedural_head().landmarks


def on_mesh(model, faces, weights):
    return (model.v_template[model.faces[faces]] * weights[..., None]).sum(-2)


def test_shapes_and_types(model):
    count = len(model.v_template)
    shapes = {
        "v_template": (count, 3),
        "shapedirs": (count, 3, 400),
        "posedirs": (count, 3, 36),
        "j_regressor": (5, count),
        "weights": (count, 5),
    }
    for name, shape in shapes.items():
        array = getattr(model, name)
        assert array.shape == shape and array.dtype == np.float32 and np.isfinite(array).all()
    assert model.faces.dtype == np.int64
    assert model.parents.tolist() == [-1, 0, 1, 1, 1]


def test_weights_are_a_partition_of_unity(model):
    assert (model.weights >= 0).all()
    assert np.allclose(model.weights.sum(1), 1, atol=1e-6)
    parts = head.procedural_head().vertex_parts
    left = (parts == "eyeball") & (model.v_template[:, 0] > 0)
    assert (model.weights[left, 3] == 1).all()
    assert (model.weights[parts == "teeth_lower", 2] == 1).all()
    assert (model.weights[parts == "teeth_upper", 1] == 1).all()


def test_weights_are_smooth_on_the_skin(model):
    parts = head.procedural_head().vertex_parts
    skin = (parts == "skin")[model.faces].all(1)
    edges = np.concatenate([model.faces[skin][:, [0, 1]], model.faces[skin][:, [1, 2]]])
    assert np.abs(model.weights[edges[:, 0]] - model.weights[edges[:, 1]]).max() < 0.5


def test_regressor_finds_the_joints(model):
    assert (model.j_regressor >= 0).all()
    assert np.allclose(model.j_regressor.sum(1), 1, atol=1e-6)
    assert np.allclose(model.j_regressor @ model.v_template, joints(), atol=1e-5)


def test_landmarks_lie_where_the_anatomy_says(model, landmarks):
    found = on_mesh(model, landmarks.full_faces_idx, landmarks.full_bary_coords)
    gap = np.linalg.norm(found - anatomy.landmarks_68(), axis=1)
    assert gap[17:].max() < 0.004 and gap[17:].mean() < 0.001
    assert gap[:17].max() < 0.008


def test_landmark_weights_are_convex(landmarks):
    for weights in (landmarks.static_bary_coords, landmarks.dynamic_bary_coords, landmarks.full_bary_coords):
        assert weights.min() >= 0 and np.allclose(weights.sum(-1), 1, atol=1e-5)


def test_landmarks_are_symmetric(model, landmarks):
    mirror = np.array([*range(16, -1, -1)])
    dynamic = on_mesh(model, landmarks.dynamic_faces_idx, landmarks.dynamic_bary_coords)
    for yaw in (0, 13, 39):
        opposite = dynamic[39 + yaw if yaw else 0]
        assert np.allclose(opposite[mirror] * [-1, 1, 1], dynamic[yaw], atol=1e-6)


def test_contour_follows_the_visible_outline(model, landmarks):
    """Turned to the person's left, the outline on that side moves towards the nose; the other side stays."""
    dynamic = on_mesh(model, landmarks.dynamic_faces_idx, landmarks.dynamic_bary_coords)
    assert (dynamic[35, 11:, 2] > dynamic[0, 11:, 2] + 0.005).all()
    assert np.allclose(dynamic[35, :6], dynamic[0, :6], atol=1e-6)


def test_masks_cover_the_face_and_spare_the_mouth(model):
    topology = head.procedural_head().topology()
    mesh = head_mesh()
    position = anatomy.landmarks_68()
    for mask in (topology.face_mask, topology.face_eye_mask):
        assert mask.shape == (256, 256) and mask.min() >= 0 and mask.max() <= 1
        assert np.allclose(mask, mask[:, ::-1], atol=0.02)
    assert not topology.fixed_displacement.any()

    def at(mask, vertex):
        corner = mesh.uv_faces[mesh.faces == vertex][0]
        u, v = mesh.uv[corner]
        return mask[min(int((1 - v) * 256), 255), min(int(u * 256), 255)]

    def nearest(point, *parts):
        candidates = np.flatnonzero(mesh.part(*parts))
        return candidates[np.argmin(np.linalg.norm(mesh.vertices[candidates] - point, axis=1))]

    for point in (*position[17:27], anatomy.CHEEK, anatomy.CHIN, anatomy.NOSE_TIP):
        assert at(topology.face_eye_mask, nearest(point, "skin")) > 0.95
    pupil = nearest(anatomy.EYE_CENTRE + [0, 0, 0.02], "eyeball")
    assert at(topology.face_mask, pupil) == 1 and at(topology.face_eye_mask, pupil) == 0
    for point in (anatomy.CRANIUM_CENTRE - [0, 0, 0.1], [0.05, -0.15, 0.0]):
        assert at(topology.face_mask, nearest(np.array(point), "skin")) == 0


def test_identity_columns_are_ordered_and_plausible(model):
    identity = model.shapedirs[..., :300]
    size = np.sqrt(np.square(identity).sum((0, 1)) / len(identity)) * 1000
    named = len(PROPORTIONS)
    assert (np.diff(size[:named]) <= 1e-4).all()
    assert size[:10].min() > 0.5 and size.max() < 8
    assert size[-1] < 0.2 * size[named]
    assert np.linalg.matrix_rank(identity.reshape(-1, 300)) == 300


def test_eyeballs_stay_round_in_every_identity(model):
    parts = head.procedural_head().vertex_parts
    left = (parts == "eyeball") & (model.v_template[:, 0] > 0)
    code = np.random.default_rng(0).normal(size=300)
    moved = model.v_template + model.shapedirs[..., :300] @ code
    radius = np.linalg.norm(moved[left] - moved[left].mean(0), axis=1)
    at_rest = np.linalg.norm(model.v_template[left] - model.v_template[left].mean(0), axis=1)
    assert np.allclose(radius, at_rest, atol=1e-5)


def test_cache_is_read_back_and_survives_an_unwritable_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("AUCGAN_CACHE", str(tmp_path / "made"))
    calls = []

    def build():
        calls.append(1)
        return {"x": np.arange(3)}

    for _ in range(2):
        assert cache.cached_arrays("thing", build)["x"].tolist() == [0, 1, 2]
    assert len(calls) == 1
    assert [path.suffix for path in (tmp_path / "made").iterdir()] == [".npz"]
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("AUCGAN_CACHE", str(tmp_path / "file"))
    assert cache.cached_arrays("thing", build)["x"].tolist() == [0, 1, 2]


def test_a_damaged_cache_file_is_made_anew_with_one_line_of_warning(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("AUCGAN_CACHE", str(tmp_path))
    build = {"x": np.arange(3), "y": np.ones((40, 40))}.copy
    cache.cached_arrays("thing", build)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    for damaged in (
        b"",
        whole[:10],
        whole[: len(whole) // 2],
        whole[:-1],
        bytes(flipped),
        b"PK no archive",
        b"x" * 500,
    ):
        path.write_bytes(damaged)
        caplog.clear()
        assert cache.cached_arrays("thing", build)["x"].tolist() == [0, 1, 2]
        (record,) = caplog.records
        assert record.levelname == "WARNING" and str(path) in record.message and "\n" not in record.message
        assert path.read_bytes() == whole, "the file is mended"
        assert cache.cached_arrays("thing", build) and len(caplog.records) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_many_builders_at_once_leave_one_whole_file(tmp_path, monkeypatch):
    monkeypatch.setenv("AUCGAN_CACHE", str(tmp_path))
    together = threading.Barrier(4)

    def build():
        together.wait()
        return {"x": np.arange(100_000)}

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: cache.cached_arrays("thing", build), range(4)))
    assert all(result["x"][-1] == 99_999 for result in results)
    (path,) = tmp_path.iterdir()
    with np.load(path) as stored:
        assert stored["x"].tolist() == list(range(100_000))
