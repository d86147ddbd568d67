"""Meshes that several renderer tests share."""

import numpy as np
import pytest
import torch
import trimesh

from aucgan.heads.topology import MeshTopology


def grid_topology(columns=9, rows=9, mask_size=32):
    """A flat sheet whose UV layout fills most of the unit square."""
    u, v = np.meshgrid(np.linspace(0.05, 0.95, columns), np.linspace(0.05, 0.95, rows))
    corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).reshape(-1)
    faces = np.concatenate(
        [
            np.stack([corner, corner + 1, corner + columns], 1),
            np.stack([corner + 1, corner + columns + 1, corner + columns], 1),
        ]
    ).astype(np.int64)
    uv = np.stack([u.ravel(), v.ravel()], 1).astype(np.float32)
    ones = np.ones((mask_size, mask_size), np.float32)
    return MeshTopology(faces, uv, faces, ones, ones, np.zeros_like(ones))


@pytest.fixture
def sheet():
    """The flat sheet as (topology, vertices (1, V, 3)): 0.2 m wide, facing +z."""
    topology = grid_topology()
    xy = (topology.uv_coords - 0.5) * 0.2
    verts = np.concatenate([xy, np.zeros((len(xy), 1), np.float32)], 1)
    return topology, torch.as_tensor(verts)[None]


@pytest.fixture(scope="session")
def icosphere():
    """Function of the subdivision count: vertices (V, 3) float32 and outward faces (F, 3) of a unit sphere."""

    def build(subdivisions=3):
        mesh = trimesh.creation.icosphere(subdivisions)
        return torch.tensor(np.array(mesh.vertices), dtype=torch.float32), torch.tensor(np.array(mesh.faces)).long()

    return build
