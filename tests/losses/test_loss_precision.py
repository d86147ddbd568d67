"""Full precision in losses: autocast off inside, half-precision tensors widened, everything else as it was."""

import contextlib

import pytest
import torch

from aucgan.numerics.precision import full_precision


@full_precision
def seen(*args, **kwargs):
    """What arrives inside, and whether a product would be narrowed."""
    product = torch.ones(2, 2) @ torch.ones(2, 2)
    return product.dtype, args, kwargs


@pytest.mark.parametrize("narrow", [torch.bfloat16, torch.float16])
def test_half_precision_is_widened_wherever_it_stands(narrow, device):
    with torch.autocast(device, dtype=torch.bfloat16):
        product, args, kwargs = seen(torch.ones(2, dtype=narrow), 3, x=torch.ones(2, dtype=narrow), y="y")
    assert product == torch.float32
    assert args[0].dtype == kwargs["x"].dtype == torch.float32 and args[1:] == (3,) and kwargs["y"] == "y"


def test_wide_tensors_stay_the_same_objects():
    single, double, whole = torch.ones(1), torch.ones(1, dtype=torch.float64), torch.ones(1, dtype=torch.long)
    _, args, kwargs = seen(single, double, mask=whole)
    assert args[0] is single and args[1] is double and kwargs["mask"] is whole
    assert full_precision(len).__name__ == "len" and seen.__doc__


def test_autocast_is_switched_off_where_the_tensors_are(monkeypatch):
    switched = []

    def autocast(device_type, enabled):
        switched.append((device_type, enabled))
        return contextlib.nullcontext()

    monkeypatch.setattr(torch, "autocast", autocast)
    monkeypatch.setattr(torch.amp, "is_autocast_available", lambda device: True)
    elsewhere = torch.ones(1, device="meta")
    for args, kwargs in (((2, elsewhere, torch.ones(1)), {}), ((), dict(n=2, x=elsewhere)), ((), dict(n=2))):
        seen(*args, **kwargs)
    assert switched == [("meta", False), ("meta", False), ("cpu", False)]
    monkeypatch.setattr(torch.amp, "is_autocast_available", lambda device: False)
    seen(elsewhere)
    assert len(switched) == 3, "there is nothing to switch off"
