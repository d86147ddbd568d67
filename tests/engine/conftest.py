import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from toy_config import TOY  # noqa: E402


@pytest.fixture
def toy_text() -> str:
    """Source of a config that trains in milliseconds."""
    return TOY


@pytest.fixture
def workspace(tmp_path, monkeypatch, toy_text):
    """An empty current folder with ``toy.py``, a config that trains in milliseconds."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toy.py").write_text(toy_text, encoding="utf-8")
    return tmp_path
