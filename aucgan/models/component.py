"""The base of every network: an mmengine module whose weights load safely and strictly."""

from collections.abc import Mapping

from mmengine.model import BaseModule
from torch import Tensor

from aucgan.files.weights import load_weights

ASYNCHRONOUS_COPY = dict(type="BaseDataPreprocessor", non_blocking=True)
"""How models take their batches: from page-locked memory the GPU copies them while the program goes on."""


class Component(BaseModule):
    """A network that can be given weights by ``init_cfg=dict(type='Pretrained', checkpoint=PATH, prefix=...)``.

    The file may be ``.safetensors`` or a PyTorch checkpoint; it is read without the power to run code, and a
    key or shape that does not match is an error. Other ``init_cfg`` types are mmengine's.
    """

    def init_weights(self) -> None:
        """Load the pretrained weights that ``init_cfg`` names, or initialise as mmengine does."""
        cfg = self.init_cfg
        if isinstance(cfg, dict) and cfg.get("type") == "Pretrained":
            load_weights(self, cfg["checkpoint"], cfg.get("prefix", ""), self.translate_state)
            self._is_init = True
        else:
            super().init_weights()

    def translate_state(self, state: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """A state dict under this network's key names; networks that know other names override this."""
        return state
