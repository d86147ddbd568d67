"""The literal step is what the speed of training is measured against: it has to be the same method.

In float64, as the two order their sums differently. In float32 the losses agreed and the updates mostly, to 2e-4; but
a change of the photo by 5e-7 parted them by 3.4e-3, and a second thread by 1.5e-3. Gradients jump like that where
rounding puts a value on the two sides of a kink, as ReLUs and maxima have them; in float64 they agree to 1e-12.
"""

import copy

import torch
from mmengine.config import Config
from slim_models import slim

from aucgan.registry import MODELS, OPTIM_WRAPPER_CONSTRUCTORS
from benchmarks.literal_step import literal_step, make_literal

BATCH = 2
LEARNED = ("detail_encoder", "generator", "discriminator")


def build():
    torch.manual_seed(0)
    config = slim(Config.fromfile("configs/aucgan_detail_v2.py").model)
    config["losses"]["mrf"] = dict(type="IDMRFLoss", vgg_weights="random", weight=0.1)
    config["patch_size"] = 48
    model = MODELS.build(config).double().train()
    groups = dict(generator=LEARNED[:2], discriminator=LEARNED[2:])
    cfg = {name: dict(modules=list(m), optimizer=dict(type="SGD", lr=1e-3)) for name, m in groups.items()}
    wrappers = OPTIM_WRAPPER_CONSTRUCTORS.build(dict(type="GroupedOptimWrapperConstructor", optim_wrapper_cfg=cfg))
    return model, wrappers(model)


def batch():
    generator = torch.Generator().manual_seed(0)
    image = torch.rand((BATCH, 3, 112, 112), generator=generator, dtype=torch.float64)
    truth = 1e-3 * (torch.rand((BATCH, 1, 128, 128), generator=generator, dtype=torch.float64) - 0.5)
    return dict(image=image, gt_uv_z=truth)


def test_the_literal_step_has_the_losses_and_updates_of_the_lean_one():
    model, optimizers = build()
    before = copy.deepcopy(model.state_dict())
    torch.manual_seed(1)
    lean_log = model.train_step(batch(), optimizers)

    twin, twin_optimizers = build()
    torch.manual_seed(1)
    literal_log = literal_step(make_literal(twin), batch(), twin_optimizers)

    assert set(literal_log) == {name for name in lean_log if name.startswith("loss")}
    for name, value in literal_log.items():
        torch.testing.assert_close(lean_log[name], value, rtol=1e-9, atol=0, msg=name)
    after, twin_after = model.state_dict(), twin.state_dict()
    for name in (n for n in after if n.startswith(LEARNED) and n.endswith("weight")):
        step, twin_step = after[name] - before[name], twin_after[name] - before[name]
        assert (step - twin_step).norm() <= 1e-8 * step.norm(), name
