"""Training steps on a pretended GPU: the same losses, and the host waits for nothing but the rasterizer's counts."""

import copy

import pytest
import torch

from aucgan.registry import OPTIM_WRAPPER_CONSTRUCTORS

RASTERIZED = ["nearest_fragment.py", "nearest_fragment.py", "runs.py"]
"""Where values are read to rasterize a batch: how many spans, fragments and covered pixels there are."""

AU_NET = dict(type="MEFARG", backbone="resnet_slim", dim=8, normalize=True, backbone_args=dict(widths=(4, 4, 8, 8)))


def optimizers(model, parts):
    groups = {name: dict(modules=modules, optimizer=dict(type="Adam", lr=1e-4)) for name, modules in parts.items()}
    constructor = dict(type="GroupedOptimWrapperConstructor", optim_wrapper_cfg=groups)
    return OPTIM_WRAPPER_CONSTRUCTORS.build(constructor)(model)


def detail(build, config):
    losses = config["losses"] | dict(
        mrf=dict(type="IDMRFLoss", vgg_weights="random", weight=0.1),
        r1=dict(type="R1Penalty"),
        z_sym=dict(type="SymmetryLoss"),
        detail_consistency=dict(type="DetailConsistencyLoss"),
    )
    model = build(config, losses=losses, patch_size=32)
    parts = dict(generator=["detail_encoder", "generator"], discriminator=["discriminator"])
    return model, parts, RASTERIZED


def coarse(build, config):
    losses = config["losses"] | dict(
        eye=dict(type="EyeClosureLoss"),
        lip=dict(type="LipDistanceLoss"),
        photo=dict(type="PhotometricLoss"),
        identity=dict(type="IdentityLoss", weights="random"),
        shape_consistency=dict(type="ShapeConsistencyLoss"),
    )
    return build(config, losses=losses), dict(encoder=["encoder"]), RASTERIZED


def recognizer(build, _):
    guide = dict(num_tokens=16, alone=1)
    return build(dict(type="AURecognizer", network=AU_NET, guide=guide)), dict(network=["network", "guide"]), []


def two_steps(model, parts, batch, before_each=lambda: None):
    """Logs of two training steps; the networks that learn have an optimizer each, or share the only one."""
    optim = optimizers(model, parts)
    logs = []
    for _ in range(2):
        before_each()
        logs.append(model.train_step(dict(batch), optim if len(parts) > 1 else optim[next(iter(parts))]))
    return logs


@pytest.mark.parametrize(("make", "config"), [(detail, "detail"), (coarse, "coarse"), (recognizer, "coarse")])
def test_a_step_on_a_gpu(make, config, build, batch, request, gpu):
    model, parts, rasterized = make(build, request.getfixturevalue(f"{config}_config"))
    twin = copy.deepcopy(model.train())
    wanted = two_steps(model, parts, batch)
    with gpu() as report:
        twin.to("cuda")
        there = {name: value.to("cuda") for name, value in batch.items()}
        logs = two_steps(twin, parts, there, report.clear)  # the first step may ask what never changes
        report.expect(rasterized)
        found = [{name: value.cpu() for name, value in log.items()} for log in logs]
    for got, want in zip(found, wanted, strict=True):
        assert got.keys() == want.keys()
        for name in want:
            torch.testing.assert_close(got[name], want[name], rtol=1e-3, atol=1e-5, msg=name)
