"""From photos to people, and what the command says when it cannot show them."""

import argparse
import io

import numpy as np
import pytest
from PIL import Image

from aucgan import Reconstructor
from aucgan.process.errors import UserError
from aucgan.viewer import serving
from aucgan.viewer.face_maker import FaceMaker, NoFaceError


def as_png(pixels):
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "png")
    return content.getvalue()


def arguments(**given):
    settings = dict(config=None, checkpoint=None, device="cpu", head=None, photo=None, host="127.0.0.1", port=8080)
    return argparse.Namespace(program="viewer.py", **settings | given)


def test_a_portrait_becomes_a_person_who_starts_as_the_photo_shows(photo_maker, astronaut):
    person = photo_maker.from_content("portrait.png", as_png(astronaut))
    assert person.name == "portrait" and person.has_photo and not person.has_wrinkles
    assert person.start.expression.aus["AU12"] > 0.2
    picture, metres = person.picture(person.start, 128)
    assert picture.shape == (128, 128, 3) and 0.2 < metres < 0.8
    verts, _ = person.in_scene(person.edited(person.start))
    np.testing.assert_allclose(verts.max(0) + verts.min(0), 0, atol=0.05)


def test_a_cat_is_refused_in_words_for_visitors(photo_maker):
    data = pytest.importorskip("skimage.data")
    with pytest.raises(NoFaceError, match=r"^I see no human face in cat\.png\. A photo that shows one"):
        photo_maker.from_content("cat.png", as_png(data.chelsea()))


@pytest.mark.parametrize("name", ["notes.png", "../../notes.png", ""])
def test_what_is_no_picture_is_refused_by_its_name(name):
    with pytest.raises(NoFaceError, match=r"^(notes\.png|photo) is no picture that I can read: "):
        FaceMaker(Reconstructor()).from_content(name, b"shopping list")


def test_without_viser_the_command_says_what_to_install(monkeypatch):
    monkeypatch.setattr(serving, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'aucgan\[viewer\]'"):
        serving.serve(arguments())


def test_a_file_that_is_no_photo_is_one_line(tmp_path):
    pytest.importorskip("viser")
    (tmp_path / "notes.png").write_text("shopping list", encoding="utf-8")
    with pytest.raises(UserError, match=r"notes\.png is no picture"):
        serving.serve(arguments(photo=tmp_path / "notes.png"))
