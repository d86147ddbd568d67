"""The config that a checkpoint carries."""

from __future__ import annotations

from pathlib import Path

from mmengine.config import Config

from aucgan.engine.checkpoints.checkpoint_io import FORMAT_VERSION, read_checkpoint
from aucgan.engine.config.config_text import read_config_text
from aucgan.process.errors import CheckpointError


def carried_config(path: str | Path) -> Config:
    """The config that a checkpoint was trained with, read without the power to run code.

    Modules that the config imports are not imported: a file could name any. Whose components stand in such a module
    names the config beside the checkpoint.

    Raises:
        CheckpointError: The file is no checkpoint, carries no config, or is of a newer format.
        ConfigError: What it carries is no config of plain data.
    """
    meta = read_checkpoint(path).get("meta")
    text = meta.get("cfg") if isinstance(meta, dict) else None
    if not isinstance(meta, dict) or not isinstance(text, str):
        raise CheckpointError(f"{path} carries no config: name the one that it was trained with (--config)")
    version = meta.get("format_version", 1)  # the first files said nothing
    if version != FORMAT_VERSION:
        raise CheckpointError(
            f"{path} has format {version}, and this version of the library reads format {FORMAT_VERSION}: update it"
        )
    cfg = read_config_text(text, str(path))
    cfg.pop("custom_imports", None)
    return cfg
