"""A reconstructed face without a photo of anybody: named weights on the default head before a camera."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import torch

from aucgan.apis.photos import Photo
from aucgan.apis.reconstruction.face_result import ReconstructedFace
from aucgan.apis.reconstruction.studio import Studio
from aucgan.detection.detected_face import DetectedFace, bounding_box
from aucgan.detection.mesh_points import IBUG68
from aucgan.expression import arkit_to_codes
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.heads import load_head

SIDE, FOCAL, AWAY = 200, 500.0, 0.8


@cache
def studio():
    head = load_head("anny")
    return Studio(head, "anny", uv_size=128)


def posed_face(weights, seed=0, zoom=1, **columns):
    """A face that shows weights by name, and columns of the head's own beside them, in a photo of 200 · zoom pixels."""
    head, generator = studio().head, torch.Generator().manual_seed(seed)
    codes = arkit_to_codes(weights, head)
    exp = torch.from_numpy(codes.exp.copy())[None]
    for name, value in columns.items():
        exp[0, head.expression_names.index(name)] = value
    none = torch.zeros(1, 468, 2)
    shape = 0.3 * torch.randn(1, head.n_identity, generator=generator) / head.n_identity**0.5
    fitted = FittedFaces(
        head=head,
        shape=shape,
        expression=exp,
        pose=torch.cat([torch.tensor([[0.1, -0.2, 0.05]]), torch.from_numpy(codes.jaw_pose)[None]], 1),
        neck_pose=torch.zeros(1, 3),
        eye_pose=torch.zeros(1, 6),
        translation=torch.tensor([[0.0, 0.0, -AWAY]]),
        focal=torch.tensor([zoom * FOCAL]),
        principal_point=torch.tensor([[zoom * SIDE / 2, zoom * SIDE / 2]]),
        verts=torch.zeros(1, 0, 3),
        landmarks468=none,
        landmarks68=none[:, :68],
        residuals=none[..., 0],
        visible=torch.ones(1, 468, dtype=torch.bool),
        confidence=torch.ones(1),
        warnings=[[]],
        weak=False,
        iterations=torch.zeros(1, dtype=torch.int64),
    )
    verts = studio().posed(fitted)
    dense = head.dense_landmarks
    seen = fitted.to_pixels(torch.from_numpy(dense.points(verts[0].numpy(), head.faces)).float()[None])
    fitted = replace(fitted, verts=verts, landmarks468=seen, landmarks68=seen[:, list(IBUG68)])
    points = seen[0].numpy()
    detected = DetectedFace(bounding_box(points), 1.0, landmarks68=points[list(IBUG68)], landmarks468=points)
    return ReconstructedFace(fitted, detected, _photo(seed, zoom * SIDE), studio())


def _photo(seed, side):
    rough = np.random.default_rng(seed).uniform(40, 220, (10, 10, 3)).astype(np.uint8)
    return Photo(cv2.resize(rough, (side, side), interpolation=cv2.INTER_CUBIC), (side, side))
