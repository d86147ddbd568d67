import pytest
import torch
from torch import nn

from aucgan.engine import Bf16OptimWrapper, ChannelsLastHook, CompileHook
from aucgan.process.errors import ConfigError


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.body = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 4, 3))

    def forward(self, x):
        return self.body(x)


class Run:
    def __init__(self, model):
        self.bare_model = model


def test_channels_last_changes_the_order_and_not_the_numbers():
    model, x = Net(), torch.rand(2, 3, 16, 16)
    expected = model(x)
    ChannelsLastHook().before_run(Run(model))
    assert model.body[0].weight.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(model(x), expected, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("native", [True, False])
def test_bf16_is_close_to_float32_and_optional(native, monkeypatch):
    monkeypatch.setattr("aucgan.engine.optim.amp_wrapper.computes_in_bf16", lambda device: native)
    model, x = Net(), torch.rand(2, 3, 16, 16)
    wrapper = Bf16OptimWrapper(only_if_native=True, optimizer=torch.optim.SGD(model.parameters(), lr=0.1))
    with wrapper.optim_context(model):
        out = model(x)
    assert out.dtype == (torch.bfloat16 if native else torch.float32)
    torch.testing.assert_close(out.float(), model(x), atol=0.02, rtol=0.02)


def test_compiled_parts_give_the_same_numbers_under_the_same_names():
    model, x = Net(), torch.rand(2, 3, 16, 16)
    expected, names = model(x), set(model.state_dict())
    CompileHook(modules=["body"], backend="eager").before_run(Run(model))
    assert model.body._compiled_call_impl is not None and set(model.state_dict()) == names
    torch.testing.assert_close(model(x), expected)


def test_parts_that_do_not_exist_are_named():
    model = Net()
    model.optional = None
    CompileHook(modules=["optional"]).before_run(Run(model))
    with pytest.raises(ConfigError, match="Net has no part 'bdy'; did you mean 'body'"):
        CompileHook(modules=["bdy"]).before_run(Run(model))
