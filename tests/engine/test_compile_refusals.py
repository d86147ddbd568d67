"""What a compiler cannot do is refused by name before the training starts, and not by PyTorch in the middle of it."""

import pytest
import torch
from mmengine.config import Config
from slim_models import slim
from torch import nn
from toy_config import REPOSITORY, chdir

from aucgan.engine import CompileHook, SAMOptimWrapper
from aucgan.losses.adversarial.r1_penalty import r1_penalty
from aucgan.process.errors import ConfigError
from aucgan.registry import MODELS


class Run:
    def __init__(self, model, optim_wrapper=None):
        self.bare_model, self.optim_wrapper = model, optim_wrapper


@pytest.fixture(scope="module")
def make():
    with chdir(REPOSITORY):
        config = slim(Config.fromfile("configs/aucgan_detail_v2.py").model)

        def build(**losses):
            return MODELS.build(config | dict(losses=config["losses"] | losses))

        yield build


@pytest.mark.parametrize(("backend", "works"), [("eager", True), ("aot_eager", False)])
def test_the_compiler_cannot_differentiate_twice(backend, works):
    """The reason for the refusal; should this fail, PyTorch has learned it."""
    net = nn.Sequential(nn.Flatten(), nn.Linear(12, 1), nn.Tanh())
    net.compile(backend=backend)
    x = torch.rand(2, 3, 2, 2, requires_grad=True)
    penalty = r1_penalty(net(x), x)
    if works:
        penalty.backward()
        return
    with pytest.raises(RuntimeError, match="double backward"):
        penalty.backward()


@pytest.mark.parametrize("part", ["discriminator", "discriminator.blocks", ""])
def test_a_penalised_discriminator_is_not_compiled(make, part):
    penalised, free = make(r1=dict(type="R1Penalty")), make()
    with pytest.raises(
        ConfigError, match=f"CompileHook: '{part}' cannot be compiled.* loss 'r1' differentiates 'discr"
    ):
        CompileHook(["generator", part]).before_run(Run(penalised))
    assert penalised.generator._compiled_call_impl is None, "nothing is compiled before all is checked"
    CompileHook([part], backend="eager").before_run(Run(penalised))
    CompileHook(["generator", "detail_encoder"]).before_run(Run(penalised))
    CompileHook([part]).before_run(Run(free))


@pytest.mark.parametrize(
    "options", [dict(mode="reduce-overhead"), dict(mode="max-autotune"), dict(backend="cudagraphs")]
)
def test_networks_called_twice_are_no_cuda_graphs(make, options):
    model = make(mrf=dict(type="IDMRFLoss", vgg_weights="random", weight=0.1))
    for part in ("discriminator", "au_net", "au_net.backbone", "losses.terms.mrf.vgg"):
        with pytest.raises(
            ConfigError, match=f"CompileHook: '{part}' cannot.*called more than once.*leave it out, or set"
        ):
            CompileHook([part], **options).before_run(Run(model))
    CompileHook(["generator", "encoder"], **options).before_run(Run(model))
    CompileHook(["au_net"], **options).before_run(Run(make(au=None)))


def test_sam_calls_everything_twice():
    model = MODELS.build(dict(type="AURecognizer", network=dict(type="MEFARG", backbone="resnet_slim", dim=8)))
    wrapper = SAMOptimWrapper(optimizer=torch.optim.SGD(model.parameters(), lr=0.1))
    with pytest.raises(ConfigError, match="'network' cannot be compiled.*'network' is called more than once"):
        CompileHook(["network"], mode="reduce-overhead").before_run(Run(model, wrapper))
    CompileHook(["network"], mode="reduce-overhead").before_run(Run(model))
    CompileHook(["network"]).before_run(Run(model, wrapper))
