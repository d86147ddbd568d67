"""One-line errors for tensors whose shapes do not fit together."""

from __future__ import annotations

from torch import Tensor


def require_same_shape(**tensors: Tensor) -> None:
    """Raise unless the named tensors all have the same shape.

    Raises:
        ValueError: It names every tensor and its shape.
    """
    if len({tuple(t.shape) for t in tensors.values()}) > 1:
        shapes = ", ".join(f"{name} {tuple(t.shape)}" for name, t in tensors.items())
        raise ValueError(f"the shapes must be equal, but got {shapes}")


def require_shape(name: str, tensor: Tensor, shape: tuple[int | None, ...]) -> None:
    """Raise unless a tensor has the given shape, where ``None`` stands for any size.

    Raises:
        ValueError: It names the tensor, the expected and the given shape.
    """
    fits = tensor.ndim == len(shape) and all(e is None or e == g for e, g in zip(shape, tensor.shape, strict=True))
    if not fits:
        expected = ", ".join("*" if size is None else str(size) for size in shape)
        raise ValueError(f"{name} must have the shape ({expected}), but got {tuple(tensor.shape)}")


def require_mask_of(mask: Tensor, image: Tensor) -> None:
    """Raise unless ``mask`` is ``(B, 1, H, W)`` for an image ``(B, C, H, W)``.

    Raises:
        ValueError: It names both shapes.
    """
    require_shape("mask", mask, (image.shape[0], 1, *image.shape[-2:]))


def require_choice(name: str, value: str, choices: tuple[str, ...]) -> str:
    """Return ``value`` if it is one of ``choices``.

    Raises:
        ValueError: It names the argument, the value and the choices.
    """
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, but got {value!r}")
    return value
