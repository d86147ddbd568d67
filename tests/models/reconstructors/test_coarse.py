import pytest
import torch

from aucgan.models.reconstructors.code_scale import CodeScale
from aucgan.models.reconstructors.face_patch import FacePatch


def test_losses_reach_every_parameter_of_the_encoder(build, coarse_config, batch):
    model = build(coarse_config).train()
    losses = model.loss(batch)
    assert {"loss_landmark", "loss_eye", "loss_lip", "loss_photo", "loss_shape", "loss_light"} <= set(losses)
    assert {"loss_neutral", "loss_motion"} <= set(losses)
    sum(losses.values()).backward()
    for name, parameter in model.encoder.named_parameters():
        assert parameter.grad is not None and torch.isfinite(parameter.grad).all(), name
    light = model.encoder.layers[-1].bias.grad[-27:]
    assert (light != 0).all(), "the light learns from the photo"


def test_landmarks_are_learned(build, coarse_config, batch):
    model = build(coarse_config, losses=dict(landmark=dict(type="LandmarkLoss"))).train()
    truth = model.eval()(mode="tensor", **batch).landmarks.detach()
    batch["landmarks"] = truth + torch.tensor([0.05, -0.03])
    optimizer = torch.optim.Adam(model.encoder.layers.parameters(), lr=3e-3)
    first = last = None
    for _ in range(12):
        loss = model.loss(batch)["loss_landmark"]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        first, last = first or loss.item(), loss.item()
    assert last < 0.5 * first


def test_predict_and_pictures(build, coarse_config, batch):
    model = build(coarse_config).eval()
    outputs = model(mode="predict", **batch)
    assert outputs[0]["landmarks"].shape == (68, 2) and outputs[0]["pred_image"].shape == (3, 112, 112)
    rows = model.picture_rows(batch)
    assert len(rows) == 2 and len(rows[0]) == len(model.picture_titles)


def test_true_codes_give_the_true_mesh(build, coarse_config, batch):
    model = build(coarse_config).eval()
    codes = model.encode(batch["image"])
    truth = batch | dict(gt_shape=codes.shape, gt_exp=codes.exp, gt_pose=codes.pose, gt_eye_pose=torch.zeros(2, 6))
    sample = model(mode="predict", **truth)[0]
    torch.testing.assert_close(sample["verts"], sample["gt_verts"])
    torch.testing.assert_close(sample["landmarks3d"], sample["gt_landmarks3d"])
    assert torch.equal(sample["faces"], model.flame.faces)
    losses = model.loss(truth)
    assert losses["loss_neutral"] == 0 and losses["loss_motion"] == 0


def test_mesh_losses_tell_the_head_from_its_motion(build, coarse_config, batch):
    model = build(coarse_config).eval()
    codes = model.encode(batch["image"])
    turned = codes.pose + torch.tensor([0.5, 0.0, 0.0, 0.0, 0.0, 0.0])
    losses = model.loss(batch | dict(gt_shape=codes.shape, gt_exp=codes.exp + 0.5, gt_pose=turned))
    assert losses["loss_neutral"] == 0 and losses["loss_motion"] > 0, "the global rotation is no part of either"
    losses = model.loss(batch | dict(gt_shape=codes.shape + 0.5, gt_exp=codes.exp, gt_pose=codes.pose))
    assert losses["loss_neutral"] > 5 * losses["loss_motion"], "the jaw turns about another joint, no more"
    with pytest.raises(ValueError, match="no gt_exp, gt_pose, gt_shape: set truth="):
        model.loss({key: value for key, value in batch.items() if not key.startswith("gt_")})


def test_euler_jaw_is_converted(build, coarse_config, batch):
    model = build(coarse_config, jaw_type="euler").eval()
    axis = build(coarse_config).eval()
    pose, other = model.encode(batch["image"]).pose, axis.encode(batch["image"]).pose
    assert torch.equal(pose[:, :3], other[:, :3]) and not torch.equal(pose[:, 3:], other[:, 3:])


def test_encoder_of_another_size_is_explained(build, coarse_config, batch):
    model = build(coarse_config, encoder=dict(type="ResnetEncoder", out_dim=200, depth=18, width=8, hidden=32))
    with pytest.raises(ValueError, match="out_dim to 245"):
        model.eval()(mode="tensor", **batch)


def test_code_scale_is_the_identity_without_stats():
    output = torch.randn(3, 236)
    torch.testing.assert_close(CodeScale({}, 100, 50, 50)(output).to_vector(), output)
    codes = CodeScale(dict(cam=dict(mean=[8.0, 0, 0], std=0.5)), 100, 50, 50)(torch.ones(1, 236))
    assert codes.cam.tolist() == [[8.5, 0.5, 0.5]] and codes.shape.min() == 1


def test_face_patch_is_the_box_of_the_mask():
    mask = torch.zeros(1, 1, 8, 8)
    mask[..., 2:6, 3:7] = 1
    uv_map = torch.arange(64.0).view(1, 1, 8, 8)
    assert torch.equal(FacePatch(mask, None)(uv_map), uv_map[..., 2:6, 3:7])
    assert FacePatch(mask, 16)(uv_map).shape == (1, 1, 16, 16)
    with pytest.raises(ValueError, match="empty"):
        FacePatch(torch.zeros(8, 8))


@pytest.mark.parametrize(("side", "first", "end"), [(256, 50, 206), (512, 100, 412)])
def test_face_patch_can_be_the_published_box(side, first, end):
    """Texels by published numbers."""
    share = 400 / 2048, 1648 / 2048
    patch = FacePatch(torch.zeros(side, side), None, box=(*share, *share))
    uv_map = torch.arange(side**2).view(1, 1, side, side)
    assert torch.equal(patch(uv_map), uv_map[..., first:end, first:end])


def test_rows_of_the_box_come_before_its_columns():
    patch = FacePatch(torch.zeros(8, 8), None, box=(0, 0.25, 0.5, 1))
    assert patch(torch.zeros(1, 1, 8, 8)).shape == (1, 1, 2, 4)


@pytest.mark.parametrize("box", [(50, 206, 50, 206), (0.8, 0.2, 0, 1), (0, 1, -0.1, 1), (0, 1)])
def test_a_wrong_box_is_an_error(box):
    with pytest.raises(ValueError, match="patch_box must be .top, bottom, left, right., shares of the UV map's side"):
        FacePatch(torch.ones(8, 8), box=box)
    with pytest.raises(ValueError, match="holds no texel of a UV map of 8 x 8"):
        FacePatch(torch.ones(8, 8), box=(0.5, 0.51, 0, 1))
