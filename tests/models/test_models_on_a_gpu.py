"""Every registered model on a pretended GPU: the same values and gradients, and the host neither waits nor sends."""

import copy

import pytest
import torch
from models.discriminators import test_registered_discriminators as discriminators
from models.encoders import test_registered_encoders as encoders
from models.generators import test_registered_generators as generators
from models.registered import registered_in

from aucgan.registry import MODELS

AU = dict(backbone="resnet_slim", dim=8, normalize=True, backbone_args=dict(widths=(4, 4, 8, 8)))


def photo(size=64):
    return torch.rand(3, 3, size, size)


def encoder(name):
    net, _ = encoders.build(name)
    return net, [photo(), *([torch.rand(3, 27, encoders.AFN_DIM)] if net.uses_afn else [])]


def build(name, **config):
    torch.manual_seed(0)
    return MODELS.build(dict(type=name, **config))


class FlatInputs(torch.nn.Module):
    """A network that takes the skin and two expressions, as one that takes seven tensors."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, skin, *expressions):
        return self.net(skin, expressions[:3], expressions[3:])


def skin_generator():
    net = build("UVUNetGenerator", in_channels=4, n_exp=5, uv_size=32, widths=(4, 8), style_dim=8, attention_size=8)
    expressions = [torch.rand(3, 41), torch.randn(3, 5), torch.rand(3, 3)]
    return FlatInputs(net), [torch.randn(3, 4, 32, 32), *expressions, *(t.flip(0) for t in expressions)]


def skin_reader():
    maps = [torch.rand(2, channels, 32, 32) for channels in (3, 1, 3, 3, 3)]
    return build("UVSkinReader"), [*maps, torch.rand(2, 9, 3)]


EXAMPLES = {
    "UVUNetGenerator": skin_generator,
    "UVSkinReader": skin_reader,
    **{name: lambda name=name: encoder(name) for name in encoders.SLIM},
    **{name: lambda name=name: (generators.build(name), list(generators.inputs(3))) for name in generators.SLIM},
    **{
        name: lambda name=name: (discriminators.build(name), list(discriminators.inputs(name, 3)))
        for name in discriminators.SLIM
    },
    "AUEncoder": lambda: (build("AUEncoder", afn_dim=16), [torch.rand(3, 41), torch.rand(3, 27, 16)]),
    "DetailDecoder": lambda: (build("DetailDecoder", uv_size=32, base_channels=4), [torch.randn(3, 181)]),
    "AFG": lambda: (build("AFG", **AU), [photo()]),
    "MEFARG": lambda: (build("MEFARG", **AU), [photo()]),
    "FLAME": lambda: (build("FLAME"), [torch.randn(2, 100), torch.randn(2, 50), torch.randn(2, 6) / 5]),
    "FLAMETex": lambda: (build("FLAMETex", uv_size=64), [torch.randn(2, 50)]),
}
WHOLE = {"AURecognizer", "CoarseReconstructor", "DetailReconstructor", "SkinDetailReconstructor"}
"""Take batches; test_steps_on_a_gpu.py steps all but the last, whose steps are tested on the CPU alone."""


def test_there_is_an_example_of_every_model():
    modules = {cls.__module__ for cls in MODELS.module_dict.values()}
    families = {module.split(".")[2] for module in modules if module.startswith("aucgan.models.")}
    assert set().union(*map(registered_in, families)) == EXAMPLES.keys() | WHOLE


def outputs_and_gradients(net, inputs):
    outputs = net(*inputs)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    sum(out.square().sum() for out in outputs).backward()
    return [out.detach() for out in outputs] + [t.grad for t in (*inputs, *net.parameters()) if t.grad is not None]


@pytest.mark.parametrize("frozen", [False, True], ids=["learning", "frozen"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_on_a_gpu(name, frozen, gpu):
    net, inputs = EXAMPLES[name]()
    net = net.train(not frozen).requires_grad_(not frozen)
    twin = copy.deepcopy(net)
    wanted = outputs_and_gradients(net, [t.clone().requires_grad_() for t in inputs])
    with gpu() as report:
        twin.to("cuda")
        there = [t.to("cuda").requires_grad_() for t in inputs]
        outputs_and_gradients(copy.deepcopy(twin), [t.detach().requires_grad_() for t in there])  # makes the constants
        report.clear()
        results = outputs_and_gradients(twin, there)
        report.expect()
        found = [t.cpu() for t in results]
    for got, want in zip(found, wanted, strict=True):
        torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-4)
