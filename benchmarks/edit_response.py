"""Whether edits do what they say: python benchmarks/edit_response.py PHOTOS [--au-config CONFIG --au-weights WEIGHTS].

Each unit is swept over the largest face of each photo, and every picture is looked at anew: by the landmark network
(does the mouth widen, do brows rise, lids open, does the jaw drop, in the order of what was set), and, where weights
are named, by an AU network (are the intensities that it sees in the order of those set, and do the others stay).

Contract: pictures of --side pixels on the photo, --levels intensities from 0 to 1, all else as the photo shows it;
lengths are shares of the distance of the outer corners of the eyes; rank correlations are Spearman's, a photo each.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from scipy.stats import spearmanr

from aucgan import Reconstructor
from aucgan.action_units import AU_NAMES, MAIN_AUS
from aucgan.apis.edit import EditedFace, FaceEditor
from aucgan.apis.photos import Photo, find_photos
from aucgan.apis.reconstruction.face_crop import crop_square, cut_square
from aucgan.apis.scoring.au_fidelity import detect, load_detector
from aucgan.detection import DetectedFace, MediaPipeFaceMesh
from aucgan.detection.detected_face import bounding_box
from aucgan.detection.mesh_points import IBUG68, LEFT_EYE_CORNER, RIGHT_EYE_CORNER

Look = Callable[[EditedFace], np.ndarray]
EXPECTED: tuple[tuple[str, tuple[str, ...], str, int], ...] = (
    ("AU12", ("AU12",), "mouth width", 1),
    ("AU20", ("AU20",), "mouth width", 1),
    ("AU18", ("AU18",), "mouth width", -1),
    ("AU15", ("AU15",), "mouth corners", -1),
    ("AU1", ("AU1",), "inner brows", 1),
    ("AU2", ("AU2",), "outer brows", 1),
    ("AU4", ("AU4",), "inner brows", -1),
    ("AU5", ("AU5",), "lid opening", 1),
    ("AU7", ("AU7",), "lid opening", -1),
    ("blink", ("eyeBlinkLeft", "eyeBlinkRight"), "lid opening", -1),
    ("AU26", ("AU26",), "jaw drop", 1),
    ("AU27", ("AU27",), "jaw drop", 1),
    ("AU25", ("AU25",), "lips apart", 1),
)
"""What is swept, its names, what answers, and in which direction."""


def lengths(points: np.ndarray) -> dict[str, float]:
    """What is measured on MediaPipe's points.

    Args:
        points: ``(468, 2)`` pixels.

    Returns:
        Shares of the distance of the outer corners of the eyes; heights are upwards, across the line of the eyes.
    """
    across = points[LEFT_EYE_CORNER] - points[RIGHT_EYE_CORNER]
    size = float(np.linalg.norm(across))
    across = across / size
    up = np.array([across[1], -across[0]])
    seen = points / size

    def height(of: Sequence[int], over: Sequence[int]) -> float:
        return float((seen[list(of)].mean(0) - seen[list(over)].mean(0)) @ up)

    return {
        "mouth width": float((seen[291] - seen[61]) @ across),
        "mouth corners": height((61, 291), (2,)),
        "inner brows": height((55, 107, 285, 336), (133, 362)),
        "outer brows": height((70, 63, 300, 293), (33, 263)),
        "lid opening": height((159, 386), (145, 374)),
        "lips apart": height((13,), (14,)),
        "jaw drop": height((2,), (152,)),
    }


def in_picture(face: EditedFace, side: int, points: np.ndarray | None = None) -> np.ndarray:
    """Where points of the photo, default the mesh's, are in a picture of the face, ``(N, 2)`` pixels."""
    part = face.backdrop(side, False).part
    return (face.landmarks468 if points is None else points) * np.array(part.scale) - [part.left, part.top]


def by_network(detector: MediaPipeFaceMesh, side: int) -> Look:
    """The points that the landmark network finds in the picture of a face, looked for where the mesh has them."""

    def look(face: EditedFace) -> np.ndarray:
        found = detector.follow(
            np.asarray(face.render(side)), _detected(in_picture(face, side, face.original.landmarks468))
        )
        if found is None or found.landmarks468 is None:
            return np.full((468, 2), np.nan)
        return found.landmarks468

    return look


def response(editor: FaceEditor, names: Sequence[str], levels: np.ndarray, what: str, look: Look) -> np.ndarray:
    """A length at each level of what is swept, ``(L,)``."""
    faces = [editor(dict.fromkeys(names, float(level))) for level in levels]
    return np.array([lengths(look(face))[what] for face in faces])


def rank(levels: np.ndarray, values: np.ndarray) -> float:
    """Spearman's correlation; 0 where values do not differ or are not known."""
    if not np.isfinite(values).all() or np.ptp(values) == 0:
        return 0.0
    return float(spearmanr(levels, values).statistic)


def table(editors: Sequence[FaceEditor], levels: np.ndarray, looks: dict[str, Look]) -> list[str]:
    """Lines of what answers to what, by each way of looking."""
    lines = []
    for name, names, what, sign in EXPECTED:
        cells = []
        for way, look in looks.items():
            rows = [response(editor, names, levels, what, look) for editor in editors]
            ranks = np.array([sign * rank(levels, row) for row in rows])
            change = np.array([sign * (row[-1] - row[0]) for row in rows])
            right = f"{(change > 0).sum()}/{len(rows)} right, {(ranks >= 0.9).sum()}/{len(rows)} in order"
            cells.append(f"{way}: {right}, rank {ranks.mean():.2f}, by {100 * np.nanmean(change):.1f} %")
        lines.append(f"{name:6} {what:14} {'+' if sign > 0 else '-'}  " + " | ".join(cells))
        print(lines[-1], flush=True)
    return lines


