"""A small head for fits: an ellipsoid with a face on it, smooth columns, and the 468 points."""

import numpy as np
import torch
from scipy.spatial import ConvexHull

from aucgan.detection import DetectedFace
from aucgan.detection.mesh_points import LEFT_EYE_CORNER, N_POINTS, OUTLINE, RIGHT_EYE_CORNER
from aucgan.heads.dense_landmarks import DenseLandmarks
from aucgan.heads.head import Head
from aucgan.heads.jaw_hinge import correctives
from aucgan.heads.landmark_embedding import LandmarkEmbedding
from aucgan.heads.sliding_contour import seen_from_front
from aucgan.renderers.camera import pinhole

NAMES = ("browInnerUp", "mouthSmileLeft", "mouthSmileRight", "eyeBlinkLeft", "eyeBlinkRight", "jawOpen")
JAW_ANGLE = 0.4
N_IDENTITY = 6
SIZE = 400
FOCAL = 900.0


def toy_head(names=NAMES, skinned_jaw=False, seed=0):
    """A head of 500 vertices. ``skinned_jaw``: its jaw turns, and no column opens it."""
    rng = np.random.default_rng(seed)
    verts = rng.normal(size=(500, 3))
    verts *= np.array([0.07, 0.1, 0.08]) / np.linalg.norm(verts, axis=1, keepdims=True)
    faces = _outward(verts, ConvexHull(verts).simplices.astype(np.int64))
    identity = _columns(verts, N_IDENTITY, 0.05, 0.004, rng)
    expression = _columns(verts, len(names), 0.03, 0.012, rng)
    posedirs, weights = np.zeros((len(verts), 3, 36)), np.tile([0.0, 1, 0, 0, 0], (len(verts), 1))
    turns = {}
    if skinned_jaw:
        weights[:, 2] = np.clip(-verts[:, 1] / 0.1, 0, 1)
        weights[:, 1] = 1 - weights[:, 2]
    elif "jawOpen" in names:
        posedirs[..., 9:18] = correctives(expression[list(names).index("jawOpen")], JAW_ANGLE)
        turns = {"jawOpen": (JAW_ANGLE, 0.0, 0.0)}
    mask, first = np.ones((256, 256), np.float32), np.zeros
    embedding = LandmarkEmbedding(
        first(51, int), np.full((51, 3), 1 / 3), first((79, 17), int), np.full((79, 17, 3), 1 / 3), first(68, int),
        np.full((68, 3), 1 / 3),
    )  # fmt: skip
    return Head(
        v_template=verts.astype(np.float32),
        faces=faces,
        shapedirs=np.concatenate([identity, expression]).transpose(1, 2, 0).astype(np.float32),
        posedirs=posedirs.astype(np.float32),
        j_regressor=np.full((5, len(verts)), 1 / len(verts), np.float32),
        parents=np.array([-1, 0, 1, 1, 1]),
        weights=weights.astype(np.float32),
        uv_coords=np.full((3, 2), 0.5, np.float32),
        uv_faces=np.zeros_like(faces),
        face_mask=mask,
        face_eye_mask=mask,
        identity_names=[f"person{i}" for i in range(N_IDENTITY)],
        expression_names=list(names),
        vertex_parts=np.full(len(verts), "skin"),
        landmarks=embedding,
        dense_landmarks=_points(verts, faces, rng),
        jaw_turns=turns,
    )


def seen(model, identity, expression, turn, shift, focal=FOCAL):
    """Detected faces of codes ``(B, ·)`` on photos of side :data:`SIZE`, and the photos' stand-ins."""
    from aucgan.models.face_models.rotations import axis_angle_to_matrix

    points = model.points(identity, expression)[:, :N_POINTS] @ axis_angle_to_matrix(turn).transpose(1, 2)
    batch = len(points)
    pixels = pinhole(points + shift[:, None], torch.full((batch,), focal), torch.full((batch, 2), SIZE / 2))
    faces = [DetectedFace(np.zeros(4, np.float32), 1.0, landmarks468=one.numpy().astype(np.float32)) for one in pixels]
    return faces, [np.zeros((SIZE, SIZE, 3), np.uint8)] * batch


def _columns(verts, count, reach, size, rng):
    front = verts[verts[:, 2] > 0.03]
    centres = front[rng.integers(0, len(front), count)]
    near = np.exp(-((verts[None] - centres[:, None]) ** 2).sum(-1) / (2 * reach**2))
    pulls = rng.normal(size=(count, 3))
    pulls *= size / np.linalg.norm(pulls, axis=1, keepdims=True)
    return near[..., None] * pulls[:, None]


def _outward(verts, faces):
    corners = verts[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    inward = (normal * corners.mean(1)).sum(1) < 0
    faces[inward] = faces[inward][:, ::-1]
    return faces


def _points(verts, faces, rng):
    """Places on the front: a ring for the outline, the tip of the nose in the middle, two corners of eyes."""
    spread = np.sqrt(rng.uniform(0, 1, N_POINTS))[:, None]
    angle = rng.uniform(0, 2 * np.pi, N_POINTS)
    places = 0.85 * spread * np.stack([0.065 * np.sin(angle), 0.09 * np.cos(angle)], 1)
    round_ = 2 * np.pi * np.arange(len(OUTLINE)) / len(OUTLINE)
    places[list(OUTLINE)] = 0.93 * np.stack([0.068 * np.sin(round_), 0.095 * np.cos(round_)], 1)
    places[1], places[LEFT_EYE_CORNER], places[RIGHT_EYE_CORNER] = (0, 0), (0.046, 0.03), (-0.046, 0.03)
    return DenseLandmarks.from_arrays(*seen_from_front(verts, faces, places), "toy")
