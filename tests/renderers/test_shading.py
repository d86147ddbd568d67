import math

import pytest
import torch

from aucgan.renderers.shading import (
    SH_FACTORS,
    directional_irradiance,
    point_irradiance,
    sh_basis,
    sh_irradiance,
    shape_lights,
)


def lambert():
    """What a matt surface leaves of each harmonic, ``(9, 1)``."""
    return torch.tensor([1.0] + [2 * math.pi / 3] * 3 + [math.pi / 4] * 5)[:, None]


def random_normals(count, seed=0, dtype=torch.float32):
    generator = torch.Generator().manual_seed(seed)
    normals = torch.randn(1, 3, count, generator=generator, dtype=dtype)
    return torch.nn.functional.normalize(normals, dim=1)


def sphere_quadrature(rows=200, columns=400):
    """Directions (N, 3) and solid angles (N,) that cover the sphere."""
    theta = (torch.arange(rows, dtype=torch.float64) + 0.5) * math.pi / rows
    phi = (torch.arange(columns, dtype=torch.float64) + 0.5) * 2 * math.pi / columns
    theta, phi = (axis.flatten() for axis in torch.meshgrid(theta, phi, indexing="ij"))
    directions = torch.stack([theta.sin() * phi.cos(), theta.sin() * phi.sin(), theta.cos()], 1)
    return directions, theta.sin() * (math.pi / rows) * (2 * math.pi / columns)


def test_sh_irradiance_equals_the_integral_over_the_sphere():
    directions, solid_angle = sphere_quadrature()
    coeffs = torch.randn(1, 9, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    harmonics = sh_basis(directions.t()[None])[0] / lambert()
    radiance_coeffs = coeffs[0].clone()
    radiance_coeffs[0] /= math.pi
    radiance = harmonics.t() @ radiance_coeffs
    normals = random_normals(20, dtype=torch.float64)
    cosine = (normals[0].t() @ directions.t()).clamp(min=0)
    expected = (cosine * solid_angle) @ radiance
    torch.testing.assert_close(sh_irradiance(normals, coeffs)[0].t(), expected, atol=1e-4, rtol=1e-3)


def test_sh_basis_is_orthogonal():
    directions, solid_angle = sphere_quadrature()
    harmonics = sh_basis(directions.t()[None])[0] / lambert()
    gram = (harmonics * solid_angle) @ harmonics.t()
    torch.testing.assert_close(gram, torch.eye(9, dtype=torch.float64), atol=1e-3, rtol=0)


def test_sh_irradiance_is_basis_times_coefficients():
    normals, coeffs = random_normals(12).view(1, 3, 3, 4), torch.randn(1, 9, 3)
    expected = torch.einsum("bkhw,bkc->bchw", sh_basis(normals), coeffs)
    torch.testing.assert_close(sh_irradiance(normals, coeffs), expected, atol=1e-5, rtol=1e-5)
    ambient = torch.zeros(1, 9, 3)
    ambient[:, 0] = 1 / SH_FACTORS[0]
    torch.testing.assert_close(sh_irradiance(normals, ambient)[:, 0], torch.ones(1, 3, 4) - 0.0)


def test_directional_light_known_values():
    normals = torch.tensor([[[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]]])
    light = torch.tensor([[[0.0, 3.0, 3.0, 1.0, 2.0, 3.0], [0.0, 0.0, -1.0, 9.0, 9.0, 9.0]]])
    expected = torch.tensor([1.0, 2.0, 3.0]) / math.sqrt(2) / 2
    torch.testing.assert_close(directional_irradiance(normals, light), expected[None, :, None].expand(1, 3, 2))


def test_a_far_point_light_is_a_directional_light():
    normals = random_normals(30)
    normals = normals * normals[:, 2:].sign()
    positions = torch.randn(1, 3, 30) * 0.1
    direction = torch.tensor([[[0.0, 0.0, 1.0, 0.5, 0.6, 0.7]]])
    far = direction.clone()
    far[..., :3] *= 1e5
    torch.testing.assert_close(
        point_irradiance(positions, normals, far), directional_irradiance(normals, direction), atol=1e-4, rtol=0
    )


def test_shape_lights():
    lights = shape_lights(torch.zeros(2, 3, 4, 4))
    assert lights.shape == (2, 5, 6)
    assert (lights[..., 3:] == 1.7).all()


@pytest.mark.parametrize("function", [sh_irradiance, directional_irradiance])
def test_gradients(function):
    normals = random_normals(4, dtype=torch.float64).requires_grad_()
    shape = (1, 9, 3) if function is sh_irradiance else (1, 2, 6)
    light = torch.randn(shape, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    assert torch.autograd.gradcheck(function, (normals, light.requires_grad_()))
