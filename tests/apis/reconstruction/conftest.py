import cv2
import numpy as np
import pytest
from real_faces import astronaut, detector

from aucgan import Reconstructor

__all__ = ["astronaut", "detector"]


@pytest.fixture(scope="session")
def reconstructor(detector):
    """Without a trained model."""
    return Reconstructor(detector=detector)


@pytest.fixture(scope="session")
def face(reconstructor, astronaut):
    """The portrait's face, found and fitted once for all tests."""
    (face,) = reconstructor(astronaut)
    return face


@pytest.fixture(scope="session")
def portrait(astronaut):
    """The portrait, cut to the head: fewer pixels for tests of files."""
    return np.ascontiguousarray(astronaut[:260, 90:350])


@pytest.fixture(scope="session")
def clip(portrait, tmp_path_factory):
    """A video of the portrait, moved and turned, with three empty frames in the middle."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    height, width = portrait.shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 25, (width, height))
    noise = np.random.default_rng(0).normal(0, 6, (18, height, width, 1))
    for number in range(18):
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), 6 * np.sin(number / 5), 1.0)
        turn[:, 2] += [4 * np.sin(number / 4), 2 * np.cos(number / 6)]
        frame = cv2.warpAffine(portrait, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
        frame = np.full_like(frame, 90) if 8 <= number < 11 else frame
        writer.write((frame + noise[number]).clip(0, 255).astype(np.uint8)[..., ::-1].copy())
    writer.release()
    return path
