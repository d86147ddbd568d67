"""Work in independent pieces, on this machine or on many, by Dask's ``distributed``.

:func:`run_pieces` maps a :class:`Work` over named inputs and gives an :class:`Outcome` for each as they come. Where the
pieces run is a config: ``dict(type="LocalCluster", workers=2)``. Names are loaded when they are first asked for, so
that workers load no more than their work needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aucgan.cluster.choice import cluster_config
    from aucgan.cluster.clusters import KubeCluster, LocalCluster, PBSCluster, Scheduler, SLURMCluster, SSHCluster
    from aucgan.cluster.pieces import in_pieces, run_pieces
    from aucgan.cluster.work import Outcome, Work

_PLACES = {
    "KubeCluster": "clusters",
    "LocalCluster": "clusters",
    "Outcome": "work",
    "PBSCluster": "clusters",
    "SLURMCluster": "clusters",
    "SSHCluster": "clusters",
    "Scheduler": "clusters",
    "Work": "work",
    "cluster_config": "choice",
    "in_pieces": "pieces",
    "run_pieces": "pieces",
}

__all__ = [
    "KubeCluster",
    "LocalCluster",
    "Outcome",
    "PBSCluster",
    "SLURMCluster",
    "SSHCluster",
    "Scheduler",
    "Work",
    "cluster_config",
    "in_pieces",
    "run_pieces",
]


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module 'aucgan.cluster' has no attribute '{name}'; it has {', '.join(__all__)}")
    return getattr(import_module(f"aucgan.cluster.{_PLACES[name]}"), name)
