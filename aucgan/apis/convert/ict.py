"""A clone of ICT-FaceKit to one head file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from aucgan.apis.convert.files import write_npz
from aucgan.apis.convert.report import ConversionReport
from aucgan.apis.embedding.labels import on_mesh
from aucgan.heads.arkit import ARKIT_NAMES
from aucgan.heads.dense_landmarks import DenseLandmarks
from aucgan.heads.head import Head
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
    head = ict_head(clone, parts)
    missing = [name for name in ARKIT_NAMES if name not in head.expression_names]
    if parts is PARTS:
        head = head.with_dense_landmarks(_dense_landmarks(head))
    else:
        missing.append("468 dense landmarks")
    write_npz(target, head.arrays())
    contents = (
        f"head of {len(head.v_template)} vertices, {head.n_identity} identity and {len(head.expression_names)} "
        "expression columns, UV, masks, landmarks"
    )
    return ConversionReport(source, {target: contents}, [f"flame=dict(model='{target}')"], clone.ignored, missing)


def _dense_landmarks(head: Head) -> DenseLandmarks:
    """The points on this clone's triangles, which need not split the quads as ours did."""
    with np.load(LANDMARKS, allow_pickle=False) as stored:
        corners, weights = stored["corners"], stored["weights"]
    verts = head.v_template.astype(np.float64)
    skin = (head.vertex_parts == "skin")[head.faces].all(1)
    return on_mesh(np.einsum("nkc,nk->nc", verts[corners], weights), verts, head.faces, skin)
