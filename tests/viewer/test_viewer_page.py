"""The page in a real browser without a window; skipped where one lacks."""

import io
import time

import numpy as np
import pytest
from PIL import Image
from real_browser import running_browser
from renderers.glb_reading import Glb

from aucgan.action_units import MAIN_AUS
from aucgan.apis.edit import FaceEditor

pytest.importorskip("viser", reason="pip install 'aucgan[viewer]'")
sync_api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")

from aucgan.viewer.page.server import ViewerServer  # noqa: E402

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("error::DeprecationWarning:aucgan.viewer")]
PATIENCE = 120_000
"""Milliseconds that a machine without a graphics card, busy with other things, may need for a step."""
SHARP, BLURRED = 0.5, 0.05
"""Pixels drawn per pixel of the page: with software each costs; nobody looks at the head of a blurred one."""
SIZE = {"width": 760, "height": 520}
CANVAS = {"x": 0, "y": 0, "width": 360, "height": 520}
"""Left of the panel."""


@pytest.fixture(scope="module")
def chromium():
    with sync_api.sync_playwright() as playwright, running_browser(playwright) as browser:
        yield browser


@pytest.fixture(scope="module")
def server(photo_maker):
    server = ViewerServer(photo_maker, port=8190)
    yield server
    server.stop()


class Page:
    """A page, what its console said, and the visitor behind it."""

    def __init__(self, chromium, server, dots=SHARP):
        before = set(server.visitors)
        self.page, self.troubles = chromium.new_page(viewport=SIZE), []
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", lambda said: self.troubles.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.goto(f"{server.url}/?fixedDpr={dots}")
        self.page.locator(".unit-chart").wait_for()  # the last that comes
        (number,) = set(server.visitors) - before
        self.visitor = server.visitors[number]

    def stand_still(self):
        """Draw no more, for good: one process draws for all pages, and the next page begins once it is drawn."""
        self.page.evaluate("() => { window.requestAnimationFrame = () => 0 }")

    def slider(self, name):
        label = self.page.locator("label", has_text=name).filter(visible=True).first
        return label.locator("xpath=ancestor::*[.//*[@role='slider']][1]").get_by_role("slider")

    def picture(self):
        content = self.page.screenshot(clip=CANVAS, timeout=PATIENCE)
        return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)

    def picture_that(self, holds):
        """The first picture of which something is true, and stays so."""
        last, end = None, time.monotonic() + PATIENCE / 1000
        while time.monotonic() < end:
            now = self.picture()
            if last is not None and np.array_equal(now, last) and holds(now):
                return now
            last = now
        raise AssertionError("the page does not show it")

    def upload(self, name, content):
        self.page.locator("input[type=file]").first.set_input_files(
            {"name": name, "mimeType": "image/png", "buffer": content}
        )


@pytest.fixture(scope="module")
def visit(chromium, server):
    page = Page(chromium, server)
    yield page
    page.page.close()


def as_png(pixels):
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "png")
    return content.getvalue()


def has_head(picture):
    """The head is darker than the background, and drawn in colour."""
    return picture.std() > 20


def test_the_page_loads_without_an_error_and_has_the_sliders(visit):
    text = visit.page.locator("body").inner_text()
    assert all(f"AU{number}" in text for number in MAIN_AUS)
    assert visit.page.get_by_role("slider").count() >= len(MAIN_AUS)
    visit.picture_that(has_head)
    assert visit.troubles == []


def test_au26_opens_the_mouth_in_the_picture_and_in_the_mesh(visit):
    closed = visit.picture_that(has_head)
    before = visit.visitor.person.edited(visit.visitor.state).verts
    visit.slider("AU26").press("End")
    opened = visit.picture_that(lambda now: (np.abs(now - closed).max(2) > 40).sum() > 50)
    assert visit.visitor.state.expression.aus["AU26"] == 1
    moved = np.linalg.norm(visit.visitor.person.edited(visit.visitor.state).verts - before, axis=1)
    assert moved.max() > 0.005
    changed = np.flatnonzero((np.abs(opened - closed).max(2) > 40).any(1))
    assert changed.mean() > SIZE["height"] / 2  # below the middle: mouth and chin
    visit.page.get_by_text("Undo").click()
    visit.picture_that(lambda now: (np.abs(now - closed).max(2) > 40).sum() < 20)
    assert visit.visitor.state == visit.visitor.person.start


def test_a_cat_is_refused_kindly_and_a_portrait_is_taken(visit, astronaut):
    data = pytest.importorskip("skimage.data")
    mean = visit.visitor.person
    visit.upload("cat.png", as_png(data.chelsea()))
    visit.page.get_by_text("I see no human face in cat.png").wait_for()
    assert visit.visitor.person is mean
    visit.upload("portrait.png", as_png(astronaut))
    visit.page.locator("[data-unit=AU12][data-photo]").wait_for()
    person = visit.visitor.person
    assert person.name == "portrait" and person.has_photo
    own = FaceEditor(person.face).own.aus
    assert visit.visitor.state.expression.aus == own and own["AU12"] > 0.2


def test_saving_gives_a_valid_glb(visit, tmp_path):
    visit.page.get_by_role("tab", name="Files").click()
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("button", name="Save GLB").click()
    waiting.value.save_as(tmp_path / "saved.glb")
    glb = Glb(tmp_path / "saved.glb")
    verts = visit.visitor.person.edited(visit.visitor.state).verts
    corners = glb.attribute("POSITION")[glb.array(glb.primitive["indices"])]
    np.testing.assert_allclose(corners, verts[visit.visitor.person.face.faces.ravel()], atol=1e-6)
    visit.page.get_by_role("tab", name="Units").click()


def test_every_visitor_has_a_state_of_their_own(visit, chromium, server):
    mine = visit.visitor.state
    visit.stand_still()
    other = Page(chromium, server, BLURRED)
    other.slider("AU4").press("End")
    other.page.locator("[data-unit=AU4][data-now='1.00']").wait_for()
    assert other.visitor.state.expression.aus["AU4"] == 1
    assert visit.visitor.state is mine and other.visitor.person is not visit.visitor.person
    assert other.troubles == [] and visit.troubles == []
    other.page.close()
