import pickle

import numpy as np
import pytest
import torch

from aucgan.engine.loop.sampler import ResumableSampler, SeededIndex
from aucgan.engine.loop.seeding import mix, seed_all


def take(sampler, n):
    iterator = iter(sampler)
    return [next(iterator) for _ in range(n)]


def test_each_pass_visits_every_sample_once_in_a_new_order():
    drawn = take(ResumableSampler(range(7), seed=3), 21)
    passes = [[int(i) for i in drawn[start : start + 7]] for start in (0, 7, 14)]
    assert all(sorted(p) == list(range(7)) for p in passes)
    assert passes[0] != passes[1] != passes[2]


@pytest.mark.parametrize("position", [0, 1, 6, 7, 25])
def test_any_position_can_be_the_first(position):
    straight = take(ResumableSampler(range(7), seed=3), 40)
    sampler = ResumableSampler(range(7), seed=3)
    sampler.start_at(position)
    later = take(sampler, 10)
    assert later == straight[position : position + 10]
    assert [i.seed for i in later] == [i.seed for i in straight[position : position + 10]]


def test_unshuffled_order():
    assert take(ResumableSampler(range(3), shuffle=False, seed=0), 7) == [0, 1, 2, 0, 1, 2, 0]


def test_ranks_share_the_order_without_overlap():
    ranks = [ResumableSampler(range(8), seed=1) for _ in range(2)]
    for rank, sampler in enumerate(ranks):
        sampler.rank, sampler.world_size = rank, 2
    together = [index for pair in zip(*(take(s, 8) for s in ranks), strict=True) for index in pair]
    assert together == take(ResumableSampler(range(8), seed=1), 16)


def test_a_sharded_order_keeps_each_rank_to_its_part(monkeypatch):
    samplers = []
    for rank in range(2):
        monkeypatch.setattr("aucgan.engine.loop.sampler.get_dist_info", lambda rank=rank: (rank, 2))
        samplers.append(ResumableSampler(range(7), seed=1, sharded=True))
    drawn = [take(sampler, 8) for sampler in samplers]
    assert sorted(drawn[0][:3]) == [0, 1, 2] and sorted(drawn[1][:4]) == [3, 4, 5, 6]
    assert sorted(drawn[0][3:6]) == [0, 1, 2] and drawn[0][:3] != drawn[0][3:6]
    assert len({index.seed for index in drawn[0] + drawn[1]}) == 16
    samplers[1].start_at(5)
    assert take(samplers[1], 3) == drawn[1][5:]
    with pytest.raises(ValueError, match="photos_per_person=1"):
        ResumableSampler(People(range(10)), photos_per_person=2, sharded=True)


class People(list):
    """A data set of people: 4, 3, 2 and 1 photos."""

    identities = np.array([2, 0, 1, 0, 2, 0, 1, 0, 1, 3])


def test_photos_of_a_person_follow_each_other():
    people = People.identities
    drawn = take(ResumableSampler(People(range(10)), seed=5, photos_per_person=2), 24)
    passes = [[int(i) for i in drawn[start : start + 8]] for start in (0, 8, 16)]
    for photos in passes:
        assert len(set(photos)) == 8 and all(
            people[a] == people[b] for a, b in zip(photos[::2], photos[1::2], strict=True)
        )
        assert 9 not in photos, "someone's only photo fills no pair"
    assert {2, 6, 8} <= set(sum(passes, [])), "who waited in one pass comes in another"
    later = ResumableSampler(People(range(10)), seed=5, photos_per_person=2)
    later.start_at(9)
    assert take(later, 10) == drawn[9:19]


def test_ranks_take_whole_groups():
    samplers = [ResumableSampler(People(range(10)), seed=1, photos_per_person=2) for _ in range(2)]
    for rank, sampler in enumerate(samplers):
        sampler.rank, sampler.world_size = rank, 2
    first, second = (take(sampler, 4) for sampler in samplers)
    assert first[:2] + second[:2] + first[2:] + second[2:] == take(
        ResumableSampler(People(range(10)), seed=1, photos_per_person=2), 8
    )
    with pytest.raises(ValueError, match="nobody has more than 4 photos"):
        ResumableSampler(People(range(10)), photos_per_person=5)


def test_every_draw_has_its_own_seed():
    drawn = take(ResumableSampler(range(5), seed=0), 500)
    assert len({index.seed for index in drawn}) == 500


def test_seeded_index_travels_to_loader_processes():
    index = pickle.loads(pickle.dumps(SeededIndex(4, 99)))
    assert index == 4 and index.seed == 99 and [10, 11, 12, 13, 14][index] == 14


def test_empty_data_set():
    with pytest.raises(ValueError, match="the training data set is empty"):
        ResumableSampler([], seed=0)


def test_seeds_depend_on_every_key():
    assert len({mix(a, b, c) for a in range(4) for b in range(4) for c in range(4)}) == 64


def test_seed_all_repeats_itself():
    def draw():
        return np.random.rand(), torch.rand(1).item()

    seed_all(1, 2, 3)
    first = draw()
    seed_all(1, 2, 3)
    assert draw() == first
    seed_all(1, 2, 4)
    assert draw() != first
