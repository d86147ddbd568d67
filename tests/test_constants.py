import torch

from aucgan.numerics.constants import constant, constant_like


def test_a_constant_is_made_once_for_a_type_and_a_device():
    values = (1.25, -3.0)
    like = torch.zeros(1, dtype=torch.float64)
    first = constant_like(like, values)
    assert first.dtype == torch.float64 and first.tolist() == list(values)
    assert constant_like(like, values) is first and constant(values, torch.float32, first.device) is not first
    assert constant_like(torch.zeros(1, device="meta"), values).device.type == "meta"


def test_what_is_made_in_inference_mode_serves_a_gradient_later():
    values = (2.0, 5.0)
    with torch.inference_mode():
        constant_like(torch.zeros(1), values)
    x = torch.ones(2, requires_grad=True)
    (x * constant_like(x, values)).sum().backward()
    assert x.grad.tolist() == list(values)
