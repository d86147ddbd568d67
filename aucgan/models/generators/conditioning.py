"""What the generators share at their doors: sizes of the pyramid, and the optional condition."""

from __future__ import annotations

from torch import Tensor

JAW_SCALE = 5.0
"""Brings the jaw's rotation (radians, up to about 0.4 when the mouth is wide open) to the size of the other codes."""


def resolutions(start_size: int, uv_size: int) -> list[int]:
    """Sides of a pyramid that doubles from ``start_size`` to ``uv_size``.

    Raises:
        ValueError: ``uv_size`` is not ``start_size`` times a power of two.
    """
    sizes = [start_size]
    while sizes[-1] < uv_size:
        sizes.append(2 * sizes[-1])
    if sizes[-1] != uv_size:
        raise ValueError(f"uv_size={uv_size} cannot be reached by doubling {start_size}: choose {sizes[-1]}")
    return sizes


def condition_list(condition: Tensor | None, condition_dim: int) -> list[Tensor]:
    """The optional condition as a list of zero or one tensors ``(B,condition_dim)``, checked.

    Raises:
        ValueError: A condition is missing, or given to a generator that was built without one.
    """
    got = 0 if condition is None else condition.shape[1]
    if got != condition_dim:
        raise ValueError(
            f"the generator was built with condition_dim={condition_dim}, but a condition of length {got} came: "
            "set condition_dim to the length that the AUEncoder gives (0 without one)"
        )
    return [] if condition is None else [condition]
