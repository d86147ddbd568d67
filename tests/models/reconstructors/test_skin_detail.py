import copy

import pytest
import torch
from mmengine.config import Config
from slim_models import slim

from aucgan.models.reconstructors.detail_faces import FacialExpression
from aucgan.registry import OPTIM_WRAPPER_CONSTRUCTORS

OPTIM = dict(
    type="GroupedOptimWrapperConstructor",
    optim_wrapper_cfg=dict(
        generator=dict(modules=["generator"], optimizer=dict(type="Adam", lr=1e-3)),
        discriminator=dict(modules=["discriminator"], optimizer=dict(type="Adam", lr=1e-3)),
    ),
)


def wrappers(model):
    return OPTIM_WRAPPER_CONSTRUCTORS.build(copy.deepcopy(OPTIM))(model)


@pytest.fixture(scope="module")
def skin_config():
    return slim(Config.fromfile("configs/aucgan_detail_v3.py").model)


@pytest.fixture
def pairs(batch):
    return batch | dict(gt_cam=torch.tensor([[8.5, 0.0, 0.01]]).repeat(2, 1), index=torch.arange(2))


@pytest.fixture
def model(build, skin_config):
    return build(skin_config)


def test_a_step_moves_the_learned_parts_and_nothing_else(model, pairs):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    log = model.train().train_step(pairs, wrappers(model))
    assert all(torch.isfinite(value) for value in log.values())
    assert {"loss_d", "loss_r1", "loss_displacement", "loss_adv"} <= log.keys()
    moved = {name.split(".")[0] for name, value in model.state_dict().items() if not torch.equal(value, before[name])}
    assert moved == {"generator", "discriminator"}


def test_the_adversarial_gradient_has_its_share(build, skin_config, pairs):
    model = build(skin_config, adversarial_share=0.4).train()
    model.discriminator.requires_grad_(False)
    uv_z = (1e-4 * torch.randn(2, 1, 128, 128)).requires_grad_()
    losses = model.supervised_losses(uv_z, pairs["gt_uv_z"], pairs["aus"])
    sizes = [
        torch.autograd.grad(losses[f"loss_{n}"], uv_z, retain_graph=True)[0].norm() for n in ("adv", "displacement")
    ]
    torch.testing.assert_close(sizes[0] / sizes[1], torch.tensor(0.4), rtol=1e-3, atol=0)


def test_the_wanted_expression_is_the_own_one_or_that_of_the_person(build, skin_config):
    people = torch.tensor([0, 0, 1, 1, 2])
    own = torch.arange(5)
    assert torch.equal(build(skin_config, animate=0.0).wanted_places(people), own)
    assert torch.equal(build(skin_config, animate=1.0).wanted_places(people), torch.tensor([1, 0, 3, 2, 4]))


def test_another_expression_comes_with_its_labels(model, pairs):
    photo = model.look(pairs)
    labels = torch.where(torch.arange(41) == 3, -1.0, 0.7).expand(2, 41)
    wanted = model.wanted_expression(photo, dict(aus=labels), torch.tensor([1, 1]))
    own = FacialExpression.of(photo)
    torch.testing.assert_close(wanted.aus[1], own.aus[1])
    assert wanted.aus[0, 3] == own.aus[1, 3] and (wanted.aus[0, 4:] == 0.7).all()
    torch.testing.assert_close(wanted.exp, own.exp[[1, 1]])


def test_codes_are_near_the_truth_where_it_is_known(model, pairs):
    regressed = model.eval().encode(pairs["image"])
    codes, _, _ = model.frozen_outputs(pairs)
    torch.testing.assert_close(codes.exp, model.frozen_outputs(pairs)[0].exp)
    assert 0.01 < (codes.exp - pairs["gt_exp"]).std() < 0.03
    assert (codes.cam - pairs["gt_cam"]).abs().max() < 0.2
    torch.testing.assert_close(codes.tex, regressed.tex)
    again = model.train().frozen_outputs(pairs)[0]
    assert 0.01 < (again.exp - pairs["gt_exp"]).std() < 0.03 and not torch.equal(again.exp, codes.exp)
    del pairs["gt_cam"]
    torch.testing.assert_close(model.eval().frozen_outputs(pairs)[0].exp, regressed.exp)


def test_photos_without_truth_learn_from_the_picture(build, skin_config, pairs):
    contrast = dict(type="LocalContrastLoss", reach=1, tolerance=0.05, robust=0.05, weight=0.3)
    losses = {**skin_config["losses"], "displacement": None, "contrast": contrast}
    model = build(skin_config, losses=losses, code_noise={}).train()
    del pairs["gt_uv_z"]
    log = model.train_step(pairs, wrappers(model))
    assert log["loss_contrast"] > 0 and "loss_adv" not in log, "relief has a judge, pictures have none"


def test_another_photo_of_the_batch_changes_the_displacement(model, pairs):
    outputs = model.eval()(mode="predict", **(pairs | dict(identity=torch.tensor([0, 1]))))
    assert all((one["uv_z_other_person"] != one["uv_z"]).any() for one in outputs)


def test_bad_settings_are_explained(build, skin_config):
    with pytest.raises(ValueError, match="animate is a share"):
        build(skin_config, animate=1.5)
    with pytest.raises(ValueError, match="code_noise takes sizes of shape, exp, pose, cam"):
        build(skin_config, code_noise=dict(jaw=0.1))
