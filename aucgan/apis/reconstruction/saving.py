"""The files of a face: which there are, and writing them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from aucgan.apis.outputs.au_table import au_table, write_au_table
from aucgan.apis.outputs.code_file import FaceCodes, write_codes
from aucgan.apis.outputs.live_link import write_live_link
from aucgan.apis.reconstruction.kinds import chosen_kinds
from aucgan.apis.reconstruction.studio import UV_DETAIL
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.motion.angles import to_yaw_pitch_roll
from aucgan.motion.face_motion import FaceMotion, motion_of_codes
from aucgan.motion.morph_targets import morph_targets, neutral_head
from aucgan.renderers.export.arrays import normal_picture, to_numpy
from aucgan.renderers.export.dense_mesh import displaced_mesh, matching_levels
from aucgan.renderers.export.displacement_png import write_displacement
from aucgan.renderers.export.glb import export_glb
from aucgan.renderers.export.landmark_text import export_landmarks
from aucgan.renderers.export.obj import export_obj
from aucgan.renderers.export.picture_file import export_picture
from aucgan.renderers.export.png_bytes import png_bytes
from aucgan.renderers.export.staging import staged
from aucgan.renderers.overlay import draw_mesh

if TYPE_CHECKING:
    from aucgan.apis.reconstruction.face_result import ReconstructedFace

DECIMALS = 4
"""Of the numbers in ``NAME_expression.json``."""
PARTS_OF_DETAIL = ("displacement", "normal")
"""Kinds whose files come with ``detail``."""


def save_face(face: ReconstructedFace, folder: str | Path, what: str | Sequence[str], name: str) -> list[Path]:
    """Write a face's files, see :meth:`~aucgan.apis.reconstruction.face_result.ReconstructedFace.save`."""
    kinds = chosen_kinds(what)
    with staged(folder) as stage:
        for kind in kinds:
            if not (kind in PARTS_OF_DETAIL and "detail" in kinds):
                WRITERS[kind](face, stage / name)
        files = sorted(file.name for file in stage.iterdir())
    return [Path(folder) / file for file in files]


def motion_of(fitted: FittedFaces, times: np.ndarray, frames: np.ndarray | None = None) -> FaceMotion:
    """What a face does in some frames, in the names and angles that other programs know."""
    return motion_of_codes(
        fitted.head,
        times,
        exp=fitted.expression.numpy(),
        jaw_pose=fitted.jaw_pose.numpy(),
        eye_pose=fitted.eye_pose.numpy(),
        rotation=fitted.pose[:, :3].numpy(),
        translation=fitted.translation.numpy(),
        frames=frames,
        confidence=fitted.confidence.numpy(),
    )


def codes_of(fitted: FittedFaces, times: np.ndarray, frames: np.ndarray, face: int, head: str) -> FaceCodes:
    """All numbers that make the meshes of some frames again."""
    return FaceCodes(
        head=head,
        shape=fitted.shape.numpy(),
        exp=fitted.expression.numpy(),
        jaw_pose=fitted.jaw_pose.numpy(),
        eye_pose=fitted.eye_pose.numpy(),
        rotation=fitted.pose[:, :3].numpy(),
        translation=fitted.translation.numpy(),
        focal=fitted.focal.numpy(),
        principal_point=fitted.principal_point.numpy(),
        frame=frames,
        face=np.full(len(frames), face),
        times=times,
        confidence=fitted.confidence.numpy(),
    )


def _coarse(face: ReconstructedFace, start: Path) -> None:
    export_obj(_file(start, "_coarse.obj"), face.verts, face.studio.renderer, face.texture)


def _detail(face: ReconstructedFace, start: Path) -> None:
    normals, height = face.tangent_normals, _height(face)
    export_obj(_file(start, "_detail.obj"), face.verts, face.studio.renderer, face.texture, normals, height)


def _displacement(face: ReconstructedFace, start: Path) -> None:
    write_displacement(_file(start, "_detail_displacement.png"), _height(face))


def _normal(face: ReconstructedFace, start: Path) -> None:
    _file(start, "_detail_normal.png").write_bytes(png_bytes(normal_picture(face.tangent_normals)))


