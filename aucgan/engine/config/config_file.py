"""Reading a config file and the command line's changes to it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mmengine.config import Config, DictAction

from aucgan.engine.config.config_place import PART, config_names, is_name, locate, trainings
from aucgan.engine.errors import ConfigError


def nearest(name: str, names: Iterable[str]) -> str:
    """``; did you mean 'x'?`` for the most similar name, or the list when it is short, or nothing."""
    names = sorted(set(names))
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; there is {', '.join(names)}" if 0 < len(names) <= 12 else ""


def load_config(path: str | Path, options: Iterable[str] = ()) -> Config:
    """Read a config file, and set ``key=value`` options in it.

    Names that begin with ``_`` are parts that model files are composed of: where they are used they are in the result,
    and by themselves they are left out, so that no option, and no search for files, meets a copy that nothing reads.

    Args:
        path: The file, or the name of a config of the library.
        options: Dotted keys with their values; ``train_dataloader.batch_size=4``.

    Raises:
        ConfigError: The file is missing or no valid Python, or an option names no existing key.
    """
    path = locate(path)
    if not path.is_file():
        raise ConfigError(f"no config at {path}{_similar(path)}")
    try:
        cfg = Config.fromfile(path)
    except SyntaxError as error:
        raise ConfigError(f"{_file_of(error, path)}, line {error.lineno}: {error.msg}") from error
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: its _base_ names a file that does not exist: {error}") from error
    except (NameError, KeyError, TypeError, ValueError, AttributeError, ImportError) as error:
        raise ConfigError(f"{path}: {type(error).__name__}: {' '.join(str(error).split())}") from error
    for name in [name for name in cfg if name.startswith(PART)]:
        cfg.pop(name)
    for option in options:
        _set_option(cfg, option)
    return cfg


def set_key(cfg: Any, key: str, value: Any) -> None:
    """Set an existing dotted key, or a new argument of a dict that has a ``type``.

    Raises:
        ConfigError: A part of the key does not exist, or the value is of another kind than the present one.
    """
    node, done = cfg, []
    *parents, last = key.split(".")
    for part in parents:
        node = _child(node, part, done, key)
        done.append(part)
    if isinstance(node, (list, tuple)) or last in node:
        _check_kind(key, _child(node, last, done, key), value)
    elif "type" not in node:
        raise ConfigError(f"--cfg-options {key}: {_place(done)} has no '{last}'{nearest(last, node)}")
    node[int(last) if isinstance(node, list) else last] = value


def _similar(path: Path) -> str:
    """Where a config of this name is, or of the most similar one: beside it, or else among the library's."""
    if is_name(path) or not path.parent.is_dir():
        return nearest(path.stem, config_names())
    near = {found.name: found for found in trainings(path.parent)}
    return f"; it is at {near[path.name].as_posix()}" if path.name in near else nearest(path.name, near)


def _file_of(error: SyntaxError, path: Path) -> str:
    """The config parser forgets the name of the file: it is the config's own, or that of one of its bases."""
    try:
        compile(path.read_text(encoding="utf-8"), str(path), "exec")
    except SyntaxError:
        return str(path)
    return f"a _base_ of {path}"


def _set_option(cfg: Config, option: str) -> None:
    key, equals, text = option.partition("=")
    if not equals:
        raise ConfigError(f"--cfg-options '{option}' has no '=': write key=value")
    set_key(cfg, key, DictAction._parse_iterable(text))


def _child(node: Any, part: str, done: list[str], key: str) -> Any:
    if isinstance(node, (list, tuple)):
        if part.isdigit() and int(part) < len(node):
            return node[int(part)]
        raise ConfigError(f"--cfg-options {key}: {_place(done)} is a list of {len(node)}, '{part}' is no index in it")
    if not isinstance(node, (dict, Config)):
        raise ConfigError(f"--cfg-options {key}: {_place(done)} is {node!r}, which has no parts")
    if part not in node:
        raise ConfigError(f"--cfg-options {key}: {_place(done)} has no '{part}'{nearest(part, node)}")
    return node[part]


def _check_kind(key: str, old: Any, new: Any) -> None:
    """An int may become a float and the reverse; ``None`` may become anything and anything ``None``."""
    if old is None or new is None:
        return
    numbers = (int, float)
    fine = isinstance(new, type(old)) or isinstance(old, type(new))
    fine |= isinstance(old, numbers) and isinstance(new, numbers)
    fine |= isinstance(old, (list, tuple)) and isinstance(new, (list, tuple))
    fine &= isinstance(old, bool) == isinstance(new, bool)
    if not fine:
        raise ConfigError(f"--cfg-options {key}: {new!r} is {_kind(new)}, but the config has {old!r}, {_kind(old)}")


def _kind(value: Any) -> str:
    return type(value).__name__ if not isinstance(value, dict) else "dict"


def _place(done: list[str]) -> str:
    return ".".join(done) or "the config"
