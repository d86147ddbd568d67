"""The 468 points of MediaPipe's face mesh as points on a head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aucgan.files.model_file import check_shapes

N_DENSE = 468


@dataclass(frozen=True)
class DenseLandmarks:
    """Where the points lie: triangles and barycentric weights.

    Attributes:
        faces: Triangle of each point, ``(468,)`` int64.
        weights: Weights of the triangle's corners, ``(468, 3)`` float32.
    """

    faces: np.ndarray
    weights: np.ndarray

    @classmethod
    def from_arrays(cls, faces: np.ndarray, weights: np.ndarray, name: str) -> DenseLandmarks:
        """Check shapes and bring the arrays to our types.

        Raises:
            ValueError: An array has another shape.
        """
        check_shapes({"faces": faces, "weights": weights}, {"faces": (N_DENSE,), "weights": (N_DENSE, 3)}, name)
        return cls(np.ascontiguousarray(faces, np.int64), np.ascontiguousarray(weights, np.float32))

    def check(self, n_faces: int, name: str) -> None:
        """Compare with a mesh.

        Raises:
            ValueError: A point lies on a triangle that the mesh does not have.
        """
        if self.faces.min() < 0 or self.faces.max() >= n_faces:
            raise ValueError(f"{name} name triangle {self.faces.max()}, but the head has {n_faces}")

    def points(self, verts: np.ndarray, faces: np.ndarray) -> np.ndarray:
        """Positions on a mesh, ``(468, 3)``."""
        return (verts[faces[self.faces]] * self.weights[..., None]).sum(1)
