"""A real browser without a window: Debian's Chromium or Playwright's own, driven by Playwright."""

import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
SOFTWARE_GL = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
START = 60_000
"""Milliseconds until it must have started."""


@contextmanager
def running_browser(playwright):
    """Chromium; skips where there is none, or only a stub that does not start."""
    from playwright.sync_api import Error

    path = next(filter(None, map(shutil.which, NAMES)), playwright.chromium.executable_path)
    if not Path(path).exists():
        pytest.skip("no Chromium: apt-get install chromium, or playwright install chromium")
    try:
        browser = playwright.chromium.launch(executable_path=path, args=list(SOFTWARE_GL), timeout=START)
    except Error as error:
        pytest.skip(f"{path} does not start: {error.message.splitlines()[0]}")
    try:
        yield browser
    finally:
        browser.close()
