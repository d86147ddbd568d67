"""The ResNet encoder against the published numbers: weights by recipe, 224 px, eval, train and gradients."""

from pathlib import Path

import numpy as np
import pytest
import torch
from golden.detfill import det_input, fill_one

from aucgan.models.encoders.emoca_expression_encoder import EmocaExpressionEncoder
from aucgan.models.encoders.resnet_encoder import ResnetEncoder
from aucgan.structures import FlameCodes

GOLDEN = np.load(Path(__file__).parents[2] / "golden" / "encoder.npz")
OUT_DIMS = {"flame": 236, "detail": 128}


@pytest.fixture(scope="module")
def image():
    return torch.as_tensor(det_input("enc.img", (2, 3, 224, 224), 11, "smooth"))


def filled(name, gain):
    net = ResnetEncoder(out_dim=OUT_DIMS[name])
    seed, total, state = int(GOLDEN[f"{name}.seed"]), 0.0, {}
    for key, value in net.state_dict().items():
        array = fill_one(key, value.shape, str(value.dtype).removeprefix("torch."), seed, gain)
        total += np.abs(array.astype(np.float64)).sum()
        state[key] = torch.as_tensor(np.asarray(array))
    assert total == pytest.approx(float(GOLDEN[f"{name}.g{gain}.fill_abssum"]), rel=1e-9), "a key or shape differs"
    net.load_state_dict(state)
    return net.eval()


def assert_matches(tensor, key):
    stride = int(key.split("@")[1]) if "@" in key else 1
    got, want = tensor.detach().cpu().numpy().ravel()[::stride], GOLDEN[key].ravel()
    assert np.abs(got - want).max() <= 1e-4 * np.abs(want).max(), key


@pytest.mark.parametrize("gain", [0.5, 1.2])
@pytest.mark.parametrize("name", OUT_DIMS)
def test_matches_published_outputs(name, gain, image):
    net = filled(name, gain)
    with torch.no_grad():
        features = net.features(image)
        assert_matches(features, f"{name}.g{gain}.eval.features@7")
        assert_matches(net.layers(features), f"{name}.g{gain}.eval.out")


@pytest.mark.parametrize("name", OUT_DIMS)
def test_matches_published_training_mode_and_running_statistics(name, image):
    net = filled(name, 1.2).train()
    with torch.no_grad():
        features = net.features(image)
        assert_matches(features, f"{name}.g1.2.train.features@7")
        assert_matches(net.layers(features), f"{name}.g1.2.train.out")
    for key in (key for key in GOLDEN.files if key.startswith(f"{name}.after1fwd.")):
        assert_matches(net.state_dict()[key.removeprefix(f"{name}.after1fwd.")], key)


def test_matches_published_gradients(image):
    """In float64, against numbers in float32: units at the kink of a ReLU fall to either side, as the processor rounds.

    They move single entries by 0.4 % of the largest and the whole gradient by less than 0.1 %.
    """
    net = filled("flame", 1.2).double()
    image = image.double().requires_grad_()
    net(image).sum().backward()
    (key,) = [k for k in GOLDEN.files if k.startswith("flame.g1.2.grad_img@")]
    for grad, golden in ((image.grad, key), (net.encoder.conv1.weight.grad, "flame.g1.2.grad_conv1@5")):
        got, want = grad.cpu().numpy().ravel()[:: int(golden.split("@")[1])], GOLDEN[golden].ravel()
        assert np.linalg.norm(got - want) <= 2e-3 * np.linalg.norm(want), golden
        assert np.abs(got - want).max() <= 1e-2 * np.abs(want).max(), golden


def test_the_code_splits_in_the_published_order():
    codes = FlameCodes.from_vector(torch.as_tensor(GOLDEN["code"]))
    for name in ("shape", "tex", "exp", "pose", "cam", "light"):
        assert_matches(getattr(codes, name), f"code.{name}")


def test_the_expression_encoder_has_the_same_keys():
    with torch.device("meta"):
        coarse, expression = ResnetEncoder(out_dim=50), EmocaExpressionEncoder()
    assert list(coarse.state_dict()) == list(expression.state_dict())
