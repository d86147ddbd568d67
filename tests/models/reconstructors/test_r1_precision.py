"""The gradient penalty under float16, whose smallest number is 6e-8: no gradient inside it may vanish."""

from contextlib import contextmanager

import pytest
import torch
from mmengine.optim import OptimWrapper

SLOPE = 1e-5
"""What the logits are multiplied with: the gradient at a pixel is about 1e-8."""


class ScaledOptimWrapper(OptimWrapper):
    """Autocast and a scaled loss on the CPU, as ``AmpOptimWrapper`` has them on the GPU; keeps the gradient."""

    def __init__(self, dtype, **kwargs):
        super().__init__(**kwargs)
        self.dtype, self.scaler = dtype, torch.amp.GradScaler("cpu", init_scale=2.0**16, enabled=dtype is not None)

    @contextmanager
    def optim_context(self, model):
        with super().optim_context(model), torch.autocast("cpu", self.dtype, enabled=self.dtype is not None):
            yield

    def update_params(self, loss, **kwargs):
        self.scaler.scale(loss).backward()
        self.scaler.unscale_(self.optimizer)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_the_penalty_of_a_flat_discriminator_is_that_of_float32(build, detail_config, batch, dtype):
    losses = detail_config["losses"] | dict(r1=dict(type="R1Penalty", weight=1e10))

    def penalise(dtype):
        model = build(detail_config, losses=losses).train()
        model.discriminator.register_forward_hook(lambda _module, _inputs, logits: SLOPE * logits)
        optimizer = torch.optim.SGD(model.discriminator.parameters(), lr=0.1)
        photo = model.look(batch)
        detail = model.make_detail(photo)
        log = model.discriminator_phase(photo, detail, ScaledOptimWrapper(dtype, optimizer=optimizer))
        return log["loss_r1"], torch.cat([p.grad.flatten() for p in model.discriminator.parameters()])

    (expected, expected_grad), (penalty, grad) = penalise(None), penalise(dtype)
    assert penalty.dtype == torch.float32 and expected > 0
    exact = dtype == torch.float16  # bfloat16 has the range of float32, and three digits
    torch.testing.assert_close(penalty, expected, rtol=1e-3 if exact else 0.05, atol=0)
    error = (grad - expected_grad).norm() / expected_grad.norm()
    assert error < (1e-3 if exact else 0.1)
