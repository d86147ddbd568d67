import ast
from pathlib import Path

import numpy as np
import pytest

from aucgan.renderers.rasterizers import unique_rows as module
from aucgan.renderers.rasterizers.unique_rows import unique_rows

LIBRARY = Path(module.__file__).parents[1]


@pytest.fixture(params=["as installed", "as in NumPy 2.0.0"])
def any_numpy(request, monkeypatch):
    if request.param == "as in NumPy 2.0.0":
        unique = np.unique

        def shaped(rows, axis, return_inverse):
            different, which = unique(rows, axis=axis, return_inverse=return_inverse)
            return different, which.reshape(-1, 1)

        monkeypatch.setattr(np, "unique", shaped)


def test_rows_are_counted_once_whatever_the_version_of_numpy(any_numpy):
    rows = np.array([[3, 1], [0, 2], [3, 1], [0, 1]])
    different, which = unique_rows(rows)
    assert different.tolist() == [[0, 1], [0, 2], [3, 1]] and which.tolist() == [2, 1, 2, 0]
    assert (different[which] == rows).all()


def calls_of_unique_by_rows(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "unique":
            named = {keyword.arg for keyword in node.keywords}
            if {"axis", "return_inverse"} <= named and ast.unparse(node.func.value) == "np":
                yield f"{path.name}:{node.lineno}"


def test_nobody_asks_numpy_directly():
    found = [place for path in sorted(LIBRARY.rglob("*.py")) for place in calls_of_unique_by_rows(path)]
    assert len(found) == 1 and found[0].startswith("unique_rows.py:"), found
