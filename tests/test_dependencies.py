"""What the library imports is declared, under the names that pip knows."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
REPLACES = {"opencv-python-headless": "opencv-python", "mmcv": "mmcv-lite", "mmcv-full": "mmcv-lite"}
"""Distributions that may stand in for a declared one."""


def declared():
    tomllib = pytest.importorskip("tomllib", reason="part of Python from 3.11 on")
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {re.match(r"[\w.-]+", line)[0].lower() for line in project["dependencies"]}


def imported_at_once(path):
    """Packages that a module imports when it is imported; what it imports later, it can do without."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


def test_every_import_is_declared():
    names = {name for path in (REPOSITORY / "aucgan").rglob("*.py") for name in imported_at_once(path)}
    foreign = names - sys.stdlib_module_names - {"aucgan"}
    assert {"torch", "cv2", "PIL"} <= foreign
    makers = packages_distributions()
    lacking = {}
    for name in foreign:
        distributions = {maker.lower().replace("_", "-") for maker in makers[name]}
        if not {REPLACES.get(maker, maker) for maker in distributions} & declared():
            lacking[name] = distributions
    assert not lacking
