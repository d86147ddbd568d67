import pytest

from aucgan.frozen import face_recognition


@pytest.fixture
def small_faces(monkeypatch):
    """Face recognition looks at fewer pixels: what is asked of every loss does not depend on how many they are."""
    monkeypatch.setattr(face_recognition, "INPUT_SIZE", 64)