def seen_by(network: torch.nn.Module, faces: Sequence[EditedFace], side: int, size: int) -> np.ndarray:
    """What an AU network sees in the pictures of faces, cropped as it was trained, ``(N, 41)``."""

    def crop(face: EditedFace) -> torch.Tensor:
        pixels = np.asarray(face.render(side))
        square = crop_square(_detected(in_picture(face, side)))
        return cut_square(Photo(pixels, pixels.shape[:2]), square, (size, size))

    return detect(network, (crop(face) for face in faces))


def redetected(
    editors: Sequence[FaceEditor],
    network: torch.nn.Module,
    units: Sequence[str],
    levels: np.ndarray,
    sizes: tuple[int, int],
) -> dict[str, dict[str, float]]:
    """How what an AU network sees follows what is set.

    Args:
        editors: Of the faces.
        network: Image → (probabilities, features).
        units: What is swept, one after the other.
        levels: Intensities.
        sizes: Sides of the pictures, and of what the network takes.

    Returns:
        By unit: ``rank``, the mean over faces; ``change`` of the unit itself from the first level to the last; and
        ``leakage``, the mean absolute change of the other main units against it, ``across`` for the other side.
    """
    results = {}
    for unit in units:
        seen = np.stack(
            [seen_by(network, [editor({unit: float(x)}) for x in levels], *sizes) for editor in editors]
        )  # (faces, levels, 41)
        own = AU_NAMES.index(unit)
        change = (seen[:, -1] - seen[:, 0]).mean(0)
        others = [k for k, name in enumerate(AU_NAMES[: len(MAIN_AUS)]) if name.strip("AULR") != unit.strip("AULR")]
        base = max(abs(change[own]), 1e-9)
        results[unit] = {
            "rank": float(np.mean([rank(levels, row[:, own]) for row in seen])),
            "change": float(change[own]),
            "leakage": float(np.abs(change[others]).mean() / base),
        }
        if unit[2] in "LR":
            other = unit.replace("AUL", "AUX").replace("AUR", "AUL").replace("AUX", "AUR")
            results[unit]["across"] = float(abs(change[AU_NAMES.index(other)]) / base)
        print(f"{unit:6} " + ", ".join(f"{name} {value:.2f}" for name, value in results[unit].items()), flush=True)
    return results


def verdict(results: dict[str, dict[str, float]]) -> str:
    """How many units follow, in a line."""
    main = [one["rank"] for name, one in results.items() if name[2] not in "LR"]
    sided = [one["rank"] for name, one in results.items() if name[2] in "LR"]
    leaks = [one["leakage"] for one in results.values()]
    across = [one["across"] for one in results.values() if "across" in one]
    return (
        f"rank at least 0.9: {sum(x >= 0.9 for x in main)} of {len(main)} main units, "
        f"{sum(x >= 0.9 for x in sided)} of {len(sided)} sides; leakage at most 1/4: "
        f"{sum(x <= 0.25 for x in leaks)} of {len(leaks)}; across at most 1/3: "
        f"{sum(x <= 1 / 3 for x in across)} of {len(across)}"
    )


def _detected(points: np.ndarray) -> DetectedFace:
    points = points.astype(np.float32)
    return DetectedFace(bounding_box(points), 1.0, landmarks68=points[list(IBUG68)], landmarks468=points)


def main() -> None:
    """Print what answers to what."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path, help="a photo or a folder")
    parser.add_argument("--checkpoint", type=Path, help="a detail model")
    parser.add_argument("--levels", type=int, default=5)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--units", nargs="+", default=list(AU_NAMES), help="for the AU network; default all 41")
    parser.add_argument("--au-config", type=Path)
    parser.add_argument("--au-weights", type=Path)
    parser.add_argument("--au-size", type=int, default=112, help="side of what the AU network takes")
    parser.add_argument("--pictures", type=Path, help="folder for a strip of every photo and unit")
    args = parser.parse_args()
    detector, levels = MediaPipeFaceMesh(max_faces=1), np.linspace(0, 1, args.levels)
    reconstructor = Reconstructor(checkpoint=args.checkpoint, detector=detector)
    found = {path.stem: reconstructor(path) for path in find_photos(args.photos)}
    editors = {name: FaceEditor(faces[0], reconstructor.detail) for name, faces in found.items() if faces}
    print(f"{len(editors)} of {len(found)} photos show a face; {args.levels} levels, pictures of {args.side} pixels")
    if args.pictures:
        draw(editors, levels, args.side, args.pictures)
    if args.au_weights is None:
        looks = {"mesh": lambda face: in_picture(face, args.side), "network": by_network(detector, args.side)}
        table(list(editors.values()), levels, looks)
        return
    network = load_detector(args.au_config, args.au_weights)
    print(verdict(redetected(list(editors.values()), network, args.units, levels, (args.side, args.au_size))))


def draw(editors: dict[str, FaceEditor], levels: np.ndarray, side: int, folder: Path) -> None:
    """A picture a photo: a row of levels for everything that is swept."""
    folder.mkdir(parents=True, exist_ok=True)
    for photo, editor in editors.items():
        rows = [
            np.concatenate([np.asarray(editor(dict.fromkeys(names, float(x))).render(side)) for x in levels], 1)
            for _, names, _, _ in EXPECTED
        ]
        Image.fromarray(np.concatenate(rows)).save(folder / f"{photo}.jpg", quality=88)


if __name__ == "__main__":
    main()
