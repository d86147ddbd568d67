"""What a conversion did, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

SHOWN_NAMES = 12


@dataclass
class ConversionReport:
    """The outcome of one conversion.

    Attributes:
        source: The published file.
        written: One line of contents for each written file.
        config: The config fragment that takes the result.
        ignored: Names in the published file that were not needed.
        missing: Names that the published file lacks and that have a neutral value.
    """

    source: Path
    written: dict[Path, str] = field(default_factory=dict)
    config: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"read {self.source}"]
        lines += [f"used: {contents} → {path}" for path, contents in self.written.items()]
        lines += [f"ignored: {_short(self.ignored)}", f"missing: {_short(self.missing)}"]
        return "\n".join([*lines, *(f"in a config: {line}" for line in self.config)])


def _short(names: Iterable[str]) -> str:
    """The names; many of them are counted by their first two parts."""
    names = list(names)
    if len(names) <= SHOWN_NAMES:
        return ", ".join(names) or "nothing"
    counts = Counter(".".join(name.split(".")[:2]) for name in names)
    groups = [f"{group} ({count})" if count > 1 else group for group, count in counts.most_common(SHOWN_NAMES)]
    rest = sum(counts.values()) - sum(count for _, count in counts.most_common(SHOWN_NAMES))
    return ", ".join(groups) + (f" and {rest} more" if rest else "")
