"""Without a browser its tests are skipped, and say why."""

import shutil
from types import SimpleNamespace

import pytest
from real_browser import running_browser

sync_api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")


def playwright_with(path, launch=None):
    return SimpleNamespace(chromium=SimpleNamespace(executable_path=str(path), launch=launch))


def skipped_with(playwright):
    with pytest.raises(pytest.skip.Exception) as said, running_browser(playwright):
        pass
    return str(said.value)


def test_where_no_browser_is_the_reason_says_how_to_get_one(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert "apt-get install chromium" in skipped_with(playwright_with(tmp_path / "missing"))


def test_a_stub_that_does_not_start_is_no_browser(monkeypatch, tmp_path):
    stub = tmp_path / "chromium"
    stub.touch()
    monkeypatch.setattr(shutil, "which", lambda name: None)

    def launch(**_):
        raise sync_api.Error("please install the snap\nand more")

    assert skipped_with(playwright_with(stub, launch)) == f"{stub} does not start: please install the snap"


def test_a_browser_is_closed_whatever_happens(monkeypatch, tmp_path):
    closed = []
    browser = SimpleNamespace(close=lambda: closed.append(True))
    monkeypatch.setattr(shutil, "which", lambda name: str(tmp_path))
    with pytest.raises(ZeroDivisionError), running_browser(playwright_with("", lambda **_: browser)) as one:
        assert one is browser
        raise ZeroDivisionError
    assert closed == [True]
