"""AUcGAN: detailed 3D faces from one photo, conditioned on facial action units.

The names of ``__all__`` are loaded when they are first asked for: PyTorch takes seconds.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aucgan.apis.inference import load_model
    from aucgan.apis.reconstruction.reconstructor import Reconstructor
    from aucgan.engine.config.config_file import load_config
    from aucgan.registry import (
        DATASETS,
        HOOKS,
        LOSSES,
        METRICS,
        MODELS,
        PREPARATIONS,
        RENDERERS,
        TRANSFORMS,
    )

__version__ = "0.1.0"

__all__ = [
    "DATASETS",
    "HOOKS",
    "LOSSES",
    "METRICS",
    "MODELS",
    "PREPARATIONS",
    "RENDERERS",
    "TRANSFORMS",
    "Reconstructor",
    "__version__",
    "load_config",
    "load_model",
]

_PLACES = {
    "Reconstructor": "aucgan.apis.reconstruction.reconstructor",
    "load_config": "aucgan.engine.config.config_file",
    "load_model": "aucgan.apis.inference",
}
"""Where the names come from that are not registries."""


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'aucgan' has no attribute '{name}'; it has {', '.join(__all__)}")
    value = globals()[name] = getattr(import_module(_PLACES.get(name, "aucgan.registry")), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
