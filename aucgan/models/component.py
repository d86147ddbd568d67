"""The base of every network: an mmengine module whose weights load safely and strictly."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from mmengine.model import BaseModule
from torch import Tensor, nn

from aucgan.files.weights import load_weights
from aucgan.registry import MODELS

ASYNCHRONOUS_COPY = dict(type="BaseDataPreprocessor", non_blocking=True)
"""How models take their batches: from page-locked memory the GPU copies them while the program goes on."""


_later: ContextVar[bool] = ContextVar("weights_later", default=False)


@contextmanager
def weights_later() -> Iterator[None]:
    """Within it, networks are built without reading pretrained weights: ``init_weights`` or a checkpoint follows."""
    token = _later.set(True)
    try:
        yield
    finally:
        _later.reset(token)


def for_inference(model: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a model without the parts that only a training needs, as its class names them.

    Args:
        model: Config of the model.

    Returns:
        A config whose ``training_parts`` are ``None``.
    """
    return {**model, **dict.fromkeys(training_parts(model))}


def training_parts(model: Mapping[str, Any]) -> tuple[str, ...]:
    """The parts of a configured model that only a training needs: as arguments, and as its weights' keys begin."""
    return getattr(MODELS.get(model["type"]), "training_parts", ())


class PretrainedWeights:
    """Lets an mmengine module take weights by ``init_cfg=dict(type='Pretrained', checkpoint=PATH, prefix=...)``.

    The file may be ``.safetensors`` or a PyTorch checkpoint; it is read without the power to run code, and a
    key or shape that does not match is an error. It is read once: by the registry that builds the module, or, where it
    is built otherwise or within :func:`weights_later`, by ``init_weights``. Other ``init_cfg`` types are mmengine's.
    """

    def init_weights(self) -> None:
        """Load the pretrained weights that ``init_cfg`` names, or initialise as mmengine does."""
        if not self.names_weights:
            super().init_weights()
        elif not self.is_init:
            cfg = self.init_cfg
            load_weights(self, cfg["checkpoint"], cfg.get("prefix", ""), self.translate_state)
            self.is_init = True

    @property
    def names_weights(self) -> bool:
        """Whether ``init_cfg`` names a file."""
        return isinstance(self.init_cfg, dict) and self.init_cfg.get("type") == "Pretrained"

    def after_build(self) -> None:
        """What the registry calls: load the weights that this module, or else its parts, name.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: It cannot be read, or does not fit.
        """
        if not _later.get():
            _load_named(self)

    def translate_state(self, state: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """A state dict under this network's key names; networks that know other names override this."""
        return state


class Component(PretrainedWeights, BaseModule):
    """A network that can be given pretrained weights."""


def _load_named(module: nn.Module) -> None:
    if isinstance(module, PretrainedWeights) and module.names_weights:
        module.init_weights()
        return
    for part in module.children():
        _load_named(part)
