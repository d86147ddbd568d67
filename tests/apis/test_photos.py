"""Whatever is called a picture: as RGB bytes, or a named reason."""

import io
import os

import numpy as np
import pytest
from PIL import Image

from aucgan.apis import photos
from aucgan.apis.photos import UnreadablePhotoError, open_photo

RAMP = np.linspace(0, 255, 64 * 48).reshape(48, 64).astype(np.uint8)
COLOUR = np.stack([RAMP, RAMP[::-1], RAMP[:, ::-1]], -1)


def saved(path, picture, **options):
    picture.save(path, **options)
    return open_photo(path)


def test_plain_pictures_come_back(tmp_path):
    photo = saved(tmp_path / "a.png", Image.fromarray(COLOUR))
    assert (photo.pixels == COLOUR).all() and photo.size == (48, 64) and photo.divisor == 1 and photo.note == ""


def test_grey_and_deep_pictures(tmp_path):
    deep = RAMP.astype(np.uint16) * 257
    pictures = {
        "grey.png": Image.fromarray(RAMP),
        "deep.png": Image.fromarray(deep),
        "deep.tif": Image.fromarray(deep),
        "float.tif": Image.fromarray(RAMP.astype(np.float32) / 255),
        "bits.tif": Image.fromarray(RAMP.astype(np.float32)),
    }
    for name, picture in pictures.items():
        photo = saved(tmp_path / name, picture)
        assert np.abs(photo.pixels.astype(int) - RAMP[..., None]).max() <= 1, name
    assert set(np.unique(saved(tmp_path / "a.png", Image.fromarray(RAMP > 99)).pixels)) == {0, 255}


def test_print_colours(tmp_path):
    photo = saved(tmp_path / "a.jpg", Image.fromarray(COLOUR).convert("CMYK"), quality=95, subsampling=0)
    assert np.abs(photo.pixels.astype(int) - COLOUR).mean() < 3


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_what_is_transparent_is_white(tmp_path, mode):
    alpha = np.full(RAMP.shape, 255, np.uint8)
    alpha[:10] = 0
    picture = Image.fromarray(np.dstack([COLOUR, alpha]))
    photo = saved(tmp_path / "a.png", picture if mode == "RGBA" else picture.convert("LA" if mode == "LA" else "P"))
    assert (photo.pixels[:10] == 255).all() and (photo.pixels[10:] != 255).any()


def test_of_moving_pictures_the_first_is_taken(tmp_path):
    frames = [Image.fromarray(np.full((20, 30, 3), grey, np.uint8)) for grey in (40, 200)]
    for name in ("a.gif", "a.webp", "a.png"):
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:])
        photo = open_photo(tmp_path / name)
        assert abs(int(photo.pixels.mean()) - 40) < 3 and "animated" in photo.note, name


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_are_turned_upright(tmp_path, orientation):
    from PIL import ImageOps

    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = saved(tmp_path / "a.png", Image.fromarray(COLOUR), exif=exif)
    turned = Image.fromarray(COLOUR)
    turned.getexif()[0x0112] = orientation
    upright = np.asarray(ImageOps.exif_transpose(turned))
    assert photo.size == upright.shape[:2] and (photo.pixels == upright).all()


def test_huge_photos_are_made_smaller(tmp_path, monkeypatch):
    monkeypatch.setattr(photos, "WORKING_PIXELS", 64 * 48)
    large = Image.fromarray(COLOUR).resize((320, 240), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x0112] = 6
    for name in ("a.png", "a.jpg"):
        photo = saved(tmp_path / name, large, exif=exif)
        height, width = photo.pixels.shape[:2]
        assert photo.size == (320, 240) and photo.divisor >= 5 and height * width <= 64 * 48, name
        assert abs(height * photo.divisor - 320) <= photo.divisor and abs(width * photo.divisor - 240) <= photo.divisor


def test_beyond_reason(tmp_path, monkeypatch):
    Image.fromarray(COLOUR).save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 64 * 48 // 3)
    with pytest.raises(UnreadablePhotoError, match="more than 178 million pixels"):
        open_photo(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 64 * 48 * 2 // 3)
    assert open_photo(tmp_path / "a.png").size == (48, 64)


def cut(format, share):
    content = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(content, format)
    return content.getvalue()[: int(share * content.tell())]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.jpg", b"", r"it is empty \(0 bytes\)"),
        ("text.jpg", b"no picture at all", "of another kind"),
        ("cut.jpg", cut("JPEG", 0.4), "damaged or cut off"),
        ("cut.png", cut("PNG", 0.4), "damaged or cut off"),
        ("cut.webp", cut("WEBP", 0.4), "is no picture that can be read"),
        ("cut.tif", cut("TIFF", 0.4), "is no picture that can be read"),
        ("head.png", cut("PNG", 0.002), "is no picture that can be read"),
    ],
)
def test_reasons(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadablePhotoError, match=f"{name} is no picture.*|{reason}") as raised:
        open_photo(tmp_path / name)
    assert reason.replace("\\", "") in str(raised.value) and "\n" not in str(raised.value)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(tmp_path):
    Image.fromarray(COLOUR).save(tmp_path / "a.png")
    (tmp_path / "a.png").chmod(0)
    with pytest.raises(UnreadablePhotoError, match="may not read it"):
        open_photo(tmp_path / "a.png")
