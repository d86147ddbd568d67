"""Averaging gradients over processes in a few large messages, while the backward pass still runs."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, distributed, nn

BUCKET_BYTES = 25 * 2**20


class GradientBuckets:
    """Sends the gradients of some parameters to be averaged over all processes, bucket by bucket.

    The gradients are met where they arrive, at the parameters, and not where the forward pass went. So a network may
    be called any number of times before one backward pass (a discriminator on photos and on composites), twice
    differentiated (the R1 penalty), or not at all, without a search for unused parameters.

    Frozen parameters have no gradient and are not sent. Parameters may be frozen and thawed at any time between two
    steps, on all processes alike: :meth:`follow` takes up what was thawed, and keeps what was frozen since, as it may
    still have a gradient of an accumulation under way.

    Between :meth:`arm` and :meth:`finish` there has to be exactly one backward pass. Buckets are sent in one and the
    same order on all processes. A parameter without a gradient on any process keeps none.

    Args:
        parameters: The parameters of one optimizer, see :meth:`follow`.
        bucket_bytes: Size of a message; small ones wait for each other, large ones begin late.
    """

    def __init__(self, parameters: Iterable[nn.Parameter] = (), bucket_bytes: int = BUCKET_BYTES) -> None:
        self.buckets: list[_Bucket] = []
        self._bytes = bucket_bytes
        self._bucket_of: dict[Tensor, _Bucket] = {}
        self._armed, self._next = False, 0
        self.follow(parameters)

    def follow(self, parameters: Iterable[nn.Parameter]) -> None:
        """Take up what can be trained now and could not before; to be called before each backward pass.

        Args:
            parameters: All parameters of the optimizer, the frozen ones included, in the order of the forward pass.
        """
        carried = [p for p in parameters if p.requires_grad or p in self._bucket_of]
        if len(carried) == len(self._bucket_of):
            return
        for parameter in carried:
            if parameter not in self._bucket_of:
                parameter.register_post_accumulate_grad_hook(self._arrived)
        self.buckets = []
        for parameter in reversed(carried):  # gradients arrive from the last layer to the first
            self._add(parameter)

    def arm(self) -> None:
        """Send each bucket as soon as the coming backward pass has filled it."""
        self._armed, self._next = True, 0
        for bucket in self.buckets:
            bucket.waiting = sum(p.requires_grad for p in bucket.parameters)

    def finish(self) -> None:
        """Send what the backward pass left, and put the averages in the place of the gradients."""
        self._armed = False
        for bucket in self.buckets[self._next :]:
            bucket.send()
        for bucket in self.buckets:
            bucket.receive()

    def _add(self, parameter: nn.Parameter) -> None:
        if not self.buckets or not self.buckets[-1].takes(parameter, self._bytes):
            self.buckets.append(_Bucket())
        self.buckets[-1].parameters.append(parameter)
        self._bucket_of[parameter] = self.buckets[-1]

    def _arrived(self, parameter: Tensor) -> None:
        if not self._armed:
            return
        self._bucket_of[parameter].waiting -= 1
        while self._next < len(self.buckets) and self.buckets[self._next].waiting <= 0:
            self.buckets[self._next].send()
            self._next += 1


class _Bucket:
    """Gradients in one flat tensor, followed by one number a parameter: how many processes have a gradient."""

    def __init__(self) -> None:
        self.parameters: list[nn.Parameter] = []
        self.waiting = 0
        self._flat: Tensor | None = None

    def takes(self, parameter: nn.Parameter, bucket_bytes: int) -> bool:
        """Whether a parameter is of the same kind and still fits."""
        first = self.parameters[0]
        size = sum(p.numel() for p in self.parameters) + parameter.numel()
        alike = (first.dtype, first.device) == (parameter.dtype, parameter.device)
        return alike and size * parameter.element_size() <= bucket_bytes

    def send(self) -> None:
        """Begin to add the gradients of all processes up."""
        flat = self._allocate() if self._flat is None else self._flat
        self._present = [p for p in self.parameters if p.grad is not None]
        if len(self._present) == len(self.parameters):
            self._counts.fill_(1)
        else:
            flat.zero_()
            self._counts.copy_(torch.tensor([float(p.grad is not None) for p in self.parameters]))
        if self._present:
            torch._foreach_copy_([self._views[p] for p in self._present], self._gradients())
        self._work = distributed.all_reduce(flat, async_op=True)

    def receive(self) -> None:
        """Wait for the sum, and make it the mean and the gradient."""
        if self._work is not None:  # None where this process is in no group
            self._work.wait()
        self._sums.div_(distributed.get_world_size())
        if self._present:
            torch._foreach_copy_(self._gradients(), [self._views[p] for p in self._present])
        if len(self._present) < len(self.parameters):  # the only case in which the host waits for the counts
            for parameter, count in zip(self.parameters, self._counts.tolist(), strict=True):
                if parameter.grad is None and count:
                    parameter.grad = self._views[parameter].clone()

    def _gradients(self) -> list[Tensor]:
        return [p.grad for p in self._present if p.grad is not None]

    def _allocate(self) -> Tensor:
        sizes = [p.numel() for p in self.parameters]
        first = self.parameters[0]
        flat = self._flat = torch.empty(sum(sizes) + len(sizes), dtype=first.dtype, device=first.device)
        self._sums = flat[: -len(sizes)]
        *parts, self._counts = flat.split([*sizes, len(sizes)])
        self._views = {p: part.view(p.shape) for p, part in zip(self.parameters, parts, strict=True)}
        return flat
