"""The Python interface on a portrait and a cat."""

import numpy as np
import pytest
import torch
from PIL import Image

import aucgan
from aucgan import Reconstructor
from aucgan.action_units import AU_NAMES
from aucgan.apis.photos import UnreadablePhotoError
from aucgan.detection import AlignedPhotos
from aucgan.detection.mesh_points import OUTLINE
from aucgan.heads.arkit import ARKIT_NAMES

NOSE, LEFT_EYE, RIGHT_EYE = 1, 263, 33


def eyes(points):
    return float(np.linalg.norm(points[LEFT_EYE] - points[RIGHT_EYE]))


def test_what_a_face_has(face, astronaut):
    vertices = len(face.studio.head.v_template)
    assert face.verts.shape == (vertices, 3) and face.faces.shape[1] == 3 and face.faces.max() == vertices - 1
    assert face.landmarks468.shape == face.detected468.shape == (468, 2) and face.landmarks68.shape == (68, 2)
    assert face.pose.shape == (6,) and face.uv_displacement is None
    assert list(face.expression) == list(ARKIT_NAMES) and list(face.aus) == list(AU_NAMES)
    assert all(0 <= value <= 1 for value in [*face.expression.values(), *face.aus.values(), face.confidence])
    assert face.confidence > 0.5 and not any("no human face" in warning for warning in face.warnings)
    assert face.words and all("(AU" in word for word in face.words)
    assert 0.1 < np.ptp(face.verts[:, 1]) < 0.5, "metres"


def test_the_mesh_lies_where_the_face_was_detected(face):
    away = np.linalg.norm(face.landmarks468 - face.detected468, axis=1) / eyes(face.detected468)
    assert away.mean() < 0.03
    dense, head = face.studio.head.dense_landmarks, face.studio.head
    points = face.camera.project(dense.points(face.verts, head.faces))
    inner = np.setdiff1d(np.arange(468), OUTLINE)  # those of the outline slide along it
    assert np.abs(points - face.landmarks468)[inner].max() < 0.1, "landmarks are not those of the mesh"


def test_a_smile_is_first_of_all_a_smile(face):
    """The lip that it raises is not read as a raised lip beside half a smile."""
    smile = min(face.expression["mouthSmileLeft"], face.expression["mouthSmileRight"])
    lip = max(face.expression["mouthUpperUpLeft"], face.expression["mouthUpperUpRight"])
    assert smile > 0.4 and smile > 1.15 * lip


def test_the_eyes_look_at_the_camera(face):
    """She faces it: eyes are turned little, both alike, and not exactly straight ahead, which nobody has measured."""
    left, right = face.fitted.eye_pose[0].reshape(2, 3).numpy()
    assert 0 < np.abs(left).max() < 0.15 and np.abs(left - right).max() < 0.05
    shown = [value for name, value in face.expression.items() if name.startswith("eyeLook")]
    assert 0 < max(shown) < 0.6


def test_normals_in_the_photo(face, astronaut):
    normals, mask = face.render_normals()
    assert normals.shape == astronaut.shape and mask.shape == astronaut.shape[:2] and mask.dtype == bool
    assert np.allclose(np.linalg.norm(normals[mask], axis=1), 1, atol=1e-5) and (normals[~mask] == 0).all()
    assert (normals[mask][:, 2] < 0.2).all() and normals[mask][:, 2].mean() < -0.5, "z points into the picture"
    x, y = face.landmarks468[NOSE].astype(int)
    assert mask[y, x]
    left, right = (face.landmarks468[k].astype(int) for k in (50, 280))  # cheeks, left and right in the picture
    assert normals[left[1], left[0], 0] < 0 < normals[right[1], right[0], 0], "x points to the right"
    forehead, chin = (face.landmarks468[k].astype(int) for k in (10, 199))
    assert normals[forehead[1], forehead[0], 1] < normals[chin[1], chin[0], 1], "y points down"


def test_normals_are_those_of_the_mesh(face):
    normals, mask = face.render_normals()
    seen = face.verts @ face.camera.rotation.T + face.camera.translation
    corners = seen[face.faces]
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) * [1, -1, -1]
    flat /= np.linalg.norm(flat, axis=1, keepdims=True).clip(1e-12)
    places = face.camera.project(face.verts[face.faces].mean(1))
    skin = (face.studio.head.vertex_parts == "skin")[face.faces].all(1) & (flat[:, 2] < -0.7)
    columns, rows = places[skin].astype(int).T
    cosines = (normals[rows, columns] * flat[skin]).sum(1)[mask[rows, columns]]
    assert np.median(cosines) > 0.97


def test_normals_of_other_sizes_are_aligned(face):
    whole, mask = face.render_normals()
    half, small = face.render_normals(256)
    assert half.shape == (256, 256, 3) and face.render_normals((128, 200))[0].shape == (128, 200, 3)
    both = small & mask[1::2, 1::2] & mask[::2, ::2]
    assert both.sum() > 0.8 * small.sum()
    assert np.median((half * whole[1::2, 1::2]).sum(-1)[both]) > 0.99


