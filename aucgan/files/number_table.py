"""Tables of numbers as CSV: a header, and rows as wide as it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from aucgan.files.atomic import write_text


def write_table(path: str | Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """Write a CSV, whole or not at all.

    Raises:
        ValueError: The suffix is not ``.csv``.
    """
    path = Path(path)
    if path.suffix.lower() != ".csv":
        raise ValueError(f"expected a path that ends in .csv, got {path}")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    write_text(path, text.getvalue())
    return path


def read_table(path: str | Path) -> dict[str, list[str]]:
    """The columns of a CSV by name, blanks round names and cells taken off.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A row has not as many columns as the header, or there is no header.
    """
    with Path(path).open(newline="", encoding="utf-8-sig") as file:
        lines = [(number, row) for number, row in enumerate(csv.reader(file), start=1) if row]
    header, *rows = lines or [(1, [])]
    wrong = [number for number, row in rows if len(row) != len(header[1])]
    if wrong or not header[1]:
        raise ValueError(f"{path}: line {(wrong or [1])[0]} has not as many columns as the header")
    return {name.strip(): [row[k].strip() for _, row in rows] for k, name in enumerate(header[1])}


def numbers(table: dict[str, list[str]], names: Sequence[str], path: str | Path) -> np.ndarray:
    """Some columns as numbers, ``(rows, len(names))`` float64.

    Raises:
        ValueError: A column is not there, or a cell is no finite number.
    """
    missing = [name for name in names if name not in table]
    if missing:
        raise ValueError(f"{path} has no column {missing[0]}; its columns are {', '.join(list(table)[:6])} …")
    rows = len(next(iter(table.values()), []))
    values = [[_number(cell, name, path) for cell in table[name]] for name in names]
    return np.array(values, np.float64).reshape(len(names), rows).T


def _number(cell: str, name: str, path: str | Path) -> float:
    try:
        number = float(cell)
    except ValueError as error:
        raise ValueError(f"{path}: {name} is {cell!r}, not a number") from error
    if not np.isfinite(number):
        raise ValueError(f"{path}: {name} is {cell}, not a finite number")
    return number
