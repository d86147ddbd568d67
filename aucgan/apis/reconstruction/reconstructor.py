"""Photos in, faces out: the one mechanism behind the command and the Python interface."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from mmengine.config import Config
from PIL import Image

from aucgan.apis.photos import Photo, open_photo, rgb
from aucgan.apis.reconstruction.face_result import ReconstructedFace
from aucgan.apis.reconstruction.smaller_copy import detected_in_original, fitted_in_original
from aucgan.apis.reconstruction.sources import is_video
from aucgan.apis.reconstruction.studio import Studio
from aucgan.apis.reconstruction.trained_detail import TrainedDetail
from aucgan.detection.detected_face import DetectedFace
from aucgan.detection.detector import FaceDetector
from aucgan.engine.device import choose_device
from aucgan.fitting.face_fitter import FaceFitter
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.fitting.focal_length import focal_from_exif
from aucgan.heads.head import Head
from aucgan.heads.library import DEFAULT_HEAD, load_head
from aucgan.registry import DETECTORS

if TYPE_CHECKING:
    from aucgan.apis.reconstruction.video import FaceVideo

NOT_HUMAN = "no human face"
"""The warning of a fit that is taken for its refusal."""
STAGES_OF_A_FRAME: dict[str, dict] = {
    "pose": dict(energies=("points",), unknowns=("pose",), iterations=4),
    "landmarks": dict(
        energies=("points", "lids", "expression", "symmetry"), unknowns=("pose", "expression"), iterations=5, rounds=2
    ),
}
"""Of a fit to a frame of a video: the identity is that of the track."""
PhotoLike = str | Path | Image.Image | np.ndarray


@dataclass(frozen=True)
class PhotoFaces:
    """What there is in one photo.

    Attributes:
        faces: The faces, the largest first.
        refused: Faces that the detector found and the fit takes for no human ones.
        photo: The photo.
    """

    faces: list[ReconstructedFace]
    refused: int
    photo: Photo


class Reconstructor:
    """Finds the faces of photos, fits the head to each, and adds the detail of a trained model if there is one.

    Args:
        config: Of the trained model: a file, a name of the library, or a ``Config``. Default: what the checkpoint
            carries.
        checkpoint: The trained model; ``None`` without a config: faces are fitted alone, and have no detail.
        device: Where networks run and pictures are drawn. Detection and fitting run on the CPU.
        head: Name or file of the head that is fitted, or the head; default the model's, else ``'anny'``.
        refine: To come; ``True`` is an error.
        detector: A detector, its config, or its name, see ``docs/detection.md``.
        max_faces: Keep only so many faces of a photo, the largest; ``None``: all.

    Raises:
        NotImplementedError: ``refine`` is asked for.
        ValueError: The head is not that of the model.
        FileNotFoundError: A file, or the detector's networks, are not there.
    """

    def __init__(
        self,
        config: str | Path | Config | None = None,
        checkpoint: str | Path | None = None,
        device: str | torch.device = "cpu",
        head: str | Path | Head | None = None,
        refine: bool = False,
        detector: str | dict | FaceDetector = "MediaPipeFaceMesh",
        max_faces: int | None = None,
    ) -> None:
        if refine:
            raise NotImplementedError(
                "refine=True needs a network that refines fits, which this version of the library has no weights for: "
                "leave it out"
            )
        self.device = choose_device(device)
        trained = config is not None or checkpoint is not None
        self.detail = TrainedDetail(config, checkpoint, self.device) if trained else None
        self.head = self._choose_head(head)
        self.head_name = DEFAULT_HEAD if head is None else "" if isinstance(head, Head) else str(head)
        self.head_name = self.head_name if self.detail is None else self.detail.head_name
        self.detector = _build_detector(detector)
        self.max_faces = max_faces

    @cached_property
    def fitter(self) -> FaceFitter:
        """What fits the head."""
        return FaceFitter(self.head)

    @cached_property
    def follower(self) -> FaceFitter:
        """What fits pose and expression alone, to faces whose identity is known."""
        return FaceFitter(self.head, stages=STAGES_OF_A_FRAME)

    @cached_property
    def studio(self) -> Studio:
        """What draws the head."""
        return Studio(self.head, self.head_name, self.device)

    def __call__(self, photos: PhotoLike | Sequence[PhotoLike]) -> list[Any]:
        """Reconstruct.

        Args:
            photos: A path, a picture of Pillow's, RGB or grey uint8 or floats in [0, 1] ``(H, W[, 3])``; or a list of
                these, or ``(B, H, W, 3)``.

        Returns:
            The faces, a :class:`~aucgan.apis.reconstruction.face_result.ReconstructedFace` each, the largest first;
            empty where there is none. Of several photos: a list of such lists.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: A file is no picture, or an array is none.
        """
        several = isinstance(photos, (list, tuple)) or (isinstance(photos, np.ndarray) and photos.ndim == 4)
        given: Iterable[PhotoLike] = photos if several else [photos]  # type: ignore[assignment, list-item]  # told apart
        results = [seen.faces for seen in self.reconstruct([_source(photo) for photo in given])]
        return results if several else results[0]

    def reconstruct(
        self, sources: Sequence[tuple[Callable[[], Photo], Path | None]], same_person: bool = False
    ) -> list[PhotoFaces]:
        """Reconstruct photos that are opened when they are needed.

        Args:
            sources: What opens each photo, and its file.
            same_person: The largest face of each photo is one and the same person's; the others are left out.
        """
        photos = [open_it() for open_it, _ in sources]
        found = [self.detect(photo, source) for photo, (_, source) in zip(photos, sources, strict=True)]
        if same_person:
            found = [faces[:1] for faces in found]
        return self.complete(photos, found, [source for _, source in sources], same_person)

    def detect(self, photo: Photo, source: Path | None = None) -> list[DetectedFace]:
        """The faces of a photo in pixels of its working copy, the largest first."""
        return self.detector(photo.pixels, source)[: self.max_faces]

    def complete(
        self,
        photos: Sequence[Photo],
        found: Sequence[Sequence[DetectedFace]],
        sources: Sequence[Path | None],
        same_person: bool = False,
    ) -> list[PhotoFaces]:
        """Fit the faces that were found, and add the detail."""
        rows = [(number, face) for number, faces in enumerate(found) for face in faces]
        with_points = [row for row in rows if row[1].landmarks468 is not None]
        results: list[list[ReconstructedFace]] = [[] for _ in photos]
        refused = [0] * len(photos)
        if with_points:
            focal = [_focal(source, photo) for source, photo in zip(sources, photos, strict=True)]
            fitted = self.fitter(
                [face for _, face in with_points],
                [photos[number].pixels for number, _ in with_points],
                focal=[focal[number] for number, _ in with_points],
                person=[0] * len(with_points) if same_person else None,
            )
            for number, result in self._results(photos, sources, with_points, fitted):
                if self.refuses(result.warnings):
                    refused[number] += 1
                else:
                    results[number].append(result)
        for number, face in rows:
            if face.landmarks468 is None:
                results[number].append(self._read(photos[number], face, sources[number]))
        return [PhotoFaces(*row) for row in zip(results, refused, photos, strict=True)]

    @staticmethod
    def refuses(warnings: Iterable[str]) -> bool:
        """Whether the warnings of a fit say that there is no human face."""
        return any(warning.startswith(NOT_HUMAN) for warning in warnings)

    def video(self, path: str | Path, max_faces: int | None = None) -> FaceVideo:
        """Reconstruct the faces of a video: one identity a face, expression and pose a frame.

        Args:
            path: The file.
            max_faces: How many faces are followed at once; default that of the reconstructor.

        Raises:
            FileNotFoundError: There is no such file.
            UnreadableVideoError: It is no video.
        """
        from aucgan.apis.reconstruction.video import reconstruct_video

        return reconstruct_video(self, path, max_faces=max_faces or self.max_faces)

    def _choose_head(self, head: str | Path | Head | None) -> Head:
        if self.detail is None:
            return head if isinstance(head, Head) else load_head(DEFAULT_HEAD if head is None else head)
        if head is not None and (isinstance(head, Head) or str(head) != self.detail.head_name):
            raise ValueError(f"the model was trained on the head '{self.detail.head_name}': leave the other head out")
        return self.detail.head

    def _results(
        self,
        photos: Sequence[Photo],
        sources: Sequence[Path | None],
        rows: Sequence[tuple[int, DetectedFace]],
        fitted: FittedFaces,
    ) -> Iterable[tuple[int, ReconstructedFace]]:
        parts = [fitted_in_original(fitted[k], photos[number].divisor) for k, (number, _) in enumerate(rows)]
        faces = [detected_in_original(face, photos[number].divisor) for number, face in rows]
        displacement = self._displacement([photos[number] for number, _ in rows], faces, parts)
        for k, (number, _) in enumerate(rows):
            face = (parts[k], faces[k], photos[number], self.studio, displacement[k], sources[number])
            yield number, ReconstructedFace(*face)

    def _displacement(
        self, photos: Sequence[Photo], faces: Sequence[DetectedFace], parts: Sequence[FittedFaces]
    ) -> Sequence[np.ndarray | None]:
        if self.detail is None:
            return [None] * len(parts)
        return list(self.detail.displacement(photos, self.detail.squares(faces), FittedFaces.join(parts)))

    def _read(self, photo: Photo, face: DetectedFace, source: Path | None) -> ReconstructedFace:
        """A face without points: the networks alone say what it is."""
        if self.detail is None:
            raise ValueError(
                f"{type(self.detector).__name__} gives no points to fit a head to: name a trained model (checkpoint), "
                "or another detector"
            )
        face = detected_in_original(face, photo.divisor)
        fitted, displacement = self.detail.read(photo, self.detail.squares([face])[0], face.score)
        return ReconstructedFace(fitted, face, photo, self.studio, displacement, source)


def _build_detector(detector: str | dict | FaceDetector) -> FaceDetector:
    if isinstance(detector, FaceDetector):
        return detector
    return DETECTORS.build(dict(type=detector) if isinstance(detector, str) else dict(detector))


def _focal(source: Path | None, photo: Photo) -> float | None:
    """In pixels of the working copy, where the camera noted it."""
    focal = None if source is None else focal_from_exif(source)
    return None if focal is None else focal / photo.divisor


def _source(photo: PhotoLike) -> tuple[Callable[[], Photo], Path | None]:
    if isinstance(photo, (str, Path)):
        path = Path(photo)
        if is_video(path):
            raise ValueError(f"{path} is a video: call Reconstructor.video with it")
        return lambda: open_photo(path), path
    return lambda: _photo_of(photo), None


def _photo_of(picture: Image.Image | np.ndarray) -> Photo:
    if isinstance(picture, Image.Image):
        pixels = np.array(rgb(picture))
    elif isinstance(picture, np.ndarray):
        pixels = _pixels(picture)
    else:
        raise ValueError(f"a path, a picture of Pillow's or an array was expected, got {type(picture).__name__}")
    return Photo(pixels, (pixels.shape[0], pixels.shape[1]))


def _pixels(array: np.ndarray) -> np.ndarray:
    channels = 1 if array.ndim == 2 else array.shape[-1] if array.ndim == 3 else 0
    floats = array.dtype.kind == "f"
    if channels not in (1, 3) or array.size == 0 or not (floats or array.dtype == np.uint8):
        raise ValueError(
            f"a photo must be RGB or grey, (H, W, 3) or (H, W), uint8 or floats in [0, 1], got {array.shape} "
            f"{array.dtype}"
        )
    if floats and not (np.isfinite(array).all() and array.min() >= 0 and array.max() <= 1):
        raise ValueError(f"floats of a photo must be in [0, 1], got {array.min():g}…{array.max():g}")
    pixels = (array * 255 + 0.5).astype(np.uint8) if floats else array
    return np.ascontiguousarray(np.broadcast_to(pixels.reshape(*pixels.shape[:2], channels), (*pixels.shape[:2], 3)))
