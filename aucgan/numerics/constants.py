"""Constant tensors, made once for every device: from the host's memory, a GPU would get a copy at every use."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

import torch
from torch import Tensor


def kept(make: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Keep the tensors that a function of hashable arguments makes; they are shared, so leave them unchanged.

    They are ordinary tensors also when first asked for within ``torch.inference_mode``: a later call may want a
    gradient through an operation with them.
    """

    @torch.inference_mode(False)
    @torch.no_grad()
    def ordinary(*args: Any, **kwargs: Any) -> Tensor:
        return make(*args, **kwargs)

    return wraps(make)(lru_cache(maxsize=64)(ordinary))


@kept
def constant(values: tuple, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Numbers as a tensor.

    Args:
        values: Numbers, or tuples of them, and so on.
        dtype: Type of the tensor.
        device: Where it is.
    """
    return torch.tensor(values, dtype=dtype, device=device)


def constant_like(like: Tensor, values: tuple) -> Tensor:
    """Numbers in the type and on the device of another tensor."""
    return constant(values, like.dtype, like.device)
