"""FLAME: codes to mesh and landmarks, by blendshapes and linear blend skinning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from aucgan.heads.flame_model import FlameModelArrays
from aucgan.heads.library import DEFAULT_HEAD, load_flame_model, load_landmarks
from aucgan.models.face_models.contour import contour_rows, head_yaw_degrees, points_on_mesh
from aucgan.models.face_models.rotations import axis_angle_to_matrix
from aucgan.registry import MODELS

NECK, JAW = 1, 2


@MODELS.register_module()
class FLAME(nn.Module):
    """FLAME head model [1]: identity, expression and pose codes to vertices and 68 landmarks.

    It has no weights: the model's arrays are buffers that are not written to checkpoints. It computes in float32
    also under autocast, because half precision would move vertices by tenths of a millimetre.

    Args:
        model: ``'anny'`` or the path of a FLAME file (published ``.pkl``/``.npz`` or converted
            ``.npz``) or of a head's file.
        landmarks: ``'anny'`` or the path of a landmark embedding (``.npy`` or converted ``.npz``).
        n_shape: Identity columns used, at most those of the model (300 in FLAME).
        n_exp: Expression columns used, at most those of the model (100 in FLAME).

    [1] Li, Bolkart, Black, Li & Romero, Learning a model of facial shape and expression from 4D scans,
        SIGGRAPH Asia 2017.
    """

    faces: Tensor
    v_template: Tensor
    dirs: Tensor
    joint_template: Tensor
    joint_dirs: Tensor
    skinning: Tensor
    static_corners: Tensor
    static_bary: Tensor
    dynamic_corners: Tensor
    dynamic_bary: Tensor
    full_corners: Tensor
    full_bary: Tensor
    shown: Tensor

    def __init__(
        self,
        model: str | Path = DEFAULT_HEAD,
        landmarks: str | Path = DEFAULT_HEAD,
        n_shape: int = 100,
        n_exp: int = 50,
    ):
        super().__init__()
        arrays = load_flame_model(model)
        most = arrays.n_identity, arrays.shapedirs.shape[-1] - arrays.n_identity
        if not (1 <= n_shape <= most[0] and 1 <= n_exp <= most[1]):
            raise ValueError(
                f"model {model}: n_shape must be 1…{most[0]} and n_exp 1…{most[1]}, not {n_shape} and {n_exp}"
            )
        self.n_shape, self.n_exp = n_shape, n_exp
        self.parents = tuple(int(parent) for parent in arrays.parents)
        self._add_model(arrays)
        self._add_landmarks(landmarks, arrays.faces)

    def _add_model(self, arrays: FlameModelArrays) -> None:
        columns = [*range(self.n_shape), *range(arrays.n_identity, arrays.n_identity + self.n_exp)]
        shape_dirs = arrays.shapedirs[..., columns].astype(np.float64)
        regressor = arrays.j_regressor.astype(np.float64)
        template = arrays.v_template.astype(np.float64)
        self._add("faces", arrays.faces)
        # Vertices are kept as planes (3, V) until the end: per-vertex products then run over long rows.
        self._add("v_template", template.T.reshape(1, -1))
        # One product moves the vertices: rows are shape, expression, then the pose feature. (K + 36, 3V)
        directions = np.concatenate([shape_dirs, arrays.posedirs], axis=-1)
        self._add("dirs", directions.transpose(2, 1, 0).reshape(directions.shape[-1], -1))
        # Joints are linear in the codes too, so that they need no blended vertices. (K, 15)
        self._add("joint_template", (regressor @ template).reshape(1, -1))
        self._add("joint_dirs", np.einsum("jv,vck->kjc", regressor, shape_dirs).reshape(len(columns), -1))
        self._add("skinning", arrays.weights.T)
        hidden = np.zeros(len(arrays.v_template), bool) if arrays.hidden is None else arrays.hidden
        self._add("shown", np.flatnonzero(~hidden))

    def _add_landmarks(self, source: str | Path, faces: np.ndarray) -> None:
        embedding = load_landmarks(source)
        for kind in ("static", "dynamic", "full"):
            index = getattr(embedding, f"{kind}_faces_idx")
            if index.min() < 0 or index.max() >= len(faces):
                raise ValueError(
                    f"landmarks {source} name face {index.max()}, but the model has {len(faces)} faces: "
                    "take the embedding that belongs to this model"
                )
            self._add(f"{kind}_corners", faces[index])
            self._add(f"{kind}_bary", getattr(embedding, f"{kind}_bary_coords"))

    def _add(self, name: str, array: np.ndarray) -> None:
        dtype = torch.int64 if np.issubdtype(array.dtype, np.integer) else torch.float32
        self.register_buffer(name, torch.as_tensor(np.ascontiguousarray(array)).to(dtype), persistent=False)

    def forward(
        self,
        shape: Tensor,
        exp: Tensor,
        pose: Tensor,
        eye_pose: Tensor | None = None,
        neck_pose: Tensor | None = None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Codes to mesh.

        Args:
            shape: Identity coefficients, ``(B, n_shape)``.
            exp: Expression coefficients, ``(B, n_exp)``.
            pose: Global rotation and jaw rotation, axis-angle in radians, ``(B, 6)``.
            eye_pose: Left and right eye, axis-angle, ``(B, 6)`` or ``(1, 6)``; zero if absent.
            neck_pose: Axis-angle, ``(B, 3)`` or ``(1, 3)``; zero if absent.

        Returns:
            Vertices ``(B, V, 3)``, landmarks whose contour moves with the yaw ``(B, 68, 3)``, and landmarks with
            a fixed contour ``(B, 68, 3)``, all in metres.

        Raises:
            ValueError: A code has another width than the model was built for.
        """
        self._check(shape, exp, pose)
        with torch.autocast(shape.device.type, enabled=False):
            dtype = self.v_template.dtype
            betas = torch.cat([shape, exp], dim=1).to(dtype)
            rotations = axis_angle_to_matrix(_full_pose(pose, eye_pose, neck_pose).to(dtype))
            verts = self._skin(self._blend(betas, rotations), self._joint_transforms(betas, rotations))
            return verts, self.landmarks2d(verts, rotations), self.landmarks3d(verts)

    def neutral_and_motion(
        self, shape: Tensor, exp: Tensor, jaw_pose: Tensor, eye_pose: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """The head apart from what moves it, both without the global rotation.

        Args:
            shape: ``(B, n_shape)``.
            exp: ``(B, n_exp)``.
            jaw_pose: Axis-angle in radians, ``(B, 3)``.
            eye_pose: Axis-angle, ``(B, 6)`` or ``(1, 6)``; zero if absent.

        Returns:
            Vertices without expression and pose, and the offsets that expression, jaw and eyes add to them,
            ``(B, W, 3)`` metres both: of the W vertices that a photo can show (``shown``), without the tongue and the
            inside of the mouth where the head names them.
        """
        batch = len(shape)
        eyes = shape.new_zeros(batch, 6) if eye_pose is None else eye_pose.expand(batch, 6)
        pose = torch.cat([torch.zeros_like(jaw_pose), jaw_pose], dim=1)
        moved = (shape, exp, pose, eyes)
        still = (shape, *(torch.zeros_like(code) for code in moved[1:]))
        verts, _, _ = self(*(torch.cat(pair) for pair in zip(still, moved, strict=True)))
        neutral, moved_verts = verts[:, self.shown].chunk(2)
        return neutral, moved_verts - neutral

    def landmarks2d(self, verts: Tensor, rotations: Tensor) -> Tensor:
        """68 landmarks with the contour seen at this yaw; ``rotations`` are local, ``(B, 5, 3, 3)``."""
        rows = contour_rows(head_yaw_degrees(rotations[:, 0], rotations[:, NECK]).detach())
        corners = torch.cat([self.dynamic_corners[rows], self.static_corners.expand(len(rows), -1, -1)], dim=1)
        bary = torch.cat([self.dynamic_bary[rows], self.static_bary.expand(len(rows), -1, -1)], dim=1)
        return points_on_mesh(verts, corners, bary)

    def landmarks3d(self, verts: Tensor) -> Tensor:
        """68 landmarks with a fixed contour, ``(B, 68, 3)``."""
        return points_on_mesh(verts, self.full_corners, self.full_bary)

    def _blend(self, betas: Tensor, rotations: Tensor) -> Tensor:
        """Vertices before skinning: template + blendshapes + pose correctives, ``(B, 3, V)``."""
        identity = torch.eye(3, dtype=betas.dtype, device=betas.device)
        feature = (rotations[:, 1:] - identity).flatten(1)
        codes = torch.cat([betas, feature], dim=1)
        return torch.addmm(self.v_template, codes, self.dirs).unflatten(1, (3, -1))

    def _joint_transforms(self, betas: Tensor, rotations: Tensor) -> Tensor:
        """Rigid motion of each joint from rest, rotation and translation, ``(B, 5, 3, 4)``."""
        joints = torch.addmm(self.joint_template, betas, self.joint_dirs).unflatten(1, (-1, 3, 1))
        turned, placed = [rotations[:, 0]], [joints[:, 0]]
        for joint, parent in enumerate(self.parents[1:], start=1):
            turned.append(turned[parent] @ rotations[:, joint])
            placed.append(placed[parent] + turned[parent] @ (joints[:, joint] - joints[:, parent]))
        rotation, place = torch.stack(turned, 1), torch.stack(placed, 1)
        return torch.cat([rotation, place - rotation @ joints], dim=-1)

    def _skin(self, verts: Tensor, transforms: Tensor) -> Tensor:
        """Linear blend skinning, planes ``(B, 3, V)`` to vertices ``(B, V, 3)``."""
        blended = (transforms.flatten(2).transpose(1, 2) @ self.skinning).unflatten(1, (3, 4))  # (B, 3, 4, V)
        turned = (blended[:, :, :3] * verts[:, None]).sum(2)
        return (turned + blended[:, :, 3]).transpose(1, 2).contiguous()

    def _check(self, shape: Tensor, exp: Tensor, pose: Tensor) -> None:
        for name, code, width in (("shape", shape, self.n_shape), ("exp", exp, self.n_exp), ("pose", pose, 6)):
            if code.shape[1:] != (width,):
                raise ValueError(f"FLAME: {name} must be (B, {width}), not {tuple(code.shape)}")


def _full_pose(pose: Tensor, eye_pose: Tensor | None, neck_pose: Tensor | None) -> Tensor:
    """The five local rotations (global, neck, jaw, eyes), ``(B, 5, 3)``."""
    batch = pose.shape[0]
    neck = pose.new_zeros(batch, 3) if neck_pose is None else neck_pose.expand(batch, 3)
    eyes = pose.new_zeros(batch, 6) if eye_pose is None else eye_pose.expand(batch, 6)
    return torch.cat([pose[:, :3], neck, pose[:, 3:], eyes], dim=1).unflatten(1, (5, 3))
