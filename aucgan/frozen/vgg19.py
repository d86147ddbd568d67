"""Features of VGG19, frozen, by the standard layer names."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from aucgan.files.weights import read_state_dict
from aucgan.frozen.frozen_layers import frozen_conv, frozen_max_pool, frozen_relu, is_frozen

#: Convolutions in each of the five blocks (Simonyan & Zisserman, ICLR 2015, configuration E).
BLOCKS = (2, 2, 4, 4, 4)
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


def layer_indices() -> dict[str, int]:
    """Index of every layer in torchvision's ``vgg19().features``: ``conv1_1 relu1_1 … pool1 … relu5_4 pool5``."""
    names: list[str] = []
    for block, count in enumerate(BLOCKS, start=1):
        for conv in range(1, count + 1):
            names += [f"conv{block}_{conv}", f"relu{block}_{conv}"]
        names.append(f"pool{block}")
    return {name: index for index, name in enumerate(names)}


def vgg19_layers() -> nn.Sequential:
    """The convolutional part of VGG19, in the order of :func:`layer_indices`, without the classifier behind it."""
    layers: list[nn.Module] = []
    channels = 3
    for block, count in enumerate(BLOCKS):
        width = min(512, 64 * 2**block)
        for _ in range(count):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers)


def check_layers(layers: tuple[str, ...]) -> None:
    """Raise unless all names are layers of VGG19.

    Raises:
        ValueError: It names the unknown layer and the form of valid names.
    """
    for name in layers:
        if name not in layer_indices():
            raise ValueError(
                f"VGG19 has no layer {name!r}: expected convB_N or reluB_N with B 1..5 and N up to "
                f"{', '.join(map(str, BLOCKS))}, or poolB"
            )


class VGG19Features(nn.Module):
    """Selected layers of VGG19, for images in [0, 1]; its weights never train.

    Args:
        layers: Standard names, such as ``relu3_1``. Only the network up to the deepest of them is kept.
        weights: Path of torchvision's VGG19 weights (``.pth`` or ``.safetensors``; keys with or without
            ``features.``); ``'random'`` for a random network (tests); ``None`` leaves it empty until a state
            dict is loaded.

    Raises:
        ValueError: For an unknown layer, or a weight file that lacks a key or has another shape.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, layers: tuple[str, ...], weights: str | Path | None = None) -> None:
        super().__init__()
        layers = tuple(dict.fromkeys(layers))
        check_layers(layers)
        self.indices = {layer_indices()[name]: name for name in layers}
        self.features = vgg19_layers()[: max(self.indices) + 1]
        for name, value in (("mean", IMAGENET_MEAN), ("std", IMAGENET_STD)):
            self.register_buffer(name, torch.tensor(value).view(1, 3, 1, 1), persistent=False)
        self._has_weights = False
        self._load(weights)
        self.requires_grad_(False)
        self.eval()

    def _load(self, weights: str | Path | None) -> None:
        if weights is None:
            for parameter in self.features.parameters():
                nn.init.zeros_(parameter)
        elif weights == "random":
            for conv in (layer for layer in self.features if isinstance(layer, nn.Conv2d)):
                nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
                if conv.bias is not None:
                    nn.init.zeros_(conv.bias)
        else:
            load_vgg19(self.features, weights)

    def _require_weights(self) -> None:
        if self._has_weights:  # asked once: the answer of a GPU would have to be waited for at every step
            return
        self._has_weights = bool(next(self.features.parameters()).any())
        if not self._has_weights:
            raise RuntimeError(
                "VGG19 has no weights: set vgg_weights to torchvision's file (vgg19-dcbb9e9d.pth), "
                "or to 'random' for a test, or leave this loss out (weight=0)"
            )

    def train(self, mode: bool = True) -> VGG19Features:
        """Stay in evaluation mode whatever the model around it does."""
        return super().train(False)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """Features by layer name.

        Args:
            image: RGB in [0, 1], ``(B, 3, H, W)``.

        Returns:
            ``{name: (B, C, h, w)}`` in the order of depth.

        Raises:
            RuntimeError: If no weights have been loaded.
        """
        self._require_weights()
        x = (image - self.mean) / self.std
        found = {}
        frozen = is_frozen(self)
        for index, layer in enumerate(self.features):
            x = self._frozen_layer(layer, x, index - 1 in self.indices) if frozen else layer(x)
            if index in self.indices:
                found[self.indices[index]] = x
        return found

    @staticmethod
    def _frozen_layer(layer: nn.Module, x: Tensor, x_is_selected: bool) -> Tensor:
        """One layer, keeping only what the image's gradient needs."""
        if isinstance(layer, nn.Conv2d):
            return frozen_conv(x, layer)
        if isinstance(layer, nn.MaxPool2d):
            return frozen_max_pool(x, layer)
        return layer(x) if x_is_selected else frozen_relu(x)  # in place only where nobody reads the values before it


def load_vgg19(features: nn.Sequential, path: str | Path) -> None:
    """Load torchvision's VGG19 weights into the first layers of its ``features``.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If a key is missing or has another shape; the message names it.
    """
    state = read_state_dict(path)
    state = {key.removeprefix("features."): value for key, value in state.items()}
    own = features.state_dict()
    for key, value in own.items():
        if key not in state:
            raise ValueError(f"{path} has no key 'features.{key}': it is not a VGG19 of torchvision")
        if state[key].shape != value.shape:
            raise ValueError(
                f"{path}: features.{key} has the shape {tuple(state[key].shape)}, expected {tuple(value.shape)}"
            )
    features.load_state_dict({key: state[key] for key in own})
