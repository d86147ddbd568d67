"""Checking that the licensed files which configs take are there, all of them before anything starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mmengine.config import Config

from aucgan.files.licensed_files import MissingAssetsError, explain_missing, missing_assets
from aucgan.process.errors import ConfigError

KEY = "required_assets"


def check_required_assets(configs: Iterable[Config], weights: bool = True) -> None:
    """Check the files under ``required_assets = {name of the asset: path}`` of configs.

    A path counts only while a component of the config names it too: whoever points the component at another file
    by ``--cfg-options`` need not have this one.

    Args:
        configs: Every config of a plan.
        weights: Whether pretrained weights (``init_cfg``) count; they are not read where a checkpoint follows.

    Raises:
        MissingAssetsError: Files are missing; it lists each, where to get it and under which licence.
        ConfigError: An asset has a name that is not known.
    """
    missing: dict[str, Path] = {}
    for cfg in configs:
        wanted = cfg.get(KEY) or {}
        try:
            absent = missing_assets(wanted)
        except ValueError as error:
            raise ConfigError(f"{KEY}: {error}") from error
        used = set(_named({key: value for key, value in cfg.items() if key != KEY}, weights))
        missing |= {name: path for name, path in absent.items() if str(wanted[name]) in used}
    if missing:
        raise MissingAssetsError(explain_missing(missing))


def _named(node: Any, weights: bool) -> Iterator[str]:
    """Every string value of nested settings."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        if weights or node.get("type") != "Pretrained":
            for value in node.values():
                yield from _named(value, weights)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from _named(value, weights)
