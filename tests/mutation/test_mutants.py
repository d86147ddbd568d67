"""What counts as a mistake that could be made."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("cosmic_ray")
sys.path.insert(0, str(Path(__file__).parent))

from mutants import mutants_of, statement_lines  # noqa: E402

SOURCE = '''"""Doc: 1 + 1."""
import torch

@torch.no_grad()
def scaled(x: "int | None" = 2) -> "int | None":
    y = x.detach().abs()
    if y > 0 and x is not None:
        return torch.stack([y + 1.5,
                            y])
    return self.kept(y)
'''


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "scaled.py"
    path.write_text(SOURCE, encoding="utf-8")
    return path


def changed_lines(file):
    codes = [(m.operator, m.code()) for m in mutants_of(file)]
    return {
        (name, new.strip())
        for name, code in codes
        if code is not None
        for old, new in zip(SOURCE.splitlines(), code.splitlines(), strict=False)
        if old != new
    }


def test_calls_operators_numbers_and_conditions_are_changed(file):
    found = changed_lines(file)
    assert ("DropCall", "y = x.abs()") in found and ("DropCall", "y = x.detach()") in found
    assert ("ReplaceBinaryOperator_Add_Sub", "return torch.stack([y - 1.5,") in found
    assert ("ReplaceAndWithOr", "if y > 0 or x is not None:") in found
    assert ("ReplaceComparisonOperator_Gt_GtE", "if y >= 0 and x is not None:") in found
    assert any(name == "RemoveDecorator" for name, _ in found)
    assert not any(name == "DropCall" and "torch" in line for name, line in found)  # functions are no methods
    assert file.read_text(encoding="utf-8") == SOURCE


def test_annotations_and_docstrings_are_no_places_for_mistakes(file):
    file.write_text(
        '"""1 + 1."""\nfrom __future__ import annotations\nx: int | None\ndef f(a: int | 3) -> 2 | 1: ...\n',
        encoding="utf-8",
    )
    assert [m for m in mutants_of(file) if m.code() is not None] == []


def test_the_statement_around_a_line():
    assert list(statement_lines(SOURCE, 9)) == [8, 9]  # both lines of the return
    assert list(statement_lines(SOURCE, 5)) == list(statement_lines(SOURCE, 4)) == [4, 5]  # decorator and header
    assert list(statement_lines(SOURCE, 7)) == [7]  # the condition without what it guards
