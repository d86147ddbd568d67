"""A clone of ICT-FaceKit as a head in FLAME's format."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from aucgan.arkit import arkit_name, without_side
from aucgan.heads.arkit import ARKIT_NAMES
from aucgan.heads.flame_model import N_POSE_FEATURES
from aucgan.heads.head import Head, head_from_arrays
from aucgan.heads.ict_clone import IctClone
from aucgan.heads.ict_parts import PARTS, Part, common_chart, part_numbers
from aucgan.heads.jaw_hinge import JawHinge, correctives, jaw_hinge, regressor_row
from aucgan.heads.sliding_contour import at_vertex, sliding_contour
from aucgan.heads.topology import MASK_SIZE

EYES_AT = (0.0300, 0.0405)
"""Height and depth of the eyes' centres in FLAME's frame, metres."""
NECK_BELOW_EYES, NECK_BEHIND_EYES = 0.090, 0.0705
"""Where the skull sits on the neck, seen from the eyes, metres; as in the default head."""
ROOT_BELOW_NECK = 0.090
"""How far the base of the neck lies below that, metres."""
STILL, BENDING = 0.02, 0.09
"""The neck bends between so much and so much below the skull's joint, metres."""
RIM = 0.02
"""Vertices within this height of a joint may give its position, metres."""
JAW = 2
BY_JOINT = ("jawOpen",)
"""Shapes that turning the jaw makes too; they come last, for whoever uses the first columns only."""


def ict_head(clone: IctClone, parts: tuple[Part, ...] = PARTS) -> Head:
    """Bring a clone to FLAME's format; its 468 dense landmarks are left to whoever knows them.

    Args:
        clone: What the files hold.
        parts: The mesh's parts.

    Raises:
        ValueError: The mesh is of another version, or jawOpen does not turn the lower teeth.
    """
    part = part_numbers(parts, len(clone.verts))
    kinds = np.array([p.kind for p in parts])[part]
    faces_part = part[clone.faces].max(1)
    eyes = np.stack([clone.verts[_named(parts, part, f"eyeball_{side}")].mean(0) for side in "lr"])
    shift = np.array([0.0, *EYES_AT]) - eyes.mean(0) * [0, 1, 1]
    verts = clone.verts + shift
    names, columns = expression_columns(clone)
    opening = columns[names.index("jawOpen")]
    lower = _lower_teeth(kinds, opening)
    hinge = jaw_hinge(verts, opening, lower)
    drawn = np.array([p.kind != "clear" for p in parts])[faces_part]
    faces, uv_faces = clone.faces[drawn], clone.uv_faces[drawn]
    uv, uv_faces = common_chart(clone.uv, uv_faces, faces_part[drawn], parts)
    arrays = {
        "v_template": verts,
        "faces": faces,
        "shapedirs": np.concatenate([clone.identity, columns]).transpose(1, 2, 0),
        "posedirs": _posedirs(opening, hinge),
        **_skeleton(verts, kinds, part, parts, hinge),
        "identity_names": np.array([f"mode{number:03d}" for number in range(len(clone.identity))], dtype=np.str_),
        "expression_names": np.array(names, dtype=np.str_),
        "uv_coords": uv,
        "uv_faces": uv_faces,
        "vertex_parts": np.where(lower, "teeth_lower", kinds),
        "jaw_turn_names": np.array(["jawOpen"]),
        "jaw_turns": np.array([[hinge.angle, 0.0, 0.0]]),
        **_masks(faces, uv, uv_faces, part, parts),
        **_landmarks(verts, faces, kinds, clone.landmarks),
    }
    return head_from_arrays(arrays, "the clone")


def expression_columns(clone: IctClone) -> tuple[list[str], np.ndarray]:
    """Names and offsets ``(E, V, 3)``: ARKit's shapes, then what ICT-FaceKit has besides, then jawOpen.

    Shapes that the files split into left and right where ARKit does not are there both ways: whole under ARKit's name,
    and as halves after all whole shapes.

    Raises:
        ValueError: There is no shape jawOpen.
    """
    offsets = dict(zip(clone.expression_names, clone.expression, strict=True))
    found = {arkit_name(name): offset for name, offset in offsets.items() if arkit_name(name)}
    halves = {name: offset for name, offset in offsets.items() if without_side(name) and not arkit_name(name)}
    for name, offset in halves.items():
        whole = without_side(name)
        found[whole] = found.get(whole, 0) + offset
    if "jawOpen" not in found:
        raise ValueError(f"the clone has no expression jawOpen; it has {', '.join(offsets) or 'none'}")
    others = {_spelled(name): offset for name, offset in offsets.items() if not arkit_name(name)}
    first = [name for name in ARKIT_NAMES if name in found and name not in BY_JOINT]
    names = [*first, *others, *BY_JOINT]
    return names, np.stack([(found | others)[name] for name in names])


def _spelled(name: str) -> str:
    """``cheekRaiser_L`` as ``cheekRaiserLeft``."""
    return (
        name.removesuffix("_L") + "Left"
        if name.endswith("_L")
        else name.removesuffix("_R") + "Right"
        if name.endswith("_R")
        else name
    )


