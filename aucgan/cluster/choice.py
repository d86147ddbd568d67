"""What the option ``--cluster`` may say."""

from __future__ import annotations

from pathlib import Path

from aucgan.engine.config.config_file import load_config
from aucgan.process.errors import ConfigError

LOCAL = "local"
SCHEMES = ("tcp://", "tls://", "ws://", "wss://", "ucx://")


def cluster_config(text: str) -> dict:
    """The config of a cluster.

    Args:
        text: ``local``, ``local:N``, the address of a scheduler, or a config file whose ``cluster`` is meant.

    Raises:
        ConfigError: It is none of these.
    """
    kind, _, count = text.partition(":")
    if text.startswith(SCHEMES):
        return dict(type="Scheduler", address=text)
    if kind == LOCAL:
        if count and not (count.isdecimal() and int(count) > 0):
            raise ConfigError(f"--cluster {text}: write {LOCAL}:N with N at least 1")
        return dict(type="LocalCluster", workers=int(count) if count else None)
    if Path(text).suffix != ".py":
        raise ConfigError(f"--cluster {text}: expected {LOCAL}, {LOCAL}:N, tcp://HOST:PORT or a config file")
    config = load_config(text).to_dict()
    if not isinstance(config.get("cluster"), dict):
        raise ConfigError(f"{text} has no dict 'cluster', as configs/clusters/local.py has")
    return config["cluster"]
