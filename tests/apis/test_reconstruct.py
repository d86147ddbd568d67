"""Reading aligned photos."""

import numpy as np
import pytest
from PIL import Image

from aucgan.apis.photos import UnreadablePhotoError, find_photos, read_photo


def test_photos_are_read_and_cropped(tmp_path):
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[10:30, 20:40] = 255
    Image.fromarray(pixels).save(tmp_path / "a.png")
    whole, centre = read_photo(tmp_path / "a.png", (20, 20)), read_photo(tmp_path / "a.png", (20, 20), crop=0.5)
    assert whole.shape == (1, 3, 20, 20) and 0.2 < whole.mean() < 0.3 and centre.mean() == 1
    assert find_photos(tmp_path) == [tmp_path / "a.png"] == find_photos(tmp_path / "a.png")


def test_bad_photos_are_explained(tmp_path):
    with pytest.raises(FileNotFoundError, match="neither"):
        find_photos(tmp_path / "none")
    with pytest.raises(FileNotFoundError, match="no photo"):
        find_photos(tmp_path)
    (tmp_path / "b.png").write_text("no picture", encoding="utf-8")
    with pytest.raises(UnreadablePhotoError, match="b.png"):
        read_photo(tmp_path / "b.png", (8, 8))
    with pytest.raises(ValueError, match="crop"):
        read_photo(tmp_path / "b.png", (8, 8), crop=0)
