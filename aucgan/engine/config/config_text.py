"""Reading the text of a config without running it."""

from __future__ import annotations

import ast
from typing import Any

from mmengine.config import Config

from aucgan.process.errors import ConfigError


def read_config_text(text: str, name: str) -> Config:
    """Read what ``Config.pretty_text`` wrote: assignments of plain data. Nothing in it is run or imported.

    Args:
        text: The config.
        name: Where it is from, for messages.

    Raises:
        ConfigError: It holds anything else than numbers, texts, lists, tuples and dicts.
    """
    try:
        return Config(dict(_assigned(statement) for statement in ast.parse(text).body))
    except (ValueError, SyntaxError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        where = f"{name}, line {line}" if line else name
        raise ConfigError(f"{where}: a config of plain data was expected: {error}") from error


def _assigned(statement: ast.stmt) -> tuple[str, Any]:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            return target.id, _value(statement.value)
    raise ValueError(f"line {statement.lineno} is no assignment to one name")


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Call):
        return _named(node)
    if isinstance(node, ast.Dict):
        if any(key is None for key in node.keys):
            raise ValueError(f"line {node.lineno} unpacks something")
        return {_value(key): _value(value) for key, value in zip(node.keys, node.values, strict=True) if key}
    if isinstance(node, (ast.List, ast.Tuple)):
        values = [_value(item) for item in node.elts]
        return values if isinstance(node, ast.List) else tuple(values)
    return ast.literal_eval(node)


def _named(node: ast.Call) -> dict[str, Any]:
    """``dict(a=1, b=2)``, ``dict({'a.b': 1})`` as configs with such keys are printed, and no other call."""
    plain = isinstance(node.func, ast.Name) and node.func.id == "dict" and len(node.args) <= 1
    plain = plain and all(isinstance(given, ast.Dict) for given in node.args)
    if not plain or any(keyword.arg is None for keyword in node.keywords):
        raise ValueError(f"line {node.lineno} calls something")
    given = {key: value for one in node.args for key, value in _value(one).items()}
    return given | {str(keyword.arg): _value(keyword.value) for keyword in node.keywords}
