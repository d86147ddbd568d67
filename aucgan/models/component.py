"""The base of every network: an mmengine module whose weights load safely and strictly."""

from mmengine.model import BaseModule

from aucgan.assets.weights import load_weights


class Component(BaseModule):
    """A network that can be given weights by ``init_cfg=dict(type='Pretrained', checkpoint=PATH, prefix=...)``.

    The file may be ``.safetensors`` or a PyTorch checkpoint; it is read without the power to run code, and a
    key or shape that does not match is an error. Other ``init_cfg`` types are mmengine's.
    """

    def init_weights(self) -> None:
        """Load the pretrained weights that ``init_cfg`` names, or initialise as mmengine does."""
        cfg = self.init_cfg
        if isinstance(cfg, dict) and cfg.get("type") == "Pretrained":
            load_weights(self, cfg["checkpoint"], prefix=cfg.get("prefix", ""))
            self._is_init = True
        else:
            super().init_weights()
