"""The step of tied faces against one dense system."""

import torch

from aucgan.fitting.block_solver import chain_levels, solve_step
from aucgan.fitting.quadratic import Quadratic

PRIVATE, SHARED = 4, 3


def drawn(previous, seed=0):
    rng = torch.Generator().manual_seed(seed)
    batch, width = len(previous), PRIVATE + SHARED
    root = torch.randn(batch, width, 2 * width, generator=rng, dtype=torch.float64)
    coupling = torch.rand(batch, PRIVATE, generator=rng, dtype=torch.float64) * (previous >= 0)[:, None]
    curvature = root @ root.transpose(1, 2)
    for row, before in enumerate(previous.tolist()):
        if before >= 0:  # as a smoothness adds it
            curvature[row].diagonal()[:PRIVATE] += coupling[row]
            curvature[before].diagonal()[:PRIVATE] += coupling[row]
    gradient = torch.randn(batch, width, generator=rng, dtype=torch.float64)
    return Quadratic(torch.zeros(batch), gradient, curvature, coupling)


def naive(total, damping, free, person, previous):
    """One dense matrix over all private unknowns, then those of each person; rows that are held are left out."""
    batch, people = len(person), int(person.max()) + 1
    size = batch * PRIVATE + people * SHARED
    matrix, right = torch.zeros(size, size, dtype=torch.float64), torch.zeros(size, dtype=torch.float64)
    places = torch.stack(
        [
            torch.cat(
                [PRIVATE * b + torch.arange(PRIVATE), batch * PRIVATE + SHARED * person[b] + torch.arange(SHARED)]
            )
            for b in range(batch)
        ]
    )
    moving = torch.zeros(size, dtype=torch.bool)
    for b in range(batch):
        block = total.curvature[b] + torch.diag(damping[b] * total.curvature[b].diagonal())
        matrix[places[b][:, None], places[b]] += block
        right[places[b]] -= total.gradient[b]
        moving[places[b]] |= free[b]
        if previous[b] >= 0:
            ours, theirs = places[b][:PRIVATE], places[previous[b]][:PRIVATE]
            matrix[ours, theirs] -= total.coupling[b]
            matrix[theirs, ours] -= total.coupling[b]
    step = torch.zeros(size, dtype=torch.float64)
    step[moving] = torch.linalg.solve(matrix[moving][:, moving], right[moving])
    return step[places]


def compare(previous, person, free=None):
    previous, person = torch.tensor(previous), torch.tensor(person)
    total = drawn(previous)
    free = torch.ones(len(person), PRIVATE + SHARED, dtype=torch.bool) if free is None else free
    damping = torch.linspace(0, 0.5, int(person.max()) + 1, dtype=torch.float64)[person]
    args = (total, damping, free, person, previous)
    torch.testing.assert_close(solve_step(*args), naive(*args), rtol=1e-8, atol=1e-10)


def test_faces_on_their_own():
    compare([-1, -1, -1], [0, 1, 2])


def test_one_identity_for_several_photos():
    compare([-1, -1, -1, -1], [0, 1, 0, 1])


def test_tracks_with_shared_identities():
    compare([-1, 0, 1, -1, 3, -1], [0, 0, 0, 1, 1, 0])


def test_held_unknowns_stand_still():
    free = torch.rand(5, PRIVATE + SHARED, generator=torch.Generator().manual_seed(1)) > 0.3
    free[:, PRIVATE:] = torch.tensor([True, False, True])
    compare([-1, 0, 1, -1, -1], [0, 0, 0, 0, 1], free)


def test_levels():
    levels = chain_levels(torch.tensor([-1, 0, -1, 1, 2]))
    assert [level.tolist() for level in levels] == [[0, 2], [1, 4], [3]]
