"""The contract of every rasterizer."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.renderers.rasterizers.fragments import CoveredPixels, Fragments


def as_size(size: int | tuple[int, int]) -> tuple[int, int]:
    """``H x W`` of a picture given as one side or as a pair."""
    height, width = (size, size) if isinstance(size, int) else (int(size[0]), int(size[1]))
    if height < 1 or width < 1:
        raise ValueError(f"image_size must be positive, got {size!r}")
    return height, width


def check_mesh(verts: Tensor, faces: Tensor) -> None:
    """Raise ``ValueError`` unless verts are (B, V, 3) floats and faces (F, 3) or (B, F, 3) int64."""
    if verts.dim() != 3 or verts.shape[-1] != 3 or not verts.is_floating_point():
        raise ValueError(f"verts must be a float tensor (B, V, 3), got {tuple(verts.shape)} {verts.dtype}")
    shared = faces.dim() == 2
    per_sample = faces.dim() == 3 and faces.shape[0] == verts.shape[0]
    if not (shared or per_sample) or faces.shape[-1] != 3 or faces.is_floating_point():
        raise ValueError(
            f"faces must be integers (F, 3) or ({verts.shape[0]}, F, 3), got {tuple(faces.shape)} {faces.dtype}"
        )


class Rasterizer(nn.Module):
    """Finds the nearest face of every pixel.

    A subclass implements :meth:`forward` or :meth:`covered`; each is derived from the other here.

    Args:
        image_size: Side of a square picture, or ``(H, W)``; the shorter side spans ``[-1, 1]``.
    """

    def __init__(self, image_size: int | tuple[int, int] = 224) -> None:
        super().__init__()
        self.image_size = as_size(image_size)

    def forward(self, verts: Tensor, faces: Tensor) -> Fragments:
        """Rasterize.

        Args:
            verts: Image-space vertices (x right, y down, z into the image), ``(B, V, 3)``.
            faces: ``(F, 3)`` shared by the batch, or ``(B, F, 3)``.

        Returns:
            Dense fragments; barycentrics and depth carry gradients to ``verts``.
        """
        return self.covered(verts, faces).fragments()

    def covered(self, verts: Tensor, faces: Tensor) -> CoveredPixels:
        """As :meth:`forward`, for the covered pixels only."""
        if type(self).forward is Rasterizer.forward:
            raise NotImplementedError(f"{type(self).__name__} must implement forward or covered")
        return self.forward(verts, faces).compact()

    def extra_repr(self) -> str:
        """The picture's size, for ``print(model)``."""
        return f"image_size={self.image_size}"
