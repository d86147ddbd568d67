"""What identifies the frozen networks whose outputs are stored: their settings and their weights."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import nn

from aucgan.datasets.features import FOLDER, VERSION
from aucgan.datasets.pipeline import PhotoView

COARSE_SIDES = ("regressed", "fitted")
"""Who says the codes of a photo: the encoders, or the fit that ``tools/prepare_faces.py`` stored."""
ENCODERS = ("encoder", "expression_encoder")
OUTER_SETTINGS = ("code_stats", "jaw_type")
"""Settings of the reconstructor itself that change the codes."""


@dataclass(frozen=True)
class FrozenNetworks:
    """The networks of a detail model that read the photo alone and never learn.

    Attributes:
        modules: The networks by name, with their final weights.
        settings: All that decides what they compute, except their weights; plain data.
        files: The file that the config gives each for its weights; for messages.
        fitted: The codes are those of the fit, and no encoder is among the networks.
    """

    modules: dict[str, nn.Module]
    settings: dict[str, Any]
    files: dict[str, str]
    fitted: bool = False

    @cached_property
    def weights(self) -> dict[str, str]:
        """Hash of the weights of each."""
        return {name: weights_hash(module) for name, module in self.modules.items()}

    def all_settings(self, view: PhotoView) -> dict:
        """The settings of networks and photos together."""
        return dict(version=VERSION, photo=[list(step) for step in view.steps], **self.settings)

    def folder(self, root: Path, view: PhotoView) -> Path:
        """Where the features of the photos of a data set lie, for these settings and this view of the photos."""
        text = json.dumps(self.all_settings(view), sort_keys=True)
        return root / FOLDER / hashlib.sha256(text.encode()).hexdigest()[:12]

    def describe(self, networks: list[str]) -> str:
        """Some of the networks with the files of their weights, for messages."""
        return ", ".join(f"{name} ({self.files[name]})" if name in self.files else name for name in networks)


def frozen_networks(model: Any, cfg: Mapping[str, Any], coarse: str = "regressed") -> FrozenNetworks | None:
    """Identify the frozen networks of a model; ``None`` if it has none whose outputs can be stored.

    Args:
        model: The model with its final weights; it names the networks in ``photo_networks``.
        cfg: The config that it was built from.
        coarse: One of :data:`COARSE_SIDES`.
    """
    names = [name for name in getattr(model, "photo_networks", ()) if getattr(model, name, None) is not None]
    if not names:
        return None
    fitted = coarse == "fitted"
    names = [name for name in names if not (fitted and name in ENCODERS)]
    settings: dict[str, Any] = {
        name: {k: v for k, v in cfg[name].items() if k not in ("init_cfg", "_scope_")} for name in names
    }
    settings |= {name: cfg.get(name) for name in OUTER_SETTINGS}
    settings["code_sizes"] = model.code_scale.sizes
    settings |= {"coarse": coarse} if fitted else {}
    plain = json.loads(json.dumps(settings, default=str))  # so that a list and a tuple are the same
    given = {name: cfg[name].get("init_cfg") or {} for name in names}
    files = {name: init["checkpoint"] for name, init in given.items() if "checkpoint" in init}
    return FrozenNetworks({name: getattr(model, name) for name in names}, plain, files, fitted)


@torch.no_grad()
def weights_hash(module: nn.Module) -> str:
    """Hash of all that a module's state dict holds: names, types, shapes, values."""
    digest = hashlib.sha256()
    for name, value in sorted(module.state_dict().items()):
        value = value.detach().cpu().contiguous()
        digest.update(f"{name} {value.dtype} {tuple(value.shape)}\n".encode())
        digest.update(value.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
