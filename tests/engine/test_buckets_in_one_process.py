"""Gradients averaged over processes, each a thread here: its messages meet those of the others."""

import threading

import pytest
import torch
from torch import distributed, nn

from aucgan.engine.optim.gradient_buckets import BUCKET_BYTES, GradientBuckets


class World:
    """Stands in for ``torch.distributed``: the n-th message of each thread is added up with the others' n-th."""

    def __init__(self, size):
        self.size, self.sent, self.local = size, {}, threading.local()
        self.everyone = threading.Barrier(size)

    def all_reduce(self, flat, async_op):
        assert async_op
        number = self.local.number = getattr(self.local, "number", -1) + 1
        self.sent.setdefault(number, []).append(flat.clone())
        return Work(self, number, flat)

    def run(self, action):
        """``action(rank)`` in as many threads; their results."""
        results, errors = [None] * self.size, []

        def enter(rank):
            try:
                results[rank] = action(rank)
            except BaseException as error:
                errors.append(error)
                self.everyone.abort()

        threads = [threading.Thread(target=enter, args=(rank,)) for rank in range(self.size)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        if errors:
            raise errors[0]
        return results


class Work:
    """A message under way."""

    def __init__(self, world, number, flat):
        self.world, self.number, self.flat = world, number, flat

    def wait(self):
        self.world.everyone.wait(20)  # all have sent theirs
        parts = self.world.sent[self.number]
        assert len(parts) == self.world.size
        self.flat.copy_(sum(parts))


@pytest.fixture
def world(monkeypatch):
    world = World(3)
    monkeypatch.setattr(distributed, "all_reduce", world.all_reduce)
    monkeypatch.setattr(distributed, "get_world_size", lambda: world.size)
    return world


def parameters(*shapes, dtype=torch.float64):
    return [nn.Parameter(torch.ones(shape, dtype=dtype)) for shape in shapes]


def test_the_mean_takes_the_place_of_every_gradient(world):
    weights = [[1.0, 2.0], [10.0, -4.0], [100.0, 8.0]]

    def step(rank):
        a, b = parameters((2, 3), (4,))
        buckets = GradientBuckets([a, b])
        for _ in range(2):  # the second time with what the first has allocated
            a.grad = b.grad = None
            buckets.arm()
            (weights[rank][0] * a.sum() + weights[rank][1] * (b**2).sum()).backward()
            buckets.finish()
        return a.grad, b.grad, len(buckets.buckets)

    for a, b, count in world.run(step):
        torch.testing.assert_close(a, torch.full((2, 3), 37.0, dtype=torch.float64))
        torch.testing.assert_close(b, torch.full((4,), 2 * 2.0, dtype=torch.float64))
        assert count == 1
    assert len(world.sent) == 2


def test_who_has_no_gradient_gets_the_mean_and_nobody_s_stays_none(world):
    def step(rank):
        everywhere, once, never = parameters((2,), (3,), (5,))
        buckets = GradientBuckets([everywhere, once, never])
        for _ in range(2):
            for p in (everywhere, once, never):
                p.grad = None
            buckets.arm()
            loss = everywhere.sum() + (6 * once.sum() if rank == 1 else 0)
            loss.backward()
            buckets.finish()
        return everywhere.grad, once.grad, never.grad

    for everywhere, once, never in world.run(step):
        assert everywhere.tolist() == [1.0, 1.0] and once.tolist() == [2.0, 2.0, 2.0] and never is None


def test_a_gradient_that_came_from_others_is_memory_of_its_own(world):
    def step(rank):
        once, other = parameters((2,), (1,))
        buckets = GradientBuckets([once, other])
        kept = []
        for owner, factor in ((0, 3.0), (1, 30.0)):
            once.grad = other.grad = None
            buckets.arm()
            (factor * once.sum() if rank == owner else other.sum()).backward()
            buckets.finish()
            kept.append(once.grad)
        return [grad.tolist() for grad in kept]

    assert world.run(step) == [[[1.0, 1.0], [10.0, 10.0]]] * 3


def test_buckets_hold_what_fits_and_one_kind():
    layout = GradientBuckets(parameters((2,), (3,), (4,), (1,)), bucket_bytes=5 * 8).buckets
    assert [[p.numel() for p in bucket.parameters] for bucket in layout] == [[1, 4], [3, 2]]  # from the last on
    one_less = GradientBuckets(parameters((2,), (3,), (4,), (1,)), bucket_bytes=5 * 8 - 1).buckets
    assert [[p.numel() for p in bucket.parameters] for bucket in one_less] == [[1], [4], [3], [2]]
    mixed = GradientBuckets([*parameters((2,)), *parameters((2,), dtype=torch.float32), *parameters((2,))]).buckets
    assert [bucket.parameters[0].dtype for bucket in mixed] == [torch.float64, torch.float32, torch.float64]
    assert BUCKET_BYTES == 25 * 1024 * 1024
    assert not GradientBuckets([]).buckets


def test_a_full_bucket_is_sent_while_the_backward_pass_runs_and_in_order(world):
    world.size, world.everyone = 1, threading.Barrier(1)

    def step(rank):
        first, second = parameters((2,), (3,))
        buckets = GradientBuckets([first, second], bucket_bytes=1)
        sent_at = []

        def spy(grad):
            sent_at.append(len(world.sent))

        buckets.arm()
        inner = (2 * first).sum()
        inner.register_hook(spy)  # runs after second's gradient has arrived, and before first's
        (second * inner).sum().backward()
        before_finish = len(world.sent)
        buckets.finish()
        # without arm, a backward pass sends nothing
        (first.sum() + second.sum()).backward()
        return sent_at, before_finish, len(world.sent)

    ((sent_at, before_finish, after),) = world.run(step)
    assert before_finish == 2 and after == 2 and sent_at == [1]


def test_a_bucket_waits_for_those_before_it(world):
    world.size, world.everyone = 1, threading.Barrier(1)

    def step(rank):
        first, second = parameters((2,), (3,))
        buckets = GradientBuckets([first, second], bucket_bytes=1)
        buckets.arm()
        first.sum().backward()  # second's bucket comes first, and is not filled
        early = len(world.sent)
        buckets.finish()
        return early, [len(message[0]) for message in world.sent.values()], second.grad

    assert world.run(step) == [(0, [3 + 1, 2 + 1], None)]
