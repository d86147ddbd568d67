"""How many processors this process may use, which in a container is fewer than the machine has.

Nothing here needs PyTorch.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
"""Where Linux shows control groups."""
OWN_GROUPS = Path("/proc/self/cgroup")
"""Where Linux says which of them this process is in, a line each: ``number:controllers:/path``."""
UNIFIED = ("", "unified")
"""Where version 2 lies, alone and beside version 1."""


def usable_processors(groups: Path = GROUPS, own_groups: Path = OWN_GROUPS) -> int:
    """Processors that this process may keep busy: those it may run on, within its time quota.

    The quota is that of the control groups, version 1 or 2, of this process and of all groups above; half a
    processor counts as one, as PyTorch, data loaders and the rest need at least one.

    Args:
        groups: Where control groups are shown.
        own_groups: The file that says which of them this process is in.
    """
    quotas = [math.ceil(quota) for quota in _quotas(groups, own_groups)]
    return max(1, min([_allowed(), *quotas]))


def _allowed() -> int:
    """Processors that the scheduler may put this process on; macOS and Windows do not say, there it is all."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _quotas(groups: Path, own_groups: Path) -> Iterator[float]:
    """Processors' worth of time of every group with a limit."""
    for line in _read(own_groups).splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if not controllers:
            places = [(groups / mount, _unified_quota) for mount in UNIFIED]
        elif "cpu" in controllers.split(","):
            places = [(groups / name, _legacy_quota) for name in (controllers, "cpu")]
        else:
            continue
        for mount, quota in places:
            yield from (found for folder in _up_from(mount, path) if (found := quota(folder)) is not None)


def _up_from(mount: Path, path: str) -> Iterator[Path]:
    """The folder of a group and of all groups above it.

    A container may see its own group in the place of the root, under a path that exists outside only: then what is
    there counts.
    """
    parts = [part for part in path.split("/") if part not in ("", "..")]
    for depth in range(len(parts), -1, -1):
        yield mount.joinpath(*parts[:depth])


def _unified_quota(folder: Path) -> float | None:
    """``cpu.max`` holds microseconds of processor time, or ``max``, and the microseconds in which they renew."""
    return _ratio(_read(folder / "cpu.max").split())


def _legacy_quota(folder: Path) -> float | None:
    """The same in two files; a quota of -1 is none."""
    return _ratio([_read(folder / f"cpu.cfs_{name}_us").strip() for name in ("quota", "period")])


def _ratio(words: list[str]) -> float | None:
    try:
        quota, period = (int(word) for word in words)
    except ValueError:  # no such file, or no limit
        return None
    return quota / period if quota > 0 and period > 0 else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
