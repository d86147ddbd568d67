"""Fixtures of real photos: a portrait that may be shown, and the networks that find faces in it."""

import numpy as np
import pytest

from aucgan.detection import MediaPipeFaceMesh
from aucgan.detection.model_files import INSTALL


@pytest.fixture(scope="session")
def detector():
    """The real networks; skips where they are not installed."""
    finder = MediaPipeFaceMesh()
    try:
        assert finder.box_networks and finder.mesh_network
    except FileNotFoundError:
        pytest.skip(f"MediaPipe's networks are not installed: {INSTALL}")
    return finder


@pytest.fixture(scope="session")
def astronaut():
    """A portrait: NASA, public domain."""
    data = pytest.importorskip("skimage.data", reason="scikit-image carries the portrait")
    return np.ascontiguousarray(data.astronaut())
