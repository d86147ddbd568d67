"""A face-recognition network in the published VGGFace2 form."""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models import ResNet, resnet50

from aucgan.files.weights import read_state_dict
from aucgan.numerics.constants import constant_like
from aucgan.numerics.precision import full_precision

#: Mean colour of VGGFace2 in BGR, of 0..255.
VGGFACE2_MEAN_BGR = (91.4953, 103.8827, 131.0912)
#: Border that is cut off a 224-pixel photo on every side, in pixels.
MARGIN = 10
INPUT_SIZE = 224


def vggface2_input(image: Tensor) -> Tensor:
    """RGB photos in [0, 1] → BGR in 0..255 minus the mean colour, ``(B, 3, H, W)``."""
    mean = constant_like(image, VGGFACE2_MEAN_BGR).view(1, 3, 1, 1)
    return image.flip(1) * 255.0 - mean


def _caffe_resnet50() -> ResNet:
    """ResNet-50 as the published weights expect it: stride on the first 1×1 convolution, ceil-mode pooling."""
    network = resnet50(weights=None)
    for layer in (network.layer2, network.layer3, network.layer4):
        layer[0].conv1.stride, layer[0].conv2.stride = (2, 2), (1, 1)
    network.maxpool = nn.MaxPool2d(3, stride=2, ceil_mode=True)
    network.fc = nn.Identity()
    return network


class VGGFace2Embedding(nn.Module):
    """ResNet-50 embeddings of faces (Cao et al., FG 2018); the weights never train.

    Args:
        weights: Path of the published weights (``resnet50_ft_weight.pkl``, or a state dict as ``.pth`` or
            ``.safetensors``), with or without the classifier ``fc``; ``'random'`` for tests; ``None`` leaves the
            network empty until a state dict is loaded.

    Raises:
        ValueError: If the file lacks a key or has another shape.
    """

    def __init__(self, weights: str | Path | None = None) -> None:
        super().__init__()
        self.network = _caffe_resnet50()
        self._has_weights = False
        if weights is None:
            nn.init.zeros_(self.network.conv1.weight)
        elif weights != "random":
            self._load(weights)
        self.requires_grad_(False)
        self.eval()

    def _load(self, path: str | Path) -> None:
        own = self.network.state_dict()
        counters = {key: value for key, value in own.items() if key.endswith("num_batches_tracked")}
        state = counters | read_state_dict(path)  # the published file is older than these counters
        wrong = [key for key, value in own.items() if key not in state or state[key].shape != value.shape]
        if wrong:
            raise ValueError(
                f"{path} is no VGGFace2 ResNet-50: {', '.join(wrong[:5])} and {max(len(wrong) - 5, 0)} more "
                "are missing or have another shape"
            )
        self.network.load_state_dict({key: state[key] for key in own})

    def _require_weights(self) -> None:
        if self._has_weights:  # asked once: the answer of a GPU would have to be waited for at every step
            return
        self._has_weights = bool(self.network.conv1.weight.any())
        if not self._has_weights:
            raise RuntimeError(
                "the face-recognition network has no weights: set weights to the VGGFace2 ResNet-50 file, or to "
                "'random' for a test, or leave this loss out (weight=0)"
            )

    def train(self, mode: bool = True) -> VGGFace2Embedding:
        """Stay in evaluation mode whatever the model around it does."""
        return super().train(False)

    def forward(self, image: Tensor) -> Tensor:
        """Embed faces.

        Args:
            image: RGB in [0, 1], ``(B, 3, H, W)``; resized to 224 where it is not.

        Returns:
            Embeddings, ``(B, 2048)``, not normalised.

        Raises:
            RuntimeError: If no weights have been loaded.
        """
        self._require_weights()
        if image.shape[-2:] != (INPUT_SIZE, INPUT_SIZE):
            image = F.interpolate(image, (INPUT_SIZE, INPUT_SIZE), mode="bilinear", align_corners=False)
        inner = vggface2_input(image)[..., MARGIN:-MARGIN, MARGIN:-MARGIN]
        # The published training scaled once more after the mean was taken off; the embeddings depend on it.
        inner = F.interpolate(inner * 2.0 - 1.0, (INPUT_SIZE, INPUT_SIZE), mode="bilinear", align_corners=False)
        return self.network(inner)


@full_precision
def embedding_distance(pred: Tensor, target: Tensor) -> Tensor:
    """Mean over the batch of ``1 - cosine`` of two embeddings ``(B, N)``, a scalar in [0, 2]."""
    return 1.0 - torch.cosine_similarity(pred, target, dim=1).mean()
