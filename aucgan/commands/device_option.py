"""The option ``--device``."""

from __future__ import annotations

import argparse

DEVICES = ("auto", "cpu", "cuda", "mps")
"""Those of :mod:`aucgan.engine.device`, which is heavy to load."""


def add_device_option(parser: argparse.ArgumentParser, configured: bool = False) -> None:
    """Give a command ``--device``.

    Args:
        parser: Of its command line.
        configured: The command's config may name a device, which then counts where the command line is silent.
    """
    otherwise = "what the config says, else auto" if configured else "auto"
    parser.add_argument(
        "--device",
        default=None if configured else "auto",
        metavar="|".join(DEVICES),
        help=f"where to compute: auto is the GPU where CUDA finds one, else the CPU; default {otherwise}",
    )
