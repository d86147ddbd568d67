"""Normals in the frame of the coarse surface, texel by texel."""

import numpy as np
import pytest
import torch

from aucgan.renderers.tangent_space import tangent_space_normals


def maps(seed):
    generator = torch.Generator().manual_seed(seed)
    normals, positions, up = torch.randn(3, 2, 3, 5, 6, generator=generator, dtype=torch.float64)
    up[1] *= -1  # the second surface is seen from its other side: its map is mirrored in places
    return normals, positions, up


def literal(normals, positions, up):
    """Tangent along u within the surface, bitangent across it towards growing v, and the coarse normal."""
    height, width = normals.shape[1:]
    found = np.zeros((3, height, width))
    for row in range(height):
        for column in range(width):
            left, right = max(column - 1, 0), min(column + 1, width - 1)
            above, below = max(row - 1, 0), min(row + 1, height - 1)
            along_u = (positions[:, row, right] - positions[:, row, left]) / (right - left)
            along_v = (positions[:, above, column] - positions[:, below, column]) / (below - above)
            n, normal = up[:, row, column], normals[:, row, column]
            if not n.any() or not normal.any():
                found[:, row, column] = 0, 0, 1
                continue
            n = n / np.linalg.norm(n)
            tangent = along_u - n * (along_u @ n)
            tangent /= np.linalg.norm(tangent)
            bitangent = np.cross(n, tangent)
            bitangent = -bitangent if bitangent @ along_v < 0 else bitangent
            local = np.array([tangent @ normal, bitangent @ normal, n @ normal])
            found[:, row, column] = local / np.linalg.norm(local)
    return found


@pytest.mark.parametrize("seed", [0, 1])
def test_equals_the_frame_written_out(seed):
    normals, positions, up = maps(seed)
    normals[0, :, 2, 3] = 0  # a texel without detail, and one without a surface
    up[1, :, 4, 0] = 0
    normals[0, 1, 0, 0] = normals[1, 2, 1, :] = up[0, 0, 3, :] = 0  # single components do not make a texel empty
    found = tangent_space_normals(normals, positions, up)
    expected = [literal(*(m[i].cpu().numpy() for m in (normals, positions, up))) for i in range(2)]
    torch.testing.assert_close(found, torch.as_tensor(np.stack(expected)))


def test_equal_normals_are_straight_up():
    _, positions, up = maps(2)
    flat = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64).view(1, 3, 1, 1).expand(2, 3, 5, 6)
    torch.testing.assert_close(tangent_space_normals(up, positions, up), flat, atol=1e-12, rtol=0)
