"""Files of expressions: action units, ARKit weights or codes, one row a frame, as CSV, JSON or NPZ."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np

from aucgan.action_units import AU_NAMES
from aucgan.arkit import NO_SHAPE, arkit_name
from aucgan.expression import ExpressionCodes, arkit_to_aus, arkit_to_codes, aus_to_arkit, codes_to_arkit
from aucgan.files.array_file import save_arrays
from aucgan.files.atomic import atomic_path, write_text
from aucgan.files.number_table import read_table, write_table
from aucgan.heads import Head, load_head
from aucgan.process.errors import UserError

KINDS = ("aus", "arkit", "codes")
JAW_NAMES = ("jaw_x", "jaw_y", "jaw_z")
SUFFIXES = (".csv", ".json", ".npz")
Row = dict[str, float]


@dataclass(frozen=True)
class ExpressionFile:
    """Expressions of some frames.

    Attributes:
        kind: ``aus``, ``arkit`` or ``codes``.
        rows: One dict of numbers a frame; codes are named ``exp0 exp1 … jaw_x jaw_y jaw_z``.
        beside: Columns that are no expression (frame number, timecode), as text, by name.
    """

    kind: str
    rows: list[Row]
    beside: dict[str, list[str]] = field(default_factory=dict)


def read_expressions(path: str | Path) -> ExpressionFile:
    """Read a file; which language it speaks is told by the names in it.

    CSV has a header and a row a frame; JSON one object, or a list of them; NPZ either ``names (N,)`` and ``values
    (frames, N)``, or ``exp (frames, n)`` and ``jaw_pose (frames, 3)``. AU labels of −1 or empty (unknown) count as 0.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It holds something else; the message says what.
    """
    path = Path(path)
    readers = {".csv": read_table, ".json": _read_json, ".npz": _read_npz}
    if path.suffix.lower() not in readers:
        raise ValueError(f"{path}: expressions are read from {', '.join(SUFFIXES)}")
    table = readers[path.suffix.lower()](path)
    kind = _kind(table, path)
    columns = [name for name in table if _speaks(name) == kind or (kind == "arkit" and name in NO_SHAPE)]
    beside = {name: [str(value) for value in table[name]] for name in table if name not in columns}
    values = {name: [_number(value, name, path) for value in table[name]] for name in columns}
    count = len(next(iter(values.values())))
    return ExpressionFile(kind, [{name: values[name][k] for name in columns} for k in range(count)], beside)


def convert_expressions(content: ExpressionFile, kind: str, head: Head | None = None) -> ExpressionFile:
    """Say the same in another language.

    Args:
        content: What was read.
        kind: ``aus``, ``arkit`` or ``codes``.
        head: Whose codes; needed to read or to write codes.

    Raises:
        ValueError: A value is out of range, or a head is needed.
    """
    if "codes" in (content.kind, kind) and head is None:
        raise ValueError("codes belong to a head: name it")
    to_arkit: dict[str, Callable[[Any], dict]] = {
        "aus": aus_to_arkit,
        "arkit": dict,
        "codes": lambda row: codes_to_arkit(_codes(row), cast(Head, head)),
    }
    from_arkit: dict[str, Callable[[Any], dict]] = {
        "aus": arkit_to_aus,
        "arkit": dict,
        "codes": lambda row: _code_row(arkit_to_codes(row, cast(Head, head))),
    }
    rows = [from_arkit[kind](to_arkit[content.kind](row)) for row in content.rows]
    return ExpressionFile(kind, _complete(rows), content.beside)


def write_expressions(path: str | Path, content: ExpressionFile) -> None:
    """Write a file in the layout that :func:`read_expressions` reads; complete or not at all.

    Raises:
        ValueError: The suffix is unknown.
    """
    path = Path(path)
    names = list(content.rows[0])
    if path.suffix.lower() == ".csv":
        beside = list(zip(*content.beside.values(), strict=True)) or [()] * len(content.rows)
        rows = ([*cells, *(f"{row[n]:.6g}" for n in names)] for cells, row in zip(beside, content.rows, strict=True))
        write_table(path, [*content.beside, *names], rows)
    elif path.suffix.lower() == ".json":
        objects = [{**{n: c[k] for n, c in content.beside.items()}, **row} for k, row in enumerate(content.rows)]
        write_text(path, json.dumps(objects if len(objects) > 1 else objects[0], indent=1) + "\n")
    elif path.suffix.lower() == ".npz":
        _write_npz(path, content, names)
    else:
        raise ValueError(f"{path}: expressions are written as {', '.join(SUFFIXES)}")


def convert_expression_file(source: str | Path, target: str | Path, to: str, head: str = "anny") -> str:
    """Convert one file.

    Args:
        source: The file to read; what it speaks is told by its columns.
        target: The file to write.
        to: One of :data:`KINDS`.
        head: Whose codes; a name or a file that ``load_head`` takes.

    Returns:
        What was done, in a line.

    Raises:
        UserError: A file or a column is not what it should be.
    """
    try:
        content = read_expressions(source)
        loaded = load_head(head) if "codes" in (content.kind, to) else None
        write_expressions(target, convert_expressions(content, to, loaded))
    except ValueError as error:
        raise UserError(str(error)) from error
    return f"{len(content.rows)} frames of {content.kind} from {source} → {to} in {target}"


def _write_npz(path: Path, content: ExpressionFile, names: list[str]) -> None:
    values = np.array([[row[name] for name in names] for row in content.rows], np.float32)
    arrays = {"names": np.array(names), "values": values}
    if content.kind == "codes":
        arrays = {"exp": values[:, : -len(JAW_NAMES)], "jaw_pose": values[:, -len(JAW_NAMES) :]}
    with atomic_path(path) as temporary:
        save_arrays(temporary, arrays)


def _codes(row: Mapping[str, float]) -> ExpressionCodes:
    count = sum(name not in JAW_NAMES for name in row)
    exp = np.array([row[f"exp{k}"] for k in range(count)])
    return ExpressionCodes(exp, np.array([row.get(name, 0.0) for name in JAW_NAMES]))


def _code_row(codes: ExpressionCodes) -> Row:
    exp = {f"exp{k}": float(value) for k, value in enumerate(codes.exp)}
    return exp | dict(zip(JAW_NAMES, map(float, codes.jaw_pose), strict=True))


def _complete(rows: Sequence[Row]) -> list[Row]:
    """The same columns in every row, 0 where a row lacks one."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [{name: row.get(name, 0.0) for name in names} for row in rows]


