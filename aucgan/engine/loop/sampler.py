"""A shuffled, endless order of the samples in which every position can be computed directly."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence, Sized
from typing import Protocol, cast

import torch
from mmengine.dist import get_dist_info, sync_random_seed
from torch.utils.data import Sampler

from aucgan.engine.loop.seeding import mix
from aucgan.registry import DATA_SAMPLERS


class SeededIndex(int):
    """The index of a sample that also carries the seed of this draw of it.

    A data set for training draws the sample's augmentation from ``index.seed`` alone, so that a sample is the same
    whatever the number of workers, and after a resume.

    Attributes:
        seed: A function of the run's seed and of the position in the order.
    """

    seed: int

    def __new__(cls, index: int, seed: int) -> SeededIndex:
        """Make the index ``index`` with ``seed`` attached."""
        made = super().__new__(cls, index)
        made.seed = seed
        return made

    def __getnewargs__(self) -> tuple[int, int]:  # type: ignore[override]  # one more: what __new__ takes
        return int(self), self.seed


class _OfPersons(Protocol):
    identities: Sequence[int]


@DATA_SAMPLERS.register_module()
class ResumableSampler(Sampler):
    """Endless passes over a data set; position ``p`` of the order is a function of ``(seed, p)`` alone.

    Each pass visits every sample once. Rank ``r`` of ``w`` takes the positions ``r, r + w, r + 2w, …``, so the
    ranks never overlap within a pass and together draw what one process with the summed batch size would.

    With ``photos_per_person=K``, K photos of one person follow each other, for the losses between photos of a person:
    ranks take whole groups, each pass draws the groups anew, and photos that fill no group wait for a later pass.

    With ``sharded``, rank ``r`` draws from the ``r``-th of ``w`` consecutive parts of the data set alone, so that a
    machine needs to hold no more than the parts of its ranks.

    Args:
        dataset: The data set; only its length is used, and ``identities`` with more than one photo a person.
        shuffle: A new random order each pass; else the stored order.
        seed: The same on all ranks; ``None`` draws one and shares it.
        photos_per_person: K; the batch size should be a multiple of it.
        sharded: Keep each rank to its own part.

    Raises:
        ValueError: The data set is empty, or nobody in it has K photos; it has fewer samples than there are ranks, or
            groups of photos are asked for, with ``sharded``.
    """

    def __init__(
        self,
        dataset: Sized,
        shuffle: bool = True,
        seed: int | None = None,
        photos_per_person: int = 1,
        sharded: bool = False,
    ) -> None:
        self.rank, self.world_size = get_dist_info()
        self.n_samples = len(dataset)
        if self.n_samples == 0:
            raise ValueError("the training data set is empty: check its root and split")
        self.group = photos_per_person
        self.people = torch.as_tensor(cast(_OfPersons, dataset).identities) if photos_per_person > 1 else None
        self.size = self.n_samples if self.people is None else self._grouped_size(self.people)
        self.shuffle, self.sharded = shuffle, sharded
        if sharded and (photos_per_person > 1 or self.n_samples < self.world_size):
            raise ValueError(
                f"a sharded order needs photos_per_person=1 (not {photos_per_person}), and a sample for each process "
                f"({self.n_samples} for {self.world_size})"
            )
        self.part = tuple(self.n_samples * rank // self.world_size for rank in (self.rank, self.rank + 1))
        self.size = self.part[1] - self.part[0] if sharded else self.size
        self.seed = sync_random_seed() if seed is None else seed
        self.first = 0

    def start_at(self, position: int) -> None:
        """Let the next iteration over the sampler begin after ``position`` samples of this rank."""
        self.first = position

    def index_at(self, position: int) -> SeededIndex:
        """The sample at a position of the common order of all ranks."""
        epoch, offset = divmod(position, self.size)
        return SeededIndex(self._order(epoch)[offset], mix(self.seed, 1, position))

    def __iter__(self) -> Iterator[SeededIndex]:
        for drawn in itertools.count(self.first):
            if self.sharded:
                yield self._index_of_own(drawn)
                continue
            group, member = divmod(drawn, self.group)
            yield self.index_at((group * self.world_size + self.rank) * self.group + member)

    def _index_of_own(self, drawn: int) -> SeededIndex:
        """The sample at a position of this rank's own order, of its own part of the data set."""
        epoch, offset = divmod(drawn, self.size)
        return SeededIndex(self._order(epoch)[offset], mix(self.seed, 1, drawn * self.world_size + self.rank))

    def __len__(self) -> int:
        """Samples of one pass on this rank."""
        return self.size if self.sharded else max(1, self.size // self.world_size)

    def _order(self, epoch: int) -> list[int]:
        """The permutation of one pass; the last one is kept."""
        if getattr(self, "_epoch", None) != epoch:
            generator = torch.Generator().manual_seed(mix(self.seed, 0, epoch))
            order = (
                torch.randperm(self.n_samples, generator=generator) if self.shuffle else torch.arange(self.n_samples)
            )
            if self.people is not None:
                order = self._grouped(self.people, order, generator)
            if self.sharded:
                order = order[(order >= self.part[0]) & (order < self.part[1])]
            self._epoch, self._permutation = epoch, order.tolist()
        return self._permutation

    def _grouped_size(self, people: torch.Tensor) -> int:
        """Samples of one pass: those that fill a group."""
        photos = people.unique(return_counts=True)[1]
        size = int((photos // self.group).sum()) * self.group
        if size == 0:
            raise ValueError(f"photos_per_person={self.group}, but nobody has more than {int(photos.max())} photos")
        return size

    def _grouped(self, people: torch.Tensor, order: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """The same order, gathered into groups of one person each; the groups are in random order if shuffled."""
        by_person = order[people[order].argsort(stable=True)]
        photos = people[by_person].unique_consecutive(return_counts=True)[1].tolist()
        parts = [group for own in by_person.split(photos) for group in own.split(self.group)]
        groups = torch.stack([group for group in parts if len(group) == self.group])
        return groups[torch.randperm(len(groups), generator=generator)].flatten() if self.shuffle else groups.flatten()
