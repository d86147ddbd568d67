"""Shrink a config, its data and its prerequisites, to try the whole chain within a minute or two."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from mmengine.config import Config

from aucgan.engine.config.config_file import set_key

SMOKE_ITERS = 4
SMOKE_BATCH = 2
SMOKE_SAMPLES = 8


def shrink(cfg: Config, folder: str | Path) -> Config:
    """Make a config small, and move all that it reads and writes of its own into ``folder``.

    A few iterations, batches of two, a few samples of each split, no loader processes. Checkpoints of
    prerequisites go to ``folder/<config>/final.pth``, prepared data to ``folder/data/<name>``; paths of other
    things stay. A config can change more through ``smoke = {'dotted.key': value}``.

    Args:
        cfg: A complete config; changed in place.
        folder: Where the small run lives.

    Returns:
        The same config.
    """
    folder = Path(folder)
    _relocate(cfg._cfg_dict, _moves(cfg, folder))
    if cfg.get("train_cfg"):
        cfg.train_cfg.max_iters = min(cfg.train_cfg.max_iters, SMOKE_ITERS)
        cfg.train_cfg.val_interval = SMOKE_ITERS
    for split in ("train", "val", "test"):
        loader = cfg.get(f"{split}_dataloader")
        if loader:
            loader.update(batch_size=min(loader.batch_size, SMOKE_BATCH), num_workers=0, persistent_workers=False)
            loader.pop("prefetch_factor", None)
    for preparation in cfg.get("prepare") or []:
        for key, value in preparation.items():
            if key.startswith("n_") and isinstance(value, int):
                preparation[key] = min(value, SMOKE_SAMPLES)
    for hook in ("logger", "runtime_info"):
        if cfg.default_hooks.get(hook):
            cfg.default_hooks[hook]["interval"] = 1
    for key, value in (cfg.get("smoke") or {}).items():
        set_key(cfg, key, value)
    return cfg


def _moves(cfg: Config, folder: Path) -> dict[PurePath, PurePath]:
    moves: dict[PurePath, PurePath] = {}
    for entry in cfg.get("prerequisites") or []:
        checkpoint = Path(entry["checkpoint"])
        moves[checkpoint] = folder / Path(entry["config"]).stem / checkpoint.name
    for entry in cfg.get("prepare") or []:
        if "root" in entry:
            moves[Path(entry["root"])] = folder / "data" / Path(entry["root"]).name
    return moves


def _relocate(node: Any, moves: Mapping[PurePath, PurePath]) -> Any:
    """Replace every path that is in ``moves``, or below a folder in it, throughout nested settings.

    Configs write ``/`` on every system, and so do the new paths.
    """
    if isinstance(node, dict):
        for key in node:
            node[key] = _relocate(node[key], moves)
    elif isinstance(node, list):
        node[:] = [_relocate(item, moves) for item in node]
    elif isinstance(node, str):
        for old, new in moves.items():
            path = Path(node)
            if old in (path, *path.parents):
                return (new / path.relative_to(old)).as_posix()
    return node
