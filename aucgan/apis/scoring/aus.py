"""The AU-fidelity benchmark from files to report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from PIL import Image
from torch import Tensor

from aucgan.apis.scoring.au_fidelity import FidelityResult, ScoringOptions, detect, load_detector, score_faces
from aucgan.apis.scoring.au_inputs import InputOptions, find_faces, pictures
from aucgan.apis.scoring.au_labels import read_labels
from aucgan.apis.scoring.au_report import write_fidelity_report
from aucgan.engine.device import AUTO, use_device
from aucgan.files.atomic import atomic_path
from aucgan.renderers.drawing import titled_grid

SHOWN, COLUMNS = 40, 8
"""Pictures in the overview, and how many of them in a row."""


@dataclass(frozen=True)
class AusRequest:
    """What the user asked for.

    Attributes:
        folder: Renders or meshes, by the faces' names.
        labels: CSV or JSON of what they should show.
        config: Config of the AU network that judges.
        checkpoint: Its weights.
        out: Folder for the report.
        method: Name in table and plot.
        split: Only faces of this split.
        device: Where the network runs, see :func:`aucgan.engine.device.choose_device`.
        inputs: Which files, and how they are shown.
        scoring: How they are scored.
    """

    folder: Path
    labels: Path
    config: Path
    checkpoint: Path
    out: Path
    method: str
    split: str | None = None
    device: str = AUTO
    inputs: InputOptions = field(default_factory=InputOptions)
    scoring: ScoringOptions = field(default_factory=ScoringOptions)


def evaluate_aus(request: AusRequest, tell: Callable[[str], None] = lambda line: None) -> FidelityResult:
    """Show every labelled face to the network, score what it says, and write the report.

    ``aus_pictures.png`` beside the report shows the first faces as the network saw them.

    Args:
        request: What the user asked for.
        tell: Gets a line after every batch.

    Raises:
        FileNotFoundError: Labels, weights, faces or landmarks of meshes are missing; the faces are named.
        ValueError: A file holds something else than it should.
    """
    faces = read_labels(request.labels, request.split)
    kind, files, missing = find_faces(request.folder, [face.name for face in faces], request.inputs)
    faces = [face for face in faces if face.name in files]
    detector = load_detector(request.config, request.checkpoint, use_device(request.device))
    shown: list[Tensor] = []

    def see(batch: Tensor) -> None:
        shown.extend(batch)
        tell(f"{len(shown)}/{len(faces)} {kind}")

    said = detect(detector, pictures(kind, [files[face.name] for face in faces], request.inputs), see)
    result = score_faces(said, faces, request.scoring)
    write_fidelity_report(
        request.out,
        request.method,
        result,
        detector=dict(config=str(request.config), checkpoint=str(request.checkpoint)),
        kind=kind,
        inputs=asdict(request.inputs),
        scoring=asdict(request.scoring),
        missing=missing,
    )
    with atomic_path(request.out / "aus_pictures.png") as path:
        _overview(shown[:SHOWN]).save(path)
    return result


def _overview(shown: list[Tensor]) -> Image.Image:
    return titled_grid([shown[start : start + COLUMNS] for start in range(0, len(shown), COLUMNS)])
