"""What became of the files of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Tally:
    """What became of the files so far, by their paths."""

    written: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    without_face: list[Path] = field(default_factory=list)
    failed: list[Path] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.written) + len(self.kept) + len(self.without_face) + len(self.failed)

    def summary(self) -> str:
        """In a line."""
        counts = {
            "with faces": len(self.written),
            "done before": len(self.kept),
            "without a human face": len(self.without_face),
            "not read": len(self.failed),
        }
        return f"{len(self)} files: " + ", ".join(f"{count} {name}" for name, count in counts.items() if count)
