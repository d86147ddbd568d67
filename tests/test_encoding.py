"""Every text file is read and written as UTF-8, whatever the machine's language: no call leaves it to chance.

Ruff's rule for it (PLW1514) is not stable, and looks at fewer calls.
"""

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
FOLDERS = ("aucgan", "tools", "benchmarks", "tests")
NO_TEXT = ("Image", "os", "webbrowser", "archive", "self")
"""Owners of an ``open`` that opens no text."""


def is_mode(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and set(node.value) <= set("rwxab+t")


def opens_text(call):
    """Whether a call reads or writes text, as far as its words tell."""
    function, named = call.func, {keyword.arg: keyword.value for keyword in call.keywords}
    if isinstance(function, ast.Attribute) and function.attr in ("read_text", "write_text"):
        return True
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    owner = ast.unparse(function.value) if isinstance(function, ast.Attribute) else ""
    if name in ("open", "fdopen") and (owner not in NO_TEXT or name == "fdopen"):
        modes = [node.value for node in (*call.args, *named.values()) if is_mode(node)]
        return not any("b" in mode for mode in modes)
    return bool({"text", "universal_newlines"} & named.keys())


def left_to_chance(source):
    """Lines of calls that open text without naming its encoding."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and opens_text(node):
            named = {keyword.arg for keyword in node.keywords}
            if not {"encoding", None} & named:
                yield node.lineno


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_call_names_its_encoding(folder):
    files = sorted((REPOSITORY / folder).rglob("*.py"))
    found = [f"{f.relative_to(REPOSITORY)}:{n}" for f in files for n in left_to_chance(f.read_text(encoding="utf-8"))]
    assert files and not found


def test_what_is_found():
    for call in (
        "p.read_text()",
        "p.write_text('a')",
        "open(p)",
        "p.open('w')",
        "p.open(mode='a')",
        "run(c, text=True)",
    ):
        assert list(left_to_chance(call)) == [1], call
    for call in ("p.open('rb')", "open(p, 'wb')", "Image.open(p)", "p.read_text(encoding='utf-8')", "os.open(p, 1)"):
        assert not list(left_to_chance(call)), call
