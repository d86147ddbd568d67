"""The parts and losses that a config may add: expression encoder, jaw prior, AU encoder, R1, consistency."""

import copy

import pytest
import torch
from torch.nn import functional as F

from aucgan.models import EmocaExpressionEncoder
from aucgan.models.face_models.rotations import euler_to_axis_angle
from aucgan.registry import OPTIM_WRAPPER_CONSTRUCTORS
from aucgan.structures import FlameCodes

SLIM_RESNET = dict(depth=18, width=8, hidden=16)
OPTIM = dict(
    generator=dict(
        modules=["detail_encoder", "generator", "au_encoder"],
        optimizer=dict(type="Adam", lr=1e-3),
    ),
    discriminator=dict(modules=["discriminator"], optimizer=dict(type="Adam", lr=1e-3)),
)


def wrappers(model):
    constructor = dict(type="GroupedOptimWrapperConstructor", optim_wrapper_cfg=copy.deepcopy(OPTIM))
    return OPTIM_WRAPPER_CONSTRUCTORS.build(constructor)(model)


def with_losses(config, **losses):
    return dict(losses={**config["losses"], **losses})


@pytest.mark.parametrize("out_dim", [50, 53, 56])
def test_override_replaces_what_the_weights_regress(out_dim):
    codes = FlameCodes.from_vector(torch.zeros(2, 236))
    output = torch.arange(1.0, out_dim + 1).expand(2, -1)
    found = EmocaExpressionEncoder(out_dim=out_dim, **SLIM_RESNET).override(codes, output)
    assert torch.equal(found.exp, output[:, :50])
    jaw = {50: torch.zeros(2, 3), 53: output[:, 50:], 56: output[:, 53:]}[out_dim]
    turned = output[:, 50:53] if out_dim == 56 else torch.zeros(2, 3)
    assert torch.equal(found.jaw_pose, jaw) and torch.equal(found.global_pose, turned)
    assert found.shape is codes.shape and found.cam is codes.cam and codes.exp.abs().max() == 0


def test_override_explains_another_number_of_coefficients():
    codes = FlameCodes.from_vector(torch.zeros(1, 246), n_exp=60)
    with pytest.raises(ValueError, match="set its n_exp"):
        EmocaExpressionEncoder(**SLIM_RESNET).override(codes, torch.zeros(1, 50))


def test_the_expression_encoder_s_expression_is_used(build, coarse_config, batch):
    expression = dict(type="EmocaExpressionEncoder", out_dim=62, n_exp=59, **SLIM_RESNET)
    model = build(coarse_config, expression_encoder=expression).eval()
    codes, output = model.encode(batch["image"]), model.expression_encoder(batch["image"])
    assert torch.equal(codes.exp, output[:, :59]) and torch.equal(codes.jaw_pose, output[:, 59:])


def test_the_jaw_prior_sees_the_regressed_euler_angles(build, coarse_config, batch, monkeypatch):
    losses = dict(jaw=dict(type="EulerJawLoss"))
    model = build(coarse_config, losses=losses, jaw_type="euler").train()
    seen = []
    monkeypatch.setattr(model.losses["jaw"], "forward", lambda jaw: seen.append(jaw) or jaw.square().mean())
    model.eval().loss(batch)
    angles = model.regress(batch["image"]).jaw_pose
    assert torch.equal(seen[0], angles)
    assert torch.equal(model.encode(batch["image"]).jaw_pose, euler_to_axis_angle(angles))
    with pytest.raises(ValueError, match="set jaw_type to 'euler'"):
        build(coarse_config, losses=losses)


def test_shape_consistency_pairs_the_photos_of_a_person(build, coarse_config, batch):
    model = build(coarse_config, losses=dict(shape_consistency=dict(type="ShapeConsistencyLoss", weight=2.0))).eval()
    shape = model.encode(batch["image"]).shape
    expected = 2 * F.mse_loss(shape[0], shape[1])
    torch.testing.assert_close(model.loss(batch)["loss_shape_consistency"], expected)
    others = dict(batch, identity=torch.tensor([0, 1]))
    assert model.loss(others)["loss_shape_consistency"] == 0
    del others["identity"]
    with pytest.raises(ValueError, match="needs the data to give 'identity'"):
        model.loss(others)


def test_detail_consistency_pairs_the_detailcodes_of_a_person(build, detail_config, batch):
    changes = dict(losses=dict(detail_consistency=dict(type="DetailConsistencyLoss")), discriminator=None)
    model = build(detail_config, **changes).eval()
    latent = model.read_detail(model.look(batch))
    loss = model.loss(batch)["loss_detail_consistency"]
    torch.testing.assert_close(loss, F.mse_loss(latent[0], latent[1]))
    loss.backward()
    assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in model.detail_encoder.parameters())
    assert model.loss(dict(batch, identity=torch.tensor([0, 1])))["loss_detail_consistency"] == 0


def test_the_au_encoder_conditions_the_generator_and_learns(build, detail_config, batch):
    generator = dict(detail_config["generator"], condition_dim=6)
    au_encoder = dict(type="AUEncoder", condition_dim=6, afn_dim=64, hidden=8)
    model = build(detail_config, generator=generator, au_encoder=au_encoder).train()
    seen = []
    model.au_encoder.register_forward_hook(lambda _m, inputs, output: seen.append((inputs, output)))
    before = [p.clone() for p in model.au_encoder.parameters()]
    model.train_step(batch, wrappers(model))
    (au, afn), condition = seen[0]
    assert len(seen) == 1 and condition.shape == (2, 6)
    assert au.shape == (2, 41) and afn.shape == (2, 27, 64)
    assert any(not torch.equal(a, b) for a, b in zip(before, model.au_encoder.parameters(), strict=True))


@pytest.mark.parametrize("name", ["ProjectionDiscriminator", "ConditionalDiscriminator", "SpatialAUDiscriminator"])
def test_r1_reaches_the_discriminator_through_its_input_gradient(build, detail_config, batch, name):
    changes = with_losses(detail_config, r1=dict(type="R1Penalty", weight=1000.0))
    discriminator = dict(type=name, afn_dim=64, base_channels=4)
    model = build(detail_config, discriminator=discriminator, **changes).train()
    photo = model.look(batch)
    log = model.discriminator_phase(photo, model.make_detail(photo), wrappers(model)["discriminator"])
    assert torch.isfinite(log["loss_r1"]) and log["loss_r1"] > 0
    assert not photo.image.requires_grad and photo.image.grad is None
    assert all(p.grad is None for p in model.generator.parameters())
    logits = model.discriminator(photo.image.requires_grad_(), photo.cond_afn)
    model.discriminator.zero_grad()
    model.losses["r1"](logits, photo.image).backward()
    kernels = [p for p in model.discriminator.parameters() if p.ndim == 4]  # the input's gradient is free of biases
    assert kernels and all(p.grad.isfinite().all() and p.grad.abs().sum() > 0 for p in kernels)