def _dense(face: ReconstructedFace, start: Path) -> None:
    renderer = face.studio.renderer
    side = UV_DETAIL if face.uv_displacement is None else len(face.uv_displacement)
    levels = matching_levels(to_numpy(renderer.uv_coords), to_numpy(renderer.uv_faces), side)
    dense = displaced_mesh(face.verts, renderer, _height(face), levels)
    export_obj(_file(start, "_dense.obj"), dense.verts, dense, face.texture)


def _glb(face: ReconstructedFace, start: Path) -> None:
    renderer = face.studio.renderer
    export_glb(_file(start, "_detail.glb"), face.verts, renderer, face.texture, face.tangent_normals)


def _morphs(face: ReconstructedFace, start: Path) -> None:
    shape = face.fitted.shape[0].numpy()
    export_glb(
        _file(start, "_morphs.glb"),
        neutral_head(face.studio.head, shape),
        face.studio.renderer,
        face.texture,
        targets=morph_targets(face.studio.head, shape),
        motion=motion_of(face.fitted, np.zeros(1)),
    )


def _arkit(face: ReconstructedFace, start: Path) -> None:
    write_live_link(_file(start, "_arkit.csv"), motion_of(face.fitted, np.zeros(1)))


def _aus(face: ReconstructedFace, start: Path) -> None:
    write_au_table(_file(start, "_aus.csv"), au_table({0: motion_of(face.fitted, np.zeros(1))}))


def _codes(face: ReconstructedFace, start: Path) -> None:
    zero = np.zeros(1, np.int64)
    write_codes(_file(start, "_codes.npz"), codes_of(face.fitted, np.zeros(1), zero, 0, face.studio.head_name))


def _landmarks(face: ReconstructedFace, start: Path) -> None:
    points = face.studio.head.landmarks
    corners = face.verts[face.faces[points.full_faces_idx]]
    export_landmarks(_file(start, "_landmarks.txt"), (corners * points.full_bary_coords[..., None]).sum(1))


def _overlay(face: ReconstructedFace, start: Path) -> None:
    divisor, fitted = face.photo.divisor, face.fitted
    pixels, seen = fitted.to_pixels(fitted.verts)[0] / divisor, fitted.camera_points(fitted.verts)[0]
    export_picture(_file(start, "_overlay.jpg"), draw_mesh(face.photo.pixels, pixels, seen, face.faces))


def _comparison(face: ReconstructedFace, start: Path) -> None:
    face.picture().save(_file(start, "_comparison.png"))


def _words(face: ReconstructedFace, start: Path) -> None:
    text = json.dumps(face_in_numbers(face), indent=1, ensure_ascii=False)
    _file(start, "_expression.json").write_text(text + "\n", encoding="utf-8")


def face_in_numbers(face: ReconstructedFace) -> dict[str, Any]:
    """What a face is and shows, as plain data."""
    yaw, pitch, roll = np.degrees(to_yaw_pitch_roll(face.pose[None, :3]))[0]
    return {
        "words": face.words,
        "confidence": round(face.confidence, DECIMALS),
        "warnings": face.warnings,
        "box": [round(float(value), 1) for value in face.box],
        "degrees": {"yaw": round(yaw, 1), "pitch": round(pitch, 1), "roll": round(roll, 1)},
        "expression": {name: round(value, DECIMALS) for name, value in face.expression.items()},
        "aus": {name: round(value, DECIMALS) for name, value in face.aus.items()},
    }


def _file(start: Path, end: str) -> Path:
    return start.with_name(start.name + end)


def _height(face: ReconstructedFace) -> np.ndarray:
    height = face.studio.height(face.uv_displacement)
    return face.studio.renderer.world2uv.dilate(height)[0, 0].cpu().numpy()


WRITERS: dict[str, Callable[[ReconstructedFace, Path], None]] = {
    "coarse": _coarse,
    "detail": _detail,
    "displacement": _displacement,
    "normal": _normal,
    "dense": _dense,
    "glb": _glb,
    "morphs": _morphs,
    "arkit": _arkit,
    "aus": _aus,
    "codes": _codes,
    "landmarks": _landmarks,
    "overlay": _overlay,
    "comparison": _comparison,
    "words": _words,
}
"""By kind; each gets the face and how the names of its files begin."""
