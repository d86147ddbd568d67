"""Clusters by their names in a config; ``start()`` gives what ``distributed.Client`` takes."""

from __future__ import annotations

import importlib
import logging
from dataclasses import dataclass, field
from typing import Any, ClassVar

from aucgan.cluster.work import ClusterError
from aucgan.process.errors import ConfigError
from aucgan.process.processors import usable_processors
from aucgan.registry import CLUSTERS

LOST_WORKERS = 10
"""Workers that may vanish under a piece before it counts as failed: no piece kills one, so it was not to blame."""


def needed(module: str, package: str) -> Any:
    """A module of Dask's, or a word about what to install.

    Raises:
        ConfigError: It is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ConfigError(f"a cluster needs {package}: pip install '{package}' ({error})") from error


def security_of(settings: dict | None) -> Any:
    """Dask's ``Security`` of its own arguments, such as ``tls_ca_file`` and ``require_encryption``."""
    distributed = needed("distributed", "aucgan[cluster]")
    try:
        return None if settings is None else distributed.Security(**settings)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"security: {error}") from error


@CLUSTERS.register_module()
@dataclass(frozen=True)
class LocalCluster:
    """Processes on this machine, and a scheduler that others cannot reach.

    Attributes:
        workers: How many; as many as there are processors to use by default.
        host: The address that scheduler and workers listen on.
        dashboard: Port of the dashboard; 0 for any that is free.
        security: Dask's ``Security``, by its arguments.
    """

    workers: int | None = None
    host: str = "127.0.0.1"
    dashboard: int = 0
    security: dict | None = None

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise ConfigError(f"LocalCluster: workers must be at least 1, got {self.workers}")

    def start(self) -> Any:
        """Start scheduler and workers."""
        distributed = needed("distributed", "aucgan[cluster]")
        needed("dask", "aucgan[cluster]").config.set({"distributed.scheduler.allowed-failures": LOST_WORKERS})
        return distributed.LocalCluster(
            n_workers=self.workers or usable_processors(),
            threads_per_worker=1,
            host=self.host,
            dashboard_address=f"{self.host}:{self.dashboard}",
            security=security_of(self.security),
            memory_limit=0,  # the pieces' processes hold the memory; nobody is paused for it
            silence_logs=logging.CRITICAL,
        )


@CLUSTERS.register_module()
@dataclass(frozen=True)
class Scheduler:
    """A scheduler that runs already, with workers of its own.

    Attributes:
        address: ``tcp://HOST:PORT`` or ``tls://HOST:PORT``.
        security: Dask's ``Security``, by its arguments.
    """

    address: str
    security: dict | None = None

    def start(self) -> str:
        """The address."""
        return self.address


@dataclass(frozen=True)
class _DaskCluster:
    """A class of Dask's.

    Attributes:
        workers: How many jobs, pods or processes to ask for; ``None``: what the options say.
        options: Arguments of Dask's class.
        security: Dask's ``Security``, by its arguments.
    """

    home: ClassVar[tuple[str, str, str]]

    workers: int | None = None
    options: dict = field(default_factory=dict)
    security: dict | None = None

    def start(self) -> Any:
        """Start it, and ask for the workers.

        Raises:
            ClusterError: Dask could not.
        """
        module, name, package = self.home
        made = getattr(needed(module, package), name)
        security = {} if self.security is None else {"security": security_of(self.security)}
        try:
            cluster = made(**self.options, **security)
            if self.workers is not None:
                cluster.scale(self.workers)
        except (TypeError, ValueError, OSError, RuntimeError) as error:
            raise ClusterError(f"{name} cannot be started: {' '.join(str(error).split())}") from error
        return cluster


@CLUSTERS.register_module()
class SLURMCluster(_DaskCluster):
    """Jobs of SLURM, by dask-jobqueue's class of this name."""

    home = ("dask_jobqueue", "SLURMCluster", "dask-jobqueue")


@CLUSTERS.register_module()
class PBSCluster(_DaskCluster):
    """Jobs of PBS, by dask-jobqueue's class of this name."""

    home = ("dask_jobqueue", "PBSCluster", "dask-jobqueue")


@CLUSTERS.register_module()
class KubeCluster(_DaskCluster):
    """Pods of Kubernetes, by dask-kubernetes' class of this name."""

    home = ("dask_kubernetes.operator", "KubeCluster", "dask-kubernetes")


@CLUSTERS.register_module()
class SSHCluster(_DaskCluster):
    """Machines reached by ssh, by Dask's class of this name; the first of the hosts runs the scheduler."""

    home = ("distributed", "SSHCluster", "asyncssh")
