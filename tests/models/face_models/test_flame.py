from pathlib import Path

import numpy as np
import pytest
import torch
from devices import here
from golden.detfill import det_input
from golden.synthetic_flame import N_VERTS, write_landmarks, write_model

from aucgan.heads import load_head
from aucgan.models import FLAME
from aucgan.models.face_models.contour import contour_rows, head_yaw_degrees, points_on_mesh
from aucgan.models.face_models.rotations import axis_angle_to_matrix

GOLDEN = Path(__file__).parents[2] / "golden" / "flame.npz"


@pytest.fixture(scope="module")
def golden():
    with np.load(GOLDEN) as file:
        return {key: torch.as_tensor(file[key]) for key in file.files}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flame")
    return write_model(folder / "generic_model.pkl"), write_landmarks(folder / "landmark_embedding.npy")


@pytest.fixture(scope="module")
def flame(files):
    return here(FLAME(*files, n_shape=100, n_exp=50))


@pytest.mark.parametrize("setting", ["A_noeye", "B_eye", "C_neck", "D_nopose"])
def test_matches_published_outputs(flame, golden, setting):
    pose = torch.zeros(8, 6) if setting == "D_nopose" else golden["pose"]
    eye = golden["eye_pose"] if setting in ("B_eye", "C_neck") else None
    neck = golden["neck_pose_C"] if setting == "C_neck" else None
    verts, landmarks2d, landmarks3d = flame(golden["shape"], golden["exp"], pose, eye, neck)
    stride = 1 if setting == "A_noeye" else 7
    for ours, key in (
        (verts.flatten(1)[:, ::stride], "vertices"),
        (landmarks2d, "landmarks2d"),
        (landmarks3d, "landmarks3d"),
    ):
        torch.testing.assert_close(ours, golden[f"{setting}.{key}"], rtol=0, atol=1e-6)


def test_matches_published_gradients(flame, golden):
    codes = [golden[name].clone().requires_grad_() for name in ("shape", "exp", "pose")]
    loss = sum(output.square().sum() for output in flame(*codes))
    for gradient, name in zip(torch.autograd.grad(loss, codes), ("shape", "exp", "pose"), strict=True):
        scale = golden[f"grad.{name}"].abs().max()
        torch.testing.assert_close(gradient / scale, golden[f"grad.{name}"] / scale, rtol=0, atol=2e-6)


def test_matches_published_pieces(flame, golden):
    """Rotations, joints before and after posing, the correctives' layout and landmarks of any vertices."""
    assert flame.parents == tuple(golden["parents"].tolist())
    (key,) = [key for key in golden if key.startswith("posedirs_T@")]
    correctives = flame.dirs[150:].unflatten(1, (3, -1)).transpose(1, 2).flatten()  # published: x, y, z a vertex
    torch.testing.assert_close(correctives[:: int(key.split("@")[1])], golden[key], rtol=0, atol=1e-6)
    pose, neck = golden["pose"], golden["neck_pose_C"].expand(8, 3)
    local = torch.cat([pose[:, :3], neck, pose[:, 3:], golden["eye_pose"]], dim=1).unflatten(1, (5, 3))
    rotations = axis_angle_to_matrix(local)
    torch.testing.assert_close(rotations, golden["pieces.rotmats"], rtol=0, atol=1e-6)
    codes = torch.cat([golden["shape"], golden["exp"]], dim=1)
    rest = torch.addmm(flame.joint_template, codes, flame.joint_dirs).unflatten(1, (5, 3))
    torch.testing.assert_close(rest, golden["pieces.rest_joints"], rtol=0, atol=1e-6)
    motion = flame._joint_transforms(codes, rotations)
    posed = (motion[..., :3] @ rest[..., None]).squeeze(-1) + motion[..., 3]
    torch.testing.assert_close(posed, golden["pieces.posed_joints"], rtol=0, atol=1e-6)
    verts = torch.as_tensor(det_input("flame.verts", (3, N_VERTS, 3), 7))
    torch.testing.assert_close(flame.landmarks3d(verts), golden["selete3d68"], rtol=0, atol=1e-6)


def test_contour_rows_over_yaw(golden):
    rotation = torch.zeros(len(golden["dyn.yaw_deg"]), 3)
    rotation[:, 1] = torch.deg2rad(golden["dyn.yaw_deg"])
    neck = torch.eye(3).expand(len(rotation), 3, 3)
    rows = contour_rows(head_yaw_degrees(axis_angle_to_matrix(rotation), neck))
    assert torch.equal(rows, golden["dyn.index"])


def test_contour_rows_over_full_poses(golden):
    rotations = axis_angle_to_matrix(golden["dyn.full_pose"].unflatten(1, (5, 3)))
    rows = contour_rows(head_yaw_degrees(rotations[:, 0], rotations[:, 1]))
    assert torch.equal(rows, golden["dyn.index_full_pose"])