def test_the_texture_is_the_photo(face, astronaut):
    texture = face.texture
    assert texture.ndim == 3 and texture.shape[0] == texture.shape[1] and 0 <= texture.min() <= texture.max() <= 1
    from aucgan.apis.reconstruction.picture_part import PicturePart

    part = PicturePart.around(face.fitted, astronaut.shape[:2])
    surface, renderer, _, trans_verts = face.studio.surface(face.fitted, part)
    drawn = renderer.sample_uv(torch.from_numpy(texture).permute(2, 0, 1)[None], surface.grid)[0].permute(1, 2, 0)
    photo = torch.from_numpy(astronaut[part.rows, part.columns]) / 255.0
    frontal = renderer.render_attributes(trans_verts, surface.transformed_normals[..., 2:])[0][0, 0] < -0.6
    assert (drawn - photo).abs()[frontal].mean() < 0.03


def test_every_form_of_a_photo_gives_the_same(reconstructor, portrait, tmp_path):
    Image.fromarray(portrait).save(tmp_path / "pörträt 1.png")
    forms = [tmp_path / "pörträt 1.png", str(tmp_path / "pörträt 1.png"), Image.fromarray(portrait), portrait / 255.0]
    (first,) = reconstructor(portrait)
    for form in forms:
        (other,) = reconstructor(form)
        assert np.allclose(other.landmarks468, first.landmarks468, atol=1e-3)
    one, none, two = reconstructor([portrait, np.zeros_like(portrait), forms[0]])
    assert none == [] and np.allclose(one[0].landmarks468, two[0].landmarks468, atol=1e-2)
    (row,) = reconstructor(portrait[None])
    assert np.allclose(row[0].landmarks468, first.landmarks468, atol=1e-2)


def test_a_grey_photo(reconstructor, portrait, face):
    (grey,) = reconstructor(portrait.mean(-1).astype(np.uint8))
    moved = grey.landmarks468 + [90, 0] - face.landmarks468
    assert np.linalg.norm(moved, axis=1).mean() < 0.05 * eyes(face.landmarks468)


def test_a_huge_photo_is_reconstructed_in_its_own_pixels(reconstructor, astronaut, face, tmp_path, monkeypatch):
    large = Image.fromarray(astronaut).resize((1024, 1024), Image.Resampling.BICUBIC)
    large.save(tmp_path / "large.png")
    monkeypatch.setattr("aucgan.apis.photos.WORKING_PIXELS", 512 * 512)
    (other,) = reconstructor(tmp_path / "large.png")
    assert other.photo.pixels.shape == (512, 512, 3) and other.photo.size == (1024, 1024)
    error = np.linalg.norm(other.landmarks468 - 2 * face.landmarks468, axis=1).mean()
    assert error < 0.03 * eyes(other.landmarks468)
    normals, mask = other.render_normals()
    assert normals.shape == (1024, 1024, 3)
    assert (mask[::2, ::2] == face.render_normals()[1]).mean() > 0.99
    assert np.abs(other.texture - face.texture).mean() < 0.05


def test_a_cat_and_nothing(reconstructor):
    data = pytest.importorskip("skimage.data")
    assert reconstructor(data.chelsea()) == [] == reconstructor(np.zeros((1, 1, 3), np.uint8))


def test_one_person_in_several_photos(reconstructor, portrait):
    from aucgan.apis.photos import Photo

    mirrored = np.ascontiguousarray(portrait[:, ::-1])
    sources = [(lambda pixels=pixels: Photo(pixels, pixels.shape[:2]), None) for pixels in (portrait, mirrored)]
    one, two = (seen.faces[0].fitted for seen in reconstructor.reconstruct(sources, same_person=True))
    assert torch.equal(one.shape, two.shape) and not torch.equal(one.pose, two.pose)


def test_a_notebook_shows_a_picture(face):
    picture = face.show()
    assert isinstance(picture, Image.Image) and picture.width > 2 * picture.height
    assert face._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("photo", "message"),
    [
        (np.zeros((4, 4, 4), np.uint8), r"RGB or grey, .* got \(4, 4, 4\) uint8"),
        (np.zeros((4, 4, 3), np.int32), "got .* int32"),
        (np.full((4, 4, 3), 7.0), r"must be in \[0, 1\], got 7…7"),
        (np.zeros((0, 4, 3), np.uint8), "RGB or grey"),
        (b"bytes", "a path, a picture of Pillow's or an array was expected, got bytes"),
        ("clip.mp4", "is a video: call Reconstructor.video"),
    ],
)
def test_what_is_no_photo_is_told(reconstructor, photo, message):
    with pytest.raises(ValueError, match=message):
        reconstructor(photo)


def test_files_that_are_not_there_or_no_pictures(reconstructor, tmp_path):
    with pytest.raises(FileNotFoundError, match="none.png"):
        reconstructor(tmp_path / "none.png")
    (tmp_path / "text.png").write_text("no picture", encoding="utf-8")
    with pytest.raises(UnreadablePhotoError, match="text.png is no picture"):
        reconstructor(tmp_path / "text.png")
    with pytest.raises(UnreadablePhotoError, match="it is a folder"):
        reconstructor(tmp_path)


def test_arguments_that_do_not_fit():
    with pytest.raises(NotImplementedError, match="refine=True needs a network .* no weights"):
        Reconstructor(refine=True)
    with pytest.raises(aucgan.process.errors.ConfigError, match="no detector 'MediaPipeFaceMash'"):
        Reconstructor(detector="MediaPipeFaceMash")
    with pytest.raises(ValueError, match="AlignedPhotos gives no points .* trained model"):
        Reconstructor(detector=AlignedPhotos())(np.zeros((50, 50, 3), np.uint8))
