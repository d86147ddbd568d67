"""The detail step in other precisions, memory orders and compiled: close to plain float32."""

import pytest
import torch

from aucgan.engine import ChannelsLastHook, CompileHook

COMPILED = ("detail_encoder", "generator", "discriminator", "au_net", "encoder")


class Run:
    def __init__(self, model):
        self.bare_model = model


def losses_and_gradient(model, batch, dtype=None):
    """The generator's losses by name, and the gradient of their sum with respect to its last convolution."""
    torch.manual_seed(0)
    with torch.autocast(batch["image"].device.type, dtype, enabled=dtype is not None):
        losses = model.loss(batch)
    sum(losses.values()).backward()
    return {name: value.detach() for name, value in losses.items()}, model.generator.blocks[-1].to_height.weight.grad


@pytest.fixture
def make(build, detail_config):
    losses = detail_config["losses"] | dict(mrf=dict(type="IDMRFLoss", vgg_weights="random", weight=0.1))
    return lambda: build(detail_config, losses=losses, patch_size=32).train()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_stays_close(make, batch, dtype):
    expected, expected_grad = losses_and_gradient(make(), batch)
    losses, grad = losses_and_gradient(make(), batch, dtype)
    for name, value in losses.items():
        assert value.dtype == torch.float32, f"{name} is computed in {value.dtype}"
        torch.testing.assert_close(value, expected[name], rtol=0.05, atol=2e-3, msg=name)
    cosine = torch.cosine_similarity(grad.flatten(), expected_grad.flatten(), dim=0)
    assert cosine > 0.98 and 0.9 < grad.norm() / expected_grad.norm() < 1.1


def test_channels_last_gives_the_same_numbers(make, batch):
    expected, expected_grad = losses_and_gradient(make(), batch)
    model = make()
    ChannelsLastHook().before_run(Run(model))
    losses, grad = losses_and_gradient(model, batch)
    for name, value in losses.items():
        torch.testing.assert_close(value, expected[name], rtol=1e-4, atol=1e-6, msg=name)
    torch.testing.assert_close(grad, expected_grad, rtol=1e-2, atol=1e-2 * float(expected_grad.abs().max()))


@pytest.mark.slow
def test_compiled_parts_give_the_same_numbers(make, batch):
    expected, expected_grad = losses_and_gradient(make(), batch)
    model = make()
    CompileHook(COMPILED, backend="aot_eager").before_run(Run(model))
    losses, grad = losses_and_gradient(model, batch)
    for name, value in losses.items():
        torch.testing.assert_close(value, expected[name], rtol=1e-4, atol=1e-6, msg=name)
    torch.testing.assert_close(grad, expected_grad, rtol=1e-2, atol=1e-2 * float(expected_grad.abs().max()))
