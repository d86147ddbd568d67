"""Find what is wrong in a config before anything is built from it."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from aucgan.building.component_problem import component_problem
from aucgan.building.nearest import nearest
from aucgan.building.type_names import candidates, known_type_names
from aucgan.process.errors import ConfigError

# What they name need not exist: it is made, asked for elsewhere, or waited for.
PROMISED_KEYS = frozenset("prerequisites prepare required_assets optional_evaluator smoke".split())
OWN_TOP_LEVEL_KEYS = PROMISED_KEYS | {"work_dir", "custom_imports", "compile", "sync_bn", "device"}
LOADER_KEYS = frozenset("dataset sampler batch_sampler collate_fn worker_init_fn num_batch_per_epoch".split())
FILE_SUFFIXES = frozenset(".pth .pt .pkl .npz .npy .obj .png .safetensors .csv .tar .ckpt".split())


def check_config(cfg: Config) -> None:
    """Check the names of settings, the types of components and their arguments.

    At the top level a config may define names of its own for use in it; one that resembles a known name is held to
    be a slip.

    Raises:
        ConfigError: The first thing that is wrong, with the nearest valid name.
    """
    _check_top_level(cfg)
    for split in ("train", "val", "test"):
        loader = cfg.get(f"{split}_dataloader")
        if loader:
            allowed = LOADER_KEYS | set(inspect.signature(DataLoader.__init__).parameters)
            _check_keys(f"{split}_dataloader", loader, allowed)
    constructor = (cfg.get("optim_wrapper") or {}).get("constructor")
    if constructor and not candidates(constructor):
        hint = nearest(constructor, known_type_names())
        raise ConfigError(f"optim_wrapper.constructor: there is no component '{constructor}'{hint}")
    for place, node in _typed_dicts(cfg._cfg_dict):
        _check_component(place, node)


def check_paths(cfg: Config, promised: Iterable[Path] = ()) -> None:
    """Check that the files and folders that a config reads exist.

    Args:
        cfg: The config.
        promised: Paths that will have been made before they are needed.

    Raises:
        ConfigError: The first missing one, with the nearest existing name.
    """
    promised = frozenset(promised)
    for place, key, value in named_paths(cfg._cfg_dict):
        path = Path(value).expanduser()
        if promised.intersection((Path(value), *Path(value).parents)) or path.exists():
            continue
        hint = nearest(path.name, (p.name for p in path.parent.iterdir())) if path.parent.is_dir() else ""
        raise ConfigError(f"{place}.{key}: {value} does not exist{hint}")


def _check_top_level(cfg: Config) -> None:
    known = OWN_TOP_LEVEL_KEYS | set(inspect.signature(Runner.__init__).parameters) - {"self", "cfg"}
    for key in cfg:
        if key not in known:
            hint = nearest(key, known)
            if hint.startswith("; did you mean") and _resembles(key, hint.split("'")[1]):
                raise ConfigError(f"unknown setting '{key}'{hint}")


def _resembles(name: str, other: str) -> bool:
    """Whether ``name`` is ``other`` with a slip of a letter or two, rather than another word."""
    return difflib.SequenceMatcher(None, name, other).ratio() > 0.85


def _check_component(place: str, node: dict) -> None:
    problem = component_problem(node, place)
    if problem is not None:
        raise ConfigError(problem)


def _check_keys(place: str, node: dict, allowed: Collection[str]) -> None:
    for key in node:
        if key not in allowed:
            raise ConfigError(f"{place}: there is no setting '{key}'{nearest(key, set(allowed) - {'self'})}")


def _typed_dicts(node: Any, place: str = "") -> Iterator[tuple[str, dict]]:
    """Every dict with a ``type``, with its dotted place."""
    if isinstance(node, dict):
        if "type" in node:
            yield place or "config", node
        for key, value in node.items():
            yield from _typed_dicts(value, f"{place}.{key}" if place else str(key))
    elif isinstance(node, (list, tuple)):
        for number, value in enumerate(node):
            yield from _typed_dicts(value, f"{place}.{number}")


def named_paths(node: Any, place: str = "config") -> Iterator[tuple[str, str, str]]:
    """Every string that names a file to read: a data root, or a text with the suffix of a data file."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, (list, tuple)) else ()
    for key, value in items:
        if key in PROMISED_KEYS:
            continue
        is_root = key == "root" and isinstance(node, dict) and "type" in node
        if isinstance(value, str) and (is_root or Path(value).suffix in FILE_SUFFIXES):
            yield place, str(key), value
        else:
            yield from named_paths(value, f"{place}.{key}" if place != "config" else str(key))