def _speaks(name: str) -> str | None:
    """The language that a column's name belongs to."""
    if name in AU_NAMES:
        return "aus"
    if arkit_name(name) is not None:
        return "arkit"
    return "codes" if name in JAW_NAMES or (name.startswith("exp") and name[3:].isdigit()) else None


def _kind(table: Mapping[str, Sequence], path: Path) -> str:
    """The language of a file; ARKit files may hold units without a shape as well."""
    kinds = {kind for name in table if (kind := _speaks(name)) is not None}
    units = {name for name in table if _speaks(name) == "aus"}
    if kinds == {"arkit", "aus"} and units <= set(NO_SHAPE):
        kinds = {"arkit"}
    if len(kinds) != 1 or not len(next(iter(table.values()))):
        raise ValueError(
            f"{path} must have rows of action units (AU1 …), of ARKit shapes (jawOpen …) or of codes (exp0 … jaw_x …), "
            f"one of the three; its columns are {', '.join(list(table)[:6])}{' …' if len(table) > 6 else ''}"
        )
    return kinds.pop()


def _number(value: Any, name: str, path: Path) -> float:
    try:
        number = 0.0 if value in ("", None) else float(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {name} is {value!r}, not a number") from error
    return 0.0 if name in AU_NAMES and number == -1 else number


def _read_json(path: Path) -> dict[str, list]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is no JSON: {error}") from error
    rows = content if isinstance(content, list) else [content]
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"{path}: an object of named weights, or a list of them, was expected")
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name, 0.0) for row in rows] for name in names}


def _read_npz(path: Path) -> dict[str, list]:
    with np.load(path, allow_pickle=False) as archive:
        arrays = {key: archive[key] for key in archive.files}
    if {"names", "values"} <= set(arrays):
        values = np.atleast_2d(arrays["values"])
        return {str(name): values[:, k].tolist() for k, name in enumerate(arrays["names"])}
    if "exp" not in arrays:
        raise ValueError(f"{path}: names and values, or exp and jaw_pose were expected; it has {', '.join(arrays)}")
    exp = np.atleast_2d(arrays["exp"])
    jaw = np.atleast_2d(arrays.get("jaw_pose", np.zeros((len(exp), 3))))
    return {f"exp{k}": column.tolist() for k, column in enumerate(exp.T)} | dict(
        zip(JAW_NAMES, jaw.T.tolist(), strict=True)
    )
