"""A clone of ICT-FaceKit to one head file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from aucgan.apis.convert.files import write_npz
from aucgan.apis.convert.report import ConversionReport
from aucgan.apis.embedding.labels import on_mesh
from aucgan.arkit import ARKIT_NAMES
from aucgan.heads.dense_landmarks import read_landmark_corners
from aucgan.heads.ict_clone import read_clone
from aucgan.heads.ict_head import ict_head
from aucgan.heads.ict_parts import PARTS, Part

LANDMARKS = Path(__file__).parents[2] / "heads" / "data" / "ict_landmarks468.npz"
"""The 468 points of the light mesh, as ``tools/embed_landmarks.py`` found them."""


def convert_ict(source: str | Path, target: str | Path, parts: tuple[Part, ...] = PARTS) -> ConversionReport:
    """Convert a clone of ICT-FaceKit to a head in FLAME's format with names, UV, masks and landmarks.

    Args:
        source: The clone, or ``FaceXModel`` in it.
        target: The ``.npz`` to write.
        parts: The parts of the mesh.

    Raises:
        FileNotFoundError: A file of the clone is missing.
        ValueError: A file is damaged, does not fit the others, or is of another version.
    """
    source, target = Path(source), Path(target)
    clone = read_clone(source)
    arrays = ict_head(clone, parts).arrays
    missing = [name for name in ARKIT_NAMES if name not in arrays["expression_names"]]
    if len(clone.verts) == PARTS[-1].stop:
        arrays |= _dense_landmarks(arrays)
    else:
        missing.append("468 dense landmarks")
    write_npz(target, arrays)
    count = len(arrays["expression_names"])
    contents = (
        f"head of {len(clone.verts)} vertices, {len(clone.identity)} identity and {count} expression columns, UV, "
        "masks, landmarks"
    )
    return ConversionReport(source, {target: contents}, [f"flame=dict(model='{target}')"], clone.ignored, missing)


def _dense_landmarks(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The points on this clone's triangles, which need not split the quads as ours did."""
    verts, faces = arrays["v_template"].astype(np.float64), arrays["f"].astype(np.int64)
    corners, weights = read_landmark_corners(LANDMARKS, len(verts))
    skin = (arrays["vertex_parts"] == "skin")[faces].all(1)
    found = on_mesh(np.einsum("nkc,nk->nc", verts[corners], weights), verts, faces, skin)
    return {"dense_triangles": found.triangles, "dense_weights": found.weights}
