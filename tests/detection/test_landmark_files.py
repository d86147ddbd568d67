"""Landmarks from files: every format, where each counts from, and what is said of wrong ones."""

import json

import numpy as np
import pytest

from aucgan.detection import AlignedPhotos, LandmarkFiles
from aucgan.registry import DETECTORS

PHOTO = np.zeros((100, 200, 3), np.uint8)
POINTS = np.random.default_rng(0).uniform(10, 90, (68, 2)).astype(np.float32)


def write_pts(path, points):
    rows = "\n".join(f"{x} {y}" for x, y in points)
    path.write_text(f"version: 1\nn_points:  {len(points)}\n{{\n{rows}\n}}\n", encoding="utf-8")


@pytest.mark.parametrize("suffix", [".npy", ".txt", ".pts"])
def test_formats(tmp_path, suffix):
    path = tmp_path / f"someone{suffix}"
    if suffix == ".npy":
        np.save(path, POINTS)
    elif suffix == ".txt":
        np.savetxt(path, POINTS)
    else:
        write_pts(path, POINTS + 0.5)  # 300-W calls the first pixel's centre 1, we call it ½
    (face,) = DETECTORS.build(dict(type="LandmarkFiles", path=str(tmp_path)))(
        PHOTO, tmp_path / "photos" / "someone.jpg"
    )
    np.testing.assert_allclose(face.landmarks68, POINTS, atol=1e-4)
    np.testing.assert_allclose(face.box, [*POINTS.min(0), *POINTS.max(0)], atol=1e-4)
    assert face.landmarks468 is None and face.score == 1
    (shifted,) = LandmarkFiles(tmp_path, first_centre=0.0)(PHOTO, "someone.jpg")
    np.testing.assert_allclose(shifted.landmarks68 - face.landmarks68, 1.0 if suffix == ".pts" else 0.5, atol=1e-4)


@pytest.mark.parametrize("field", ["keypoints", "face_kpts"])
def test_coco(tmp_path, field):
    def annotation(photo, points):
        return {"image_id": photo, field: np.column_stack([points - 0.5, np.full(68, 2)]).ravel().tolist()}

    content = {
        "images": [{"id": 7, "file_name": "train/two.jpg"}, {"id": 8, "file_name": "none.jpg"}],
        "annotations": [annotation(7, POINTS / 2), annotation(7, POINTS)],
    }
    path = tmp_path / "faces.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    finder = LandmarkFiles(path)
    large, small = finder(PHOTO, "elsewhere/two.jpg")
    np.testing.assert_allclose(large.landmarks68, POINTS, atol=1e-4)
    np.testing.assert_allclose(small.landmarks68, POINTS / 2, atol=1e-4)
    assert finder(PHOTO, "none.jpg") == finder(PHOTO, "unknown.jpg") == []


@pytest.mark.parametrize(("count", "depth"), [(468, False), (478, True)])
def test_dense_points(tmp_path, count, depth):
    points = np.random.default_rng(1).uniform(0, 90, (count, 3 if depth else 2))
    np.save(tmp_path / "a.npy", points)
    (face,) = LandmarkFiles(tmp_path)(PHOTO, "a.png")
    np.testing.assert_allclose(face.landmarks468, points[:468, :2], atol=1e-4)
    assert (face.landmarks68[30] == face.landmarks468[4]).all()
    assert (face.depth468 is not None) == depth
    if count == 478:
        np.testing.assert_allclose(face.irises, points[468:, :2].reshape(2, 5, 2), atol=1e-4)
    else:
        assert face.irises is None


def test_a_photo_without_a_file_has_no_face(tmp_path):
    assert LandmarkFiles(tmp_path)(PHOTO, "a.jpg") == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "1 2\n3 4\n", "has 2 points; iBUG's 68 or MediaPipe's 468"),
        ("a.txt", "one two\n", "expected one point a row"),
        ("a.pts", "1 2\n", "between { and }"),
        ("a.txt", "1 nan\n", "expected finite points"),
    ],
)
def test_wrong_files_are_named(tmp_path, name, content, message):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message) as raised:
        LandmarkFiles(tmp_path)(PHOTO, "a.jpg")
    assert name in str(raised.value)


@pytest.mark.parametrize("content", ["[]", "{", '{"images": [], "annotations": [{}]}'])
def test_wrong_json_is_named(tmp_path, content):
    (tmp_path / "a.json").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.json is no COCO-style JSON"):
        LandmarkFiles(tmp_path / "a.json")(PHOTO, "a.jpg")


def test_what_is_missing_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere does not exist"):
        LandmarkFiles(tmp_path / "nowhere")(PHOTO, "a.jpg")
    with pytest.raises(ValueError, match="source=FILE"):
        LandmarkFiles(tmp_path)(PHOTO)


def test_aligned_photos():
    (face,) = DETECTORS.build(dict(type="AlignedPhotos", share=0.5))(PHOTO)
    np.testing.assert_allclose(face.box, [75, 25, 125, 75])
    assert face.landmarks68 is None and face.landmarks468 is None
    with pytest.raises(ValueError, match="share"):
        AlignedPhotos(share=0)
