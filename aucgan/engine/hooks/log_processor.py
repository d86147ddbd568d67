"""The log line, with the share of the time that went into waiting for data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mmengine.runner import LogProcessor as MMLogProcessor

from aucgan.registry import LOG_PROCESSORS

if TYPE_CHECKING:
    from aucgan.engine.loop.runner import Runner


@LOG_PROCESSORS.register_module()
class TimeShareLogProcessor(MMLogProcessor):
    """mmengine's log lines; ``data_time`` is followed by its share of the whole iteration.

    The share is also stored as ``data_share``. A share of more than a few per cent says that the step waits for the
    loader: it wants more processes (``num_workers``), photos of a smaller size, or a faster disk.
    """

    def get_log_after_iter(self, runner: Runner, batch_idx: int, mode: str) -> tuple[dict, str]:
        """As in mmengine: the scalars, and the line."""
        tag, line = super().get_log_after_iter(runner, batch_idx, mode)
        if tag.get("time") and "data_time" in tag:
            tag["data_share"] = tag["data_time"] / tag["time"]
            line = re.sub(r"(data_time: \S+)", rf"\1 ({tag['data_share']:.1%})", line, count=1)
        return tag, line
