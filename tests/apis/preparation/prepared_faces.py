"""Photos and samples without a detector or a fit."""

import numpy as np
from PIL import Image

from aucgan.apis.preparation.outcome import NO_FACE, PhotoOutcome, PreparedFace, Rejection

SIDE = 48


def write_photos(root, names):
    """Small photos, each of another colour."""
    for number, name in enumerate(names):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((8, 8, 3), number, np.uint8)).save(path)
    return root


def drawn_face(photo, identity):
    """A sample that is a function of its photo's name."""
    rng = np.random.default_rng(int(photo.digest[:8], 16))
    codes = {"shape": rng.normal(size=(2, 5)), "exp": rng.uniform(size=(2, 4)), "pose": rng.normal(size=(2, 6))}
    codes |= {"landmarks68": rng.uniform(0, SIDE, (2, 68, 2)), "confidence": np.array(0.75)}
    return PreparedFace(
        name=photo.name,
        identity=identity,
        aus=rng.uniform(size=41).astype(np.float32),
        au_source="fit",
        confidence=0.75,
        image=rng.integers(0, 255, (SIDE, SIDE, 3), dtype=np.uint8),
        landmarks=rng.uniform(4, SIDE - 4, (68, 2)).astype(np.float32),
        landmarks468=rng.uniform(4, SIDE - 4, (468, 2)).astype(np.float32),
        mask=np.full((SIDE, SIDE), 255, np.uint8),
        codes={name: array.astype(np.float32) for name, array in codes.items()},
    )


class DrawnMaker:
    """Makes samples of photos without looking: those called ``empty`` show nobody.

    Args:
        stop_after: Raise ``KeyboardInterrupt`` after so many blocks.
    """

    def __init__(self, stop_after=None):
        self.blocks, self.stop_after = [], stop_after

    def __call__(self, photos):
        if len(self.blocks) == self.stop_after:
            raise KeyboardInterrupt
        self.blocks.append([photo.key for photo in photos])
        return [self.outcome(photo) for photo in photos]

    def outcome(self, photo):
        content = photo.path.read_bytes().hex()
        if "empty" in photo.key:
            return PhotoOutcome(photo.key, content, rejections=[Rejection(NO_FACE)])
        return PhotoOutcome(photo.key, content, [drawn_face(photo, photo.key.split("/")[0])])


def tree(folder):
    """Content of all files by their path below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
