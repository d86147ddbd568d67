"""The option ``--cluster``."""

from __future__ import annotations

import argparse


def add_cluster_option(parser: argparse.ArgumentParser) -> None:
    """Give a command ``--cluster``.

    Args:
        parser: Of its command line.
    """
    parser.add_argument(
        "--cluster",
        metavar="local:N|tcp://HOST:PORT|FILE",
        help="do the work by N processes of this machine, the workers of Dask's scheduler at an address, or the "
        "cluster of a config file (configs/clusters); default this process",
    )
