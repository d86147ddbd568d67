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

OF_AN_EXTRA = {"aucgan/viewer/page": "viewer"}
"""Folders that nothing imports at once, and the extra that they need."""


def declared(extra=None):
    tomllib = pytest.importorskip("tomllib", reason="part of Python from 3.11 on")
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = project["dependencies"] + (project["optional-dependencies"][extra] if extra else [])
    return {re.match(r"[\w.-]+", line)[0].lower() for line in lines}


def imported_at_once(path):
    """Packages that a module imports when it is imported; what it imports later, it can do without."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


def test_every_import_is_declared():
    apart = {path: extra for folder, extra in OF_AN_EXTRA.items() for path in (REPOSITORY / folder).rglob("*.py")}
    always = [path for path in (REPOSITORY / "aucgan").rglob("*.py") if path not in apart]
    assert {"torch", "cv2", "PIL"} <= foreign(always)
    assert not lacking(foreign(always), declared())
    for path, extra in apart.items():
        assert not lacking(foreign([path]), declared(extra))


def foreign(paths):
    """Packages of others that these modules import at once."""
    return {name for path in paths for name in imported_at_once(path)} - sys.stdlib_module_names - {"aucgan"}


def lacking(names, known):
    """Those that no known distribution makes."""
    makers = packages_distributions()
    found = {name: {maker.lower().replace("_", "-") for maker in makers.get(name, [])} for name in names}
    return {name: made for name, made in found.items() if not {REPLACES.get(maker, maker) for maker in made} & known}