def test_the_contour_follows_the_published_chain_to_the_head(flame, golden):
    """Yaw is that of the product of all rotations from the neck up to the root."""
    chain = [1]
    while flame.parents[chain[-1]] >= 0:
        chain.append(flame.parents[chain[-1]])
    with np.load(GOLDEN.with_name("transforms.npz")) as file:
        assert chain == file["neck_kin_chain"].tolist()
    rotations = axis_angle_to_matrix(golden["dyn.full_pose"].unflatten(1, (5, 3)))
    product = torch.eye(3).expand(len(rotations), 3, 3)
    for joint in chain:
        product = rotations[:, joint] @ product
    yaw = head_yaw_degrees(rotations[:, 0], rotations[:, 1])
    torch.testing.assert_close(head_yaw_degrees(product, torch.eye(3).expand_as(product)), yaw, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("yaw", "row"),
    [(0, 0), (0.5, 0), (1.5, 2), (38.9, 39), (80, 39), (-0.5, 0), (-1, 40), (-38, 77), (-39, 78), (-70, 78)],
)
def test_contour_row_of_a_yaw(yaw, row):
    assert contour_rows(torch.tensor([float(yaw)])).item() == row


def test_equals_a_literal_twin(flame, golden):
    """Vertex by vertex and joint by joint, in float64."""
    shape, exp, pose = (golden[name][3].double() for name in ("shape", "exp", "pose"))
    codes = torch.cat([shape, exp])
    rotation = axis_angle_to_matrix(torch.stack([pose[:3], pose[:3] * 0, pose[3:], pose[:3] * 0, pose[:3] * 0]))
    shaped = (flame.v_template[0].double() + codes @ flame.dirs[:150].double()).view(3, -1).T
    joints = (flame.joint_template[0].double() + codes @ flame.joint_dirs.double()).view(5, 3)
    posed = shaped + ((rotation[1:] - torch.eye(3)).flatten() @ flame.dirs[150:].double()).view(3, -1).T
    expected = torch.zeros_like(posed)
    for vertex in range(0, N_VERTS, 40):
        for joint in range(5):
            point, at = posed[vertex], joint
            while at >= 0:  # out through the chain to the root
                point = rotation[at] @ (point - joints[at]) + joints[at]
                at = flame.parents[at]
            expected[vertex] += flame.skinning[joint, vertex].double() * point
    verts = flame(golden["shape"][3:4], golden["exp"][3:4], golden["pose"][3:4])[0][0]
    torch.testing.assert_close(verts[::40].double(), expected[::40], rtol=0, atol=1e-6)


def test_zero_codes_give_the_template_and_a_finite_gradient(flame):
    codes = [torch.zeros(1, width, requires_grad=True) for width in (100, 50, 6)]
    verts = flame(*codes)[0]
    torch.testing.assert_close(verts.mT.flatten(1), flame.v_template, rtol=0, atol=1e-6)
    assert all(gradient.isfinite().all() for gradient in torch.autograd.grad(verts.square().sum(), codes))


def test_gradcheck(files):
    flame = here(FLAME(*files, n_shape=2, n_exp=2)).double()
    codes = [torch.full((1, width), 0.1, dtype=torch.float64, requires_grad=True) for width in (2, 2, 6)]
    assert torch.autograd.gradcheck(lambda *args: flame(*args)[1], codes)


def test_columns_follow_the_sizes(files, golden):
    small = here(FLAME(*files, n_shape=10, n_exp=5))
    shape, exp = torch.zeros(8, 100), torch.zeros(8, 50)
    shape[:, :10], exp[:, :5] = golden["shape"][:, :10], golden["exp"][:, :5]
    full = here(FLAME(*files))(shape, exp, golden["pose"])[0]
    part = small(golden["shape"][:, :10], golden["exp"][:, :5], golden["pose"])[0]
    torch.testing.assert_close(part, full, rtol=0, atol=1e-6)


def test_stays_in_float32_under_autocast(flame, golden, device):
    codes = [golden[name] for name in ("shape", "exp", "pose")]
    with torch.autocast(device, dtype=torch.bfloat16):
        verts = flame(*codes)[0]
    assert verts.dtype == torch.float32
    assert torch.equal(verts, flame(*codes)[0])


def test_checkpoints_do_not_carry_the_model(flame):
    assert flame.state_dict() == {}


def test_points_on_mesh_shared_and_per_sample():
    verts = torch.randn(2, 4, 3)
    corners, bary = torch.tensor([[0, 1, 2], [3, 1, 0]]), torch.tensor([[1.0, 0, 0], [0.25, 0.5, 0.25]])
    shared = points_on_mesh(verts, corners, bary)
    torch.testing.assert_close(shared[:, 1], 0.25 * verts[:, 3] + 0.5 * verts[:, 1] + 0.25 * verts[:, 0])
    each = points_on_mesh(verts, corners.expand(2, -1, -1), bary.expand(2, -1, -1))
    torch.testing.assert_close(shared, each)


def test_wrong_widths_are_named(flame, files):
    with pytest.raises(ValueError, match=r"exp must be \(B, 50\), not \(1, 49\)"):
        flame(torch.zeros(1, 100), torch.zeros(1, 49), torch.zeros(1, 6))
    with pytest.raises(ValueError, match="n_shape must be 1…300"):
        FLAME(*files, n_shape=301)


def test_motion_is_of_what_photos_can_show():
    head, flame = load_head(), FLAME(n_exp=59)
    hidden = np.isin(head.vertex_parts, ("mouth", "tongue"))
    neutral, motion = flame.neutral_and_motion(torch.zeros(1, 100), torch.zeros(1, 59), torch.tensor([[0.3, 0.0, 0.0]]))
    assert neutral.shape == motion.shape == (1, int((~hidden).sum()), 3)
    torch.testing.assert_close(neutral[0], torch.tensor(head.v_template[~hidden]))
    assert motion[0, head.vertex_parts[~hidden] == "teeth_lower"].norm(dim=1).min() > 0.005
