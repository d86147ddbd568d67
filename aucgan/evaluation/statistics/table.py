"""Tables as aligned text and as Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

Cell = str | int | float | None


def format_cell(value: Cell, digits: int = 4) -> str:
    """One cell: floats to so many significant digits, nothing as a dash."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:#.{digits}g}".rstrip(".")
    return str(value)


def _columns(rows: Sequence[Mapping[str, Cell]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _grid(rows: Sequence[Mapping[str, Cell]], digits: int) -> tuple[list[list[str]], list[bool], list[int]]:
    """Header and cells as text, which columns hold numbers, and the width of every column."""
    if not rows:
        raise ValueError("a table needs at least one row")
    columns = _columns(rows)
    grid = [columns] + [[format_cell(row.get(name), digits) for name in columns] for row in rows]
    numeric = [not any(isinstance(row.get(name), str) for row in rows) for name in columns]
    widths = [max(len(line[i]) for line in grid) for i in range(len(columns))]
    return grid, numeric, widths


def _pad(cell: str, width: int, numeric: bool) -> str:
    return cell.rjust(width) if numeric else cell.ljust(width)


def text_table(rows: Sequence[Mapping[str, Cell]], digits: int = 4) -> str:
    """Aligned plain text: words to the left, numbers to the right.

    Args:
        rows: One mapping of column to cell a row; columns appear in the order in which they are first met, and a
            row that lacks one shows a dash.
        digits: Significant digits of floats.

    Returns:
        Lines without a trailing newline.

    Raises:
        ValueError: If there are no rows.
    """
    grid, numeric, widths = _grid(rows, digits)
    lines = ["  ".join(map(_pad, line, widths, numeric)).rstrip() for line in grid]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def markdown_table(rows: Sequence[Mapping[str, Cell]], digits: int = 4) -> str:
    """The same table in Markdown; see :func:`text_table`. A pipe within a cell is escaped."""
    escaped = [
        {key: value.replace("|", "\\|") if isinstance(value, str) else value for key, value in row.items()}
        for row in rows
    ]
    grid, numeric, widths = _grid(escaped, digits)
    widths = [max(width, 3) for width in widths]
    lines = ["| " + " | ".join(map(_pad, line, widths, numeric)) + " |" for line in grid]
    rule = [("-" * (width - 1) + ":") if n else "-" * width for width, n in zip(widths, numeric, strict=True)]
    return "\n".join([lines[0], "| " + " | ".join(rule) + " |", *lines[1:]])


def csv_table(rows: Sequence[Mapping[str, Cell]]) -> str:
    """The same table as comma-separated values, numbers in full; what a row lacks is left empty."""
    if not rows:
        raise ValueError("a table needs at least one row")
    text = io.StringIO()
    writer = csv.DictWriter(text, _columns(rows), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def metric_rows(metrics: Mapping[str, Cell]) -> list[dict[str, Cell]]:
    """``{name: value}`` as the rows of a two-column table."""
    return [{"metric": name, "value": value} for name, value in metrics.items()]
