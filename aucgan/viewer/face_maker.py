"""Photos in, people out, for all visitors."""

from __future__ import annotations

import tempfile
import threading
from functools import cached_property
from pathlib import Path

from aucgan.apis.photos import UnreadablePhotoError, open_photo
from aucgan.apis.reconstruction.reconstructor import Reconstructor
from aucgan.apis.reconstruction.studio import Studio
from aucgan.viewer.drawing import BUMPS
from aucgan.viewer.person import Person

NO_FACE = "I see no human face in {name}. A photo that shows one from the front, in good light, works best."


class NoFaceError(ValueError):
    """A photo shows nobody who can be edited; the message is for visitors."""


class FaceMaker:
    """Makes people of photos, one photo at a time; what it gives may be used by many threads.

    Args:
        reconstructor: Finds and fits faces.
    """

    def __init__(self, reconstructor: Reconstructor) -> None:
        self.reconstructor = reconstructor
        self._lock = threading.Lock()

    @cached_property
    def bump_studio(self) -> Studio:
        """Draws the fine normals."""
        made = self.reconstructor
        return Studio(made.head, made.head_name, made.device, uv_size=BUMPS)

    @cached_property
    def mean(self) -> Person:
        """Whom visitors see who have given no photo."""
        return Person.mean(self.reconstructor.studio)

    def from_file(self, path: str | Path) -> Person:
        """The largest face of a photo.

        Raises:
            NoFaceError: There is none.
            UnreadablePhotoError: The file is no picture.
            FileNotFoundError: There is no such file.
        """
        path = Path(path)
        with self._lock:
            (seen,) = self.reconstructor.reconstruct([(lambda: open_photo(path), path)])
        if not seen.faces:
            raise NoFaceError(NO_FACE.format(name=path.name))
        return Person(seen.faces[0], path.stem, detail=self.reconstructor.detail)

    def from_content(self, name: str, content: bytes) -> Person:
        """The largest face of an uploaded photo.

        Raises:
            NoFaceError: There is none, or the file is no picture; the message is for the visitor.
        """
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / (Path(name).name or "photo")
            path.write_bytes(content)
            try:
                return self.from_file(path)
            except UnreadablePhotoError as error:
                raise NoFaceError(f"{path.name} is no picture that I can read: {error.reason}.") from error
