"""What the face-recognition network is shown, and what it says of files that are not its own."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from aucgan.frozen import face_recognition
from aucgan.frozen.face_recognition import VGGFace2Embedding, embedding_distance


@pytest.fixture(scope="module")
def embedding():
    return VGGFace2Embedding("random")


class Seen(nn.Module):
    """Stands in for the network and returns what it was shown."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 1, 1)

    def forward(self, image):
        return image


@pytest.mark.parametrize("size", [224, 100])
def test_the_network_sees_the_middle_in_the_published_colours(embedding, monkeypatch, size):
    monkeypatch.setitem(embedding._modules, "network", Seen())
    image = torch.rand(2, 3, size, size, generator=torch.Generator().manual_seed(0))
    photo = F.interpolate(image, (224, 224), mode="bilinear", align_corners=False)
    middle = photo[:, :, 10:214, 10:214]
    planes = [
        2 * (255 * middle[:, rgb] - mean) - 1
        for rgb, mean in zip((2, 1, 0), (91.4953, 103.8827, 131.0912), strict=True)
    ]
    shown = F.interpolate(torch.stack(planes, 1), (224, 224), mode="bilinear", align_corners=False)
    torch.testing.assert_close(embedding(image), shown)


def test_the_strides_are_those_of_the_published_weights(embedding):
    network = embedding.network
    strides = [
        (layer[0].conv1.stride, layer[0].conv2.stride) for layer in (network.layer2, network.layer3, network.layer4)
    ]
    assert strides == 3 * [((2, 2), (1, 1))]
    assert network.layer1[0].conv1.stride == (1, 1)
    # 112 pixels: windows of 3 with stride 2 that may hang over the edge
    assert network.maxpool(torch.zeros(1, 1, 112, 112)).shape == (1, 1, 56, 56)
    assert not any(p.requires_grad for p in embedding.parameters())
    assert not embedding.train().training and not network.training


def test_a_file_of_something_else_is_named_with_how_much_is_wrong(embedding, monkeypatch):
    state = {k: v.clone() for k, v in embedding.network.state_dict().items()}
    keys = list(state)
    for key in keys[:7]:  # the first weights and statistics; one of them is a counter, which old files lack
        del state[key]
    state["layer1.0.conv2.weight"] = torch.zeros(1)
    monkeypatch.setattr(face_recognition, "read_state_dict", lambda path: state)
    wrong = [key for key in keys[:7] if not key.endswith("num_batches_tracked")]
    wrong += ["layer1.0.conv2.weight"]
    with pytest.raises(ValueError) as caught:
        embedding._load("other.safetensors")
    message = str(caught.value)
    assert f"{', '.join(wrong[:5])} and {len(wrong) - 5} more" in message and "other.safetensors" in message
    few = {k: v.clone() for k, v in embedding.network.state_dict().items() if k != "conv1.weight"}
    monkeypatch.setattr(face_recognition, "read_state_dict", lambda path: few)
    with pytest.raises(ValueError, match="ResNet-50: conv1.weight and 0 more"):
        embedding._load("few.safetensors")


def test_the_distance_is_one_minus_the_cosine_of_each_sample():
    pred = torch.tensor([[1.0, 0.0], [3.0, 4.0], [-1.0, -1.0]])
    target = torch.tensor([[5.0, 0.0], [4.0, 3.0], [2.0, 2.0]])
    torch.testing.assert_close(embedding_distance(pred, target), torch.tensor((0 + (1 - 24 / 25) + 2) / 3))
