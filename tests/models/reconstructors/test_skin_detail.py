import copy

import pytest
import torch
from mmengine.config import Config
from slim_models import slim

from aucgan.models.reconstructors.detail_faces import FacialExpression
from aucgan.registry import OPTIM_WRAPPER_CONSTRUCTORS

OPTIM = dict(
    type="GroupedOptimWrapperConstructor",
    optim_wrapper_cfg=dict(generator=dict(modules=["generator"], optimizer=dict(type="Adam", lr=1e-3))),
)


def wrappers(model):
    return OPTIM_WRAPPER_CONSTRUCTORS.build(copy.deepcopy(OPTIM))(model)


@pytest.fixture(scope="module")
def skin_config():
    return slim(Config.fromfile("configs/aucgan_detail_v3.py").model)


@pytest.fixture
def pairs(batch):
    return batch | dict(gt_cam=torch.tensor([[8.5, 0.0, 0.01]]).repeat(2, 1))


@pytest.fixture
def model(build, skin_config):
    return build(skin_config)


def test_a_step_moves_the_generator(model, pairs):
    before = [p.clone() for p in model.generator.parameters()]
    log = model.train().train_step(pairs, wrappers(model))
    assert all(torch.isfinite(value) for value in log.values())
    assert all(not torch.equal(a, b) for a, b in zip(before, model.generator.parameters(), strict=True))


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


def test_training_takes_codes_near_the_truth_and_tests_those_of_the_encoder(model, pairs):
    regressed = model.eval().encode(pairs["image"])
    codes, _, _ = model.frozen_outputs(pairs)
    torch.testing.assert_close(codes.exp, regressed.exp)
    codes, _, _ = model.train().frozen_outputs(pairs)
    assert 0.01 < (codes.exp - pairs["gt_exp"]).std() < 0.03
    assert (codes.cam - pairs["gt_cam"]).abs().max() < 0.2
    torch.testing.assert_close(codes.tex, regressed.tex, atol=1e-4, rtol=1e-4)
    del pairs["gt_cam"]
    with pytest.raises(KeyError, match="gt_cam: set truth="):
        model.frozen_outputs(pairs)


def test_photos_without_truth_learn_from_the_picture(build, skin_config, pairs):
    losses = dict(contrast=dict(type="LocalContrastLoss", reach=1, tolerance=0.05, robust=0.05, weight=0.3))
    model = build(skin_config, losses=losses, code_noise={}).train()
    del pairs["gt_uv_z"]
    log = model.train_step(pairs, wrappers(model))
    assert log["loss_contrast"] > 0


def test_another_photo_of_the_batch_changes_the_displacement(model, pairs):
    outputs = model.eval()(mode="predict", **(pairs | dict(identity=torch.tensor([0, 1]))))
    assert all((one["uv_z_other_person"] != one["uv_z"]).any() for one in outputs)


def test_bad_settings_are_explained(build, skin_config):
    with pytest.raises(ValueError, match="animate is a share"):
        build(skin_config, animate=1.5)
    with pytest.raises(ValueError, match="code_noise takes sizes of shape, exp, pose, cam"):
        build(skin_config, code_noise=dict(jaw=0.1))
