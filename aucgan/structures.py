"""The typed structures that travel between the stages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch import Tensor

N_POSE, N_CAM, N_LIGHT = 6, 3, 27


@dataclass(frozen=True)
class FlameCodes:
    """The parameters of one batch of faces, all in FLAME's and DECA's conventions.

    Attributes:
        shape: Identity coefficients, ``(B, n_shape)``.
        tex: Albedo coefficients, ``(B, n_tex)``.
        exp: Expression coefficients, ``(B, n_exp)``.
        pose: Global rotation and jaw rotation, axis-angle in radians, ``(B, 6)``.
        cam: Orthographic scale and translation ``(s, tx, ty)``, ``(B, 3)``.
        light: Second-order spherical-harmonics light, SH index by RGB, ``(B, 9, 3)``.
    """

    shape: Tensor
    tex: Tensor
    exp: Tensor
    pose: Tensor
    cam: Tensor
    light: Tensor

    @classmethod
    def from_vector(cls, code: Tensor, n_shape: int = 100, n_tex: int = 50, n_exp: int = 50) -> FlameCodes:
        """Split an encoder's output ``(B, n_shape + n_tex + n_exp + 36)`` in the published order."""
        sizes = [n_shape, n_tex, n_exp, N_POSE, N_CAM, N_LIGHT]
        if code.shape[-1] != sum(sizes):
            raise ValueError(
                f"a code of {sum(sizes)} values was expected (shape {n_shape}, tex {n_tex}, exp {n_exp}, "
                f"pose 6, cam 3, light 27), but the encoder gives {code.shape[-1]}: set its out_dim to {sum(sizes)}"
            )
        shape, tex, exp, pose, cam, light = code.split(sizes, dim=-1)
        return cls(shape, tex, exp, pose, cam, light.reshape(-1, 9, 3))

    def to_vector(self) -> Tensor:
        """The inverse of :meth:`from_vector`, ``(B, n_shape + n_tex + n_exp + 36)``."""
        return torch.cat([self.shape, self.tex, self.exp, self.pose, self.cam, self.light.flatten(1)], dim=-1)

    @property
    def global_pose(self) -> Tensor:
        """Global rotation, axis-angle, ``(B, 3)``."""
        return self.pose[:, :3]

    @property
    def jaw_pose(self) -> Tensor:
        """Jaw rotation, axis-angle, ``(B, 3)``."""
        return self.pose[:, 3:]

    def with_codes(self, **codes: Tensor) -> FlameCodes:
        """A copy with some codes replaced."""
        return replace(self, **codes)

    def detach(self) -> FlameCodes:
        """A copy cut off from the graph."""
        return self._map(Tensor.detach)

    def to(self, *args: Any, **kwargs: Any) -> FlameCodes:
        """A copy moved or cast like :meth:`torch.Tensor.to`."""
        return self._map(lambda t: t.to(*args, **kwargs))

    def __len__(self) -> int:
        return self.shape.shape[0]

    def __getitem__(self, index: Any) -> FlameCodes:
        return self._map(lambda t: t[index])

    def _map(self, fn: Callable[[Tensor], Tensor]) -> FlameCodes:
        return FlameCodes(**{f.name: fn(getattr(self, f.name)) for f in fields(self)})
