import torch

from aucgan.renderers.colormaps import signed_heat

BLUE, WHITE, RED = ((0.13, 0.28, 0.62), (0.96, 0.96, 0.94), (0.72, 0.11, 0.13))


def test_colours_between_the_ends_and_white():
    values = torch.tensor([-3.0, -2.0, -0.5, 0.0, 0.5, 2.0, 9.0]).view(1, 1, 1, 7)
    blue, white, red = (torch.tensor(colour) for colour in (BLUE, WHITE, RED))
    expected = [blue, blue, 0.25 * blue + 0.75 * white, white, 0.25 * red + 0.75 * white, red, red]
    torch.testing.assert_close(signed_heat(values, 2.0)[0, :, 0].T, torch.stack(expected))
