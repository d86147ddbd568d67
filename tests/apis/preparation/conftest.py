import pytest
from prepared_faces import write_photos
from real_faces import astronaut, detector

from aucgan.apis.preparation import run

__all__ = ["astronaut", "detector"]


@pytest.fixture
def photos(tmp_path):
    """Seven photos of four persons, one of them without a face."""
    names = ["ann/1.png", "ann/2.png", "bob/1.png", "bob/empty.png", "cem/1.png", "cem/2.png", "dan/1.png"]
    return write_photos(tmp_path / "photos", names)


@pytest.fixture(autouse=True)
def two_at_once(monkeypatch):
    monkeypatch.setattr(run, "AT_ONCE", 2)
