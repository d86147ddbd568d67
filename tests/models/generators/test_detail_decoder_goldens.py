"""DECA's detail decoder against the published numbers: weights by recipe, eval, train and gradients."""

from pathlib import Path

import numpy as np
import pytest
import torch
from golden.detfill import fill_one

from aucgan.models.generators.detail_decoder import DetailDecoder
from aucgan.models.generators.detail_decoder_generator import DetailDecoderGenerator

GOLDEN = np.load(Path(__file__).parents[2] / "golden" / "detail_decoder.npz")


def code():
    return torch.as_tensor(GOLDEN["z"])


def filled(case):
    net, state, total = DetailDecoder(latent_dim=181), {}, 0.0
    for key, value in net.state_dict().items():
        dtype = str(value.dtype).removeprefix("torch.")
        array = fill_one(key, value.shape, dtype, int(GOLDEN["seed"]), float(GOLDEN[f"{case}.gain"]))
        total += np.abs(array.astype(np.float64)).sum()
        state[key] = torch.as_tensor(np.asarray(array))
    assert total == pytest.approx(float(GOLDEN[f"{case}.fill_abssum"]), rel=1e-9), "a key or shape differs"
    net.load_state_dict(state)
    return net.eval()


def assert_matches(tensor, key):
    stride = int(key.split("@")[1]) if "@" in key else 1
    got, want = tensor.detach().cpu().numpy().ravel()[::stride], GOLDEN[key].ravel()
    assert np.abs(got - want).max() <= 1e-4 * np.abs(want).max(), key


def test_has_the_published_keys():
    with torch.device("meta"):
        assert list(DetailDecoder().state_dict()) == GOLDEN["keys"].tolist()


@pytest.mark.parametrize("mode", ["eval", "train"])
@pytest.mark.parametrize("case", ["g0.5", "g1.4"])
def test_matches_published_outputs(case, mode):
    net = filled(case).train(mode == "train")
    with torch.no_grad():
        uv_z = net(code())
    assert uv_z.shape == (3, 1, 256, 256)
    assert_matches(uv_z, f"{case}.{mode}@65")
    if mode == "train":
        for key in GOLDEN.files:
            if key.startswith(f"{case}.after1fwd."):
                assert_matches(net.state_dict()[key.removeprefix(f"{case}.after1fwd.")], key)


def test_matches_published_gradients():
    given = code().clone().requires_grad_()
    filled("g1.4")(given).square().sum().backward()
    assert_matches(given.grad, "g1.4.eval.grad_z")


def test_the_generator_puts_the_code_together_in_the_published_order():
    generator = DetailDecoderGenerator().eval()
    generator.decoder.load_state_dict(filled("g1.4").state_dict())
    jaw_pose, exp, latent = code().split([3, 50, 128], dim=1)
    with torch.no_grad():
        assert_matches(generator(latent, torch.zeros(3, 27, 512), exp, jaw_pose), "g1.4.eval@65")
