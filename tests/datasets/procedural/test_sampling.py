import numpy as np
import pytest

from aucgan.action_units import MAIN_AUS, SIDED_AUS, main_index, side_index
from aucgan.datasets.procedural.expressions import EXCLUSIVE, PROTOTYPES, sample_action_units
from aucgan.datasets.procedural.lighting import front_normals, irradiance, lamp
from aucgan.datasets.procedural.motion import CodeSizes
from aucgan.datasets.procedural.recipe import draw_face
from aucgan.datasets.procedural.relief.person_skin import PersonSkin
from aucgan.heads import load_head


@pytest.fixture(scope="module")
def labels():
    return np.stack([sample_action_units(np.random.default_rng([7, i])) for i in range(2500)])


def test_intensities_are_zero_or_from_the_active_range(labels):
    active = labels > 0
    assert ((labels == 0) | (labels >= np.float32(0.6))).all() and labels.max() <= 1
    assert 0.02 < (~active.any(1)).mean() < 0.2, "some faces are neutral"


def test_every_main_unit_is_active_often_enough(labels):
    rates = (labels[:, : len(MAIN_AUS)] > 0).mean(0)
    assert rates.min() > 0.08 and rates.max() < 0.35, dict(zip(MAIN_AUS, rates.round(3), strict=True))


def test_the_main_label_is_the_larger_side(labels):
    for number in SIDED_AUS:
        left, right = (labels[:, side_index(number, side)] for side in "LR")
        np.testing.assert_array_equal(labels[:, main_index(number)], np.maximum(left, right))
        active = labels[:, main_index(number)] > 0
        assert 0.1 < (left != right)[active].mean() < 0.6, "sides sometimes differ"


def test_exclusive_units_never_meet(labels):
    for a, b in EXCLUSIVE:
        assert not ((labels[:, main_index(a)] > 0) & (labels[:, main_index(b)] > 0)).any(), (a, b)


def test_prototypes_are_possible():
    exclusive = {frozenset(pair) for pair in EXCLUSIVE}
    for units in PROTOTYPES:
        assert not any(frozenset((a, b)) in exclusive for a in units for b in units)


def test_a_lamp_is_the_clamped_cosine_to_second_order():
    normals = front_normals(500)
    normals = np.concatenate([normals, -normals])
    direction = np.array([0.3, -0.5, 0.7]) / np.linalg.norm([0.3, -0.5, 0.7])
    light = np.repeat(lamp(direction)[:, None], 3, axis=1)
    cosine = normals @ direction
    expected = 0.25 + cosine / 2 + 5 / 32 * (3 * cosine**2 - 1)
    np.testing.assert_allclose(irradiance(normals, light)[:, 0], expected, atol=1e-12)
    assert np.abs(expected - np.maximum(cosine, 0)).max() < 0.11


def test_a_face_depends_on_seed_split_and_index_alone():
    first, again = draw_face(3, "train", 9), draw_face(3, "train", 9)
    assert first.folding == again.folding and first.wrinkle_seed == again.wrinkle_seed
    for name in ("aus", "wrinkles", "shape", "tex", "exp", "pose", "eye_pose", "crop", "distance"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert not np.allclose(first.shape, draw_face(4, "train", 9).shape)
    assert not np.allclose(first.shape, draw_face(3, "val", 9).shape)


def test_photos_of_a_person_share_the_identity_only():
    faces = [draw_face(0, "val", index, samples_per_identity=2) for index in range(4)]
    assert [face.identity for face in faces] == ["val_00000"] * 2 + ["val_00001"] * 2
    np.testing.assert_array_equal(faces[0].shape, faces[1].shape)
    np.testing.assert_array_equal(faces[0].wrinkles, faces[1].wrinkles)
    assert faces[0].look.attributes() == faces[1].look.attributes()
    assert not np.allclose(faces[0].light.directions, faces[1].light.directions)
    assert not np.allclose(faces[1].tex, faces[2].tex)


def test_moles_are_brown_where_the_skin_is_raised():
    faces = [draw_face(2, "train", index, samples_per_identity=1) for index in range(20)]
    for face in faces:
        marks = PersonSkin(face.wrinkles, face.wrinkle_seed, face.folding).marks()
        raised = [mark.place.tolist() for mark in marks if mark.height > 0]
        assert [mole.place.tolist() for mole in face.look.moles] == raised
    assert sum(len(face.look.moles) for face in faces) > 10


def test_some_lids_are_closed_and_never_against_the_lid_raiser():
    faces = [draw_face(1, "train", index) for index in range(150)]
    column = load_head().expression_names.index("eyeBlinkLeft")
    blinks = np.array([face.exp[column] for face in faces])
    assert 0 < (blinks > 0).mean() < 0.2 and blinks.max() <= 1
    assert not any(face.aus[main_index(5)] > 0 for face in np.array(faces, dtype=object)[blinks > 0])


def test_sizes_and_ranges():
    faces = [draw_face(0, "test", index, 1, CodeSizes(shape=10, tex=20, exp=59)) for index in range(60)]
    assert faces[0].shape.shape == (10,) and faces[0].tex.shape == (20,) and faces[0].exp.shape == (59,)
    angles = np.linalg.norm([face.pose[:3] for face in faces], axis=1)
    assert np.rad2deg(angles.max()) < 52 and np.rad2deg(angles.mean()) > 5
    assert np.unique([face.name for face in faces]).size == 60
    with pytest.raises(ValueError, match="train, val, test, strangers"):
        draw_face(0, "dev", 0)
