"""The NoW protocol on folders of meshes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from aucgan.apis.scoring.mesh_files import MeshPair, pair_meshes, read_mesh, read_seven_landmarks
from aucgan.evaluation.metrics.scan_to_mesh_distance import distance_statistics
from aucgan.evaluation.scans.closest_point import Surface
from aucgan.evaluation.scans.now_protocol import FACE_RADIUS, scan_to_mesh

UNITS_IN_MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0}
EYE_DISTANCE_MM = (50.0, 200.0)
"""Range in which the distance of the outer eye corners of any human lies; tells the unit of a scan."""


@dataclass(frozen=True)
class NowOptions:
    """How to measure.

    Attributes:
        suffix: What follows a scan's name in the name of its reconstruction.
        pairs: CSV that pairs the files; ``None``: by name.
        refine: Continue the landmark alignment on the scan-to-mesh distance, as the challenge does.
        radius: Size of the face region, see :func:`aucgan.evaluation.scans.now_protocol.face_region`.
        unit: Unit of the scans, ``mm``, ``cm`` or ``m``; ``auto``: told from the distance of the eyes.
        skip_missing: Measure what is there.
    """

    suffix: str = ""
    pairs: Path | None = None
    refine: bool = True
    radius: float = FACE_RADIUS
    unit: str = "auto"
    skip_missing: bool = False


@dataclass(frozen=True)
class ScanScore:
    """One reconstruction.

    Attributes:
        name: Of the pair.
        points: Number of scan points in the face region.
        median_mm: Of their distances.
        mean_mm: Of their distances.
        std_mm: Of their distances.
        scale: That the mesh was multiplied by, in the scan's unit.
        landmarks_mm: Root mean square distance of the seven landmarks after their alignment.
    """

    name: str
    points: int
    median_mm: float
    mean_mm: float
    std_mm: float
    scale: float
    landmarks_mm: float


@dataclass(frozen=True)
class NowResult:
    """All reconstructions of a method.

    Attributes:
        scores: One a pair.
        distances: Of all scan points of all pairs, millimetres, ``(N,)``.
        missing: What was skipped, in words.
        options: How it was measured.
    """

    scores: list[ScanScore]
    distances: np.ndarray
    missing: list[str]
    options: NowOptions

    def summary(self) -> dict[str, float]:
        """Median, mean and standard deviation over all points of all scans, millimetres."""
        return distance_statistics(self.distances, "_mm")

    def protocol(self) -> dict:
        """How it was measured, for reports."""
        return {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self.options).items()}


def evaluate_now(
    predictions: Path, scans: Path, options: NowOptions, tell: Callable[[str], None] = lambda line: None
) -> NowResult:
    """Measure a folder of reconstructions against a folder of scans.

    Args:
        predictions: Meshes with seven landmarks beside them.
        scans: Scans with seven landmarks beside them.
        options: How to measure.
        tell: Gets a line after every pair.

    Raises:
        FileNotFoundError: Files are missing; all are named.
        ValueError: A file holds something else than it should.
    """
    pairs, missing = pair_meshes(predictions, scans, options.suffix, options.pairs, options.skip_missing)
    scores, distances = [], []
    for number, pair in enumerate(pairs, start=1):
        score, mm = _measure(pair, options)
        scores.append(score)
        distances.append(mm)
        tell(f"{number}/{len(pairs)} {pair.name}: median {score.median_mm:.3f} mm, mean {score.mean_mm:.3f} mm")
    return NowResult(scores, np.concatenate(distances), missing, options)


def _measure(pair: MeshPair, options: NowOptions) -> tuple[ScanScore, np.ndarray]:
    scan, _ = read_mesh(pair.scan)
    verts, faces = read_mesh(pair.mesh)
    if not len(faces):
        raise ValueError(f"{pair.mesh} has no triangles: a reconstruction has to be a surface")
    marks, mesh_marks = read_seven_landmarks(pair.scan_landmarks), read_seven_landmarks(pair.mesh_landmarks)
    in_mm = UNITS_IN_MM[options.unit] if options.unit != "auto" else unit_in_mm(marks, pair.scan_landmarks)
    scan = np.unique(scan, axis=0)  # files repeat vertices at texture seams
    try:
        result = scan_to_mesh(scan, marks, Surface(verts, faces), mesh_marks, options.refine, options.radius)
    except ValueError as error:
        raise ValueError(f"{pair.name} ({pair.mesh}, {pair.scan}): {error}") from error
    mm = in_mm * result.distances
    score = ScanScore(
        name=pair.name,
        points=len(mm),
        **distance_statistics(mm, "_mm"),
        scale=result.alignment.scale,
        landmarks_mm=in_mm * result.landmark_error,
    )
    return score, mm


def unit_in_mm(landmarks: np.ndarray, path: Path) -> float:
    """Millimetres in the unit of seven landmarks, told by the distance of the outer eye corners.

    Raises:
        ValueError: It is the size of a face in no unit.
    """
    distance = float(np.linalg.norm(landmarks[0] - landmarks[3]))
    for millimetres in UNITS_IN_MM.values():
        if EYE_DISTANCE_MM[0] <= distance * millimetres < EYE_DISTANCE_MM[1]:
            return millimetres
    raise ValueError(f"{path}: the outer eye corners are {distance:.4g} apart, in no unit a face: name it with --unit")