def _named(parts: tuple[Part, ...], part: np.ndarray, name: str) -> np.ndarray:
    return part == [p.name for p in parts].index(name)


def _lower_teeth(kinds: np.ndarray, opening: np.ndarray) -> np.ndarray:
    """The teeth that jawOpen moves."""
    moved, teeth = np.linalg.norm(opening, axis=1), kinds == "teeth_upper"
    return teeth & (moved > 0.5 * moved[teeth].max(initial=0.0)) & (moved > 0)


def _posedirs(opening: np.ndarray, hinge: JawHinge) -> np.ndarray:
    """Turning the jaw moves the head as the shape jawOpen does; the joint has no skinning weights."""
    dirs = np.zeros((len(opening), 3, N_POSE_FEATURES), np.float32)
    dirs[..., 9 * (JAW - 1) : 9 * JAW] = correctives(opening, hinge.angle)
    return dirs


def _skeleton(
    verts: np.ndarray, kinds: np.ndarray, part: np.ndarray, parts: tuple[Part, ...], hinge: JawHinge
) -> dict[str, np.ndarray]:
    """Regressor, tree and weights of the joints root, neck, jaw, left and right eye."""
    balls = [_named(parts, part, f"eyeball_{side}") for side in "lr"]
    middle = 0.5 * (verts[balls[0]].mean(0) + verts[balls[1]].mean(0))
    neck = np.array([0.0, middle[1] - NECK_BELOW_EYES, middle[2] - NECK_BEHIND_EYES])
    root = neck - [0.0, ROOT_BELOW_NECK, 0.0]
    skin = kinds == "skin"
    rows = [_joint_row(verts, joint, skin) for joint in (root, neck, hinge.joint)]
    rows += [ball / ball.sum() for ball in balls]
    bend = ((neck[1] - STILL - verts[:, 1]) / (BENDING - STILL)).clip(0, 1)
    body = np.where(skin, bend * bend * (3 - 2 * bend), 0.0)
    weights = np.stack([body, 1 - body - balls[0] - balls[1], 0 * body, *balls], 1)
    return {"j_regressor": np.stack(rows), "parents": np.array([-1, 0, 1, 1, 1]), "weights": weights}


def _joint_row(verts: np.ndarray, joint: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """Weights of the skin about as high as a joint, of all skin where there is too little."""
    near = skin & (np.abs(verts[:, 1] - joint[1]) < RIM)
    return regressor_row(verts, joint, near if near.sum() >= 12 else skin)


def _masks(
    faces: np.ndarray, uv: np.ndarray, uv_faces: np.ndarray, part: np.ndarray, parts: tuple[Part, ...]
) -> dict[str, np.ndarray]:
    """UV masks ``(256, 256)`` of the face with the eyes, and of the face's skin alone, soft at its border."""
    name = np.array([p.name for p in parts])[part][faces]
    skin = (name == "narrow_face").all(1)
    eyes = np.isin(name, ("eyeball_l", "eyeball_r")).all(1)
    face = _covered(uv, uv_faces[skin])
    return {
        "face_mask": np.maximum(face, _covered(uv, uv_faces[eyes])),
        "face_eye_mask": (gaussian_filter(face, 1.2) * face).astype(np.float32),
    }


def _covered(uv: np.ndarray, uv_faces: np.ndarray) -> np.ndarray:
    """Texels ``(256, 256)`` whose centres lie in one of the triangles, 1 there and 0 elsewhere."""
    covered = np.zeros((MASK_SIZE, MASK_SIZE), np.float32)
    for triangle in uv[uv_faces] * [MASK_SIZE, -MASK_SIZE] + [-0.5, MASK_SIZE - 0.5]:
        low, high = np.ceil(triangle.min(0)).astype(int), np.floor(triangle.max(0)).astype(int)
        x, y = np.meshgrid(np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1))
        edges = np.roll(triangle, -1, 0) - triangle
        sides = [e[0] * (y - p[1]) - e[1] * (x - p[0]) for e, p in zip(edges, triangle, strict=True)]
        inside = (np.stack(sides) >= 0).all(0) | (np.stack(sides) <= 0).all(0)
        covered[y[inside].clip(0, MASK_SIZE - 1), x[inside].clip(0, MASK_SIZE - 1)] = 1.0
    return covered


def _landmarks(verts: np.ndarray, faces: np.ndarray, kinds: np.ndarray, landmarks: np.ndarray) -> dict[str, np.ndarray]:
    """The 68 landmarks of the publisher's list, and a contour that slides with the yaw."""
    skin = np.flatnonzero((kinds == "skin")[faces].all(1))
    at = [at_vertex(faces, int(vertex)) for vertex in landmarks]
    full_faces, full_bary = np.array([face for face, _ in at]), np.stack([bary for _, bary in at])
    points = verts[landmarks]
    sliding, sliding_bary = sliding_contour(verts, faces[skin], points[:17], points[30])
    found = {
        "static": (full_faces[17:], full_bary[17:]),
        "dynamic": (skin[sliding], sliding_bary),
        "full": (full_faces, full_bary),
    }
    arrays = {}
    for kind, (index, bary) in found.items():
        arrays[f"{kind}_faces_idx"], arrays[f"{kind}_bary_coords"] = index, bary
    return arrays
