"""The span rasterizer against its naive twin, and the properties any rasterizer must have."""

import pytest
import torch

from aucgan.registry import RENDERERS
from aucgan.renderers import NaiveRasterizer, TorchRasterizer
from aucgan.renderers.rasterizers import span_rasterizer
from aucgan.renderers.rasterizers.nearest_fragment import Fragments, expand, nearest_faces, with_depth
from aucgan.renderers.rasterizers.runs import true_positions


def random_mesh(seed, batch=2, num_verts=60, num_faces=80, spread=0.7):
    generator = torch.Generator().manual_seed(seed)
    verts = torch.randn(batch, num_verts, 3, generator=generator) * spread
    faces = torch.randint(0, num_verts, (num_faces, 3), generator=generator)
    return verts, faces


def pixel_verts(points, size):
    """Vertices given in pixels (x, y, z) of a size x size picture, as image space (1, V, 3)."""
    points = torch.tensor(points, dtype=torch.float32)
    points[:, :2] = (2 * points[:, :2] + 1) / size - 1
    return points[None]


def sheet_faces(columns, rows):
    corner = (torch.arange(rows - 1)[:, None] * columns + torch.arange(columns - 1)).flatten()
    upper = torch.stack([corner, corner + 1, corner + columns], 1)
    lower = torch.stack([corner + 1, corner + columns + 1, corner + columns], 1)
    return torch.cat([upper, lower])


@pytest.mark.parametrize("size", [(32, 32), (17, 40), (40, 17), (1, 1)])
@pytest.mark.parametrize("seed", [0, 1])
def test_equals_naive_twin(seed, size):
    verts, faces = random_mesh(seed)
    fast, naive = TorchRasterizer(size)(verts, faces), NaiveRasterizer(size)(verts, faces)
    assert fast.pix_to_face.shape == (2, *size)
    assert (fast.pix_to_face != naive.pix_to_face).float().mean() < 1e-4
    torch.testing.assert_close(fast.bary_coords, naive.bary_coords, atol=1e-5, rtol=0)
    torch.testing.assert_close(fast.zbuf, naive.zbuf, atol=1e-5, rtol=0)


def test_equals_naive_twin_on_small_triangles(icosphere):
    points, faces = icosphere(4)
    noise = torch.randn(points.shape, generator=torch.Generator().manual_seed(3)) * 0.02
    verts = (0.9 * points + noise)[None]
    fast, naive = TorchRasterizer(64)(verts, faces), NaiveRasterizer(64)(verts, faces)
    assert (fast.pix_to_face == naive.pix_to_face).float().mean() >= 0.9999


def test_per_sample_faces_equal_shared_faces():
    verts, faces = random_mesh(4)
    rasterizer = TorchRasterizer(24)
    shared, own = rasterizer(verts, faces), rasterizer(verts, faces.expand(2, -1, 3))
    assert torch.equal(shared.pix_to_face, own.pix_to_face)
    other = torch.stack([faces, faces.flip(0)])
    alone = rasterizer(verts[1:], faces.flip(0))
    assert torch.equal(rasterizer(verts, other).pix_to_face[1:], alone.pix_to_face)


def test_compact_and_dense_forms_agree():
    verts, faces = random_mesh(5)
    dense = TorchRasterizer(24)(verts, faces)
    back = dense.compact()
    assert torch.equal(back.fragments().pix_to_face, dense.pix_to_face)
    assert torch.equal(back.fragments().bary_coords, dense.bary_coords)
    assert torch.equal(dense.zbuf[~dense.mask], torch.full_like(dense.zbuf[~dense.mask], -1))
    torch.testing.assert_close(back.bary.sum(1), torch.ones(len(back.bary)), atol=1e-6, rtol=0)


@pytest.mark.parametrize("shift", [(3, 0), (0, -2), (-5, 7)])
def test_translation_by_whole_pixels(shift):
    size = 32
    verts, faces = random_mesh(6, spread=0.2)
    verts = (verts * 2**20).round() / 2**20  # so that adding the shift is exact
    moved = verts + torch.tensor([2 * shift[0] / size, 2 * shift[1] / size, 0.0])
    rasterizer = TorchRasterizer(size)
    before, after = rasterizer(verts, faces).pix_to_face, rasterizer(moved, faces).pix_to_face
    rolled = before.roll((shift[1], shift[0]), dims=(1, 2))
    inner = slice(abs(shift[1]), size - abs(shift[1])), slice(abs(shift[0]), size - abs(shift[0]))
    assert torch.equal(after[:, inner[0], inner[1]], rolled[:, inner[0], inner[1]])


def test_permutation_of_faces():
    verts, faces = random_mesh(7)
    order = torch.randperm(len(faces), generator=torch.Generator().manual_seed(0))
    rasterizer = TorchRasterizer(32)
    plain, permuted = rasterizer(verts, faces), rasterizer(verts, faces[order])
    restored = torch.where(permuted.mask, order[permuted.pix_to_face.clamp(min=0)], -1)
    assert torch.equal(restored, plain.pix_to_face)
    assert torch.equal(permuted.zbuf, plain.zbuf)


@pytest.mark.parametrize("rasterizer", [TorchRasterizer, NaiveRasterizer])
@pytest.mark.parametrize("offset", [0.0, 0.5])
def test_ties_are_covered_exactly_once(rasterizer, offset):
    """Every edge of this sheet runs through pixel centres (or exactly between them)."""
    size, step, count = 16, 2, 6
    y, x = torch.meshgrid(torch.arange(count), torch.arange(count), indexing="ij")
    points = torch.stack([x * step + 3 + offset, y * step + 2 + offset, torch.ones(count, count)], -1)
    verts, faces = pixel_verts(points.view(-1, 3).tolist(), size), sheet_faces(count, count)
    covers = torch.zeros(size, size, dtype=torch.long)
    for face in faces:
        covers += rasterizer(size)(verts, face[None]).mask[0]
    extent = step * (count - 1)
    low = 1 if offset else 0
    expected = torch.zeros(size, size, dtype=torch.long)
    expected[2 + low : 2 + low + extent, 3 + low : 3 + low + extent] = 1
    assert torch.equal(covers, expected)


def test_random_sheet_has_no_hole_and_no_double_cover():
    size, count = 48, 24
    generator = torch.Generator().manual_seed(8)
    y, x = torch.meshgrid(torch.arange(count), torch.arange(count), indexing="ij")
    jitter = torch.randint(-2, 3, (count, count, 2), generator=generator) / 8  # many ties, no fold
    points = torch.stack([x * 2.0, y * 2.0, torch.ones(count, count)], -1)
    points[1:-1, 1:-1, :2] += jitter[1:-1, 1:-1]
    verts, faces = pixel_verts(points.view(-1, 3).tolist(), size), sheet_faces(count, count)
    each = TorchRasterizer(size)(verts.expand(len(faces), -1, 3), faces[:, None])
    covers = each.mask.sum(0)
    extent = 2 * (count - 1)
    assert torch.equal(covers[:extent, :extent], torch.ones_like(covers[:extent, :extent]))
    assert covers.sum() == extent * extent


def test_degenerate_and_invalid_triangles_are_skipped():
    size = 16
    nan, inf = float("nan"), float("inf")
    good = [(2.2, 2.2, 0.5), (12.3, 3.1, 0.5), (4.7, 13.4, 0.5)]
    bad = [(nan, 1, 0), (5, inf, 0), (5, 5, nan), (-30, -30, 0), (-35, -30, 0), (-30, -35, 0), (5, 5, -1)]
    verts = pixel_verts(good + bad, size)
    faces = torch.tensor([[0, 1, 2], [3, 0, 1], [4, 0, 1], [5, 0, 1], [6, 7, 8], [9, 9, 9], [9, 9, 0]])
    for rasterizer in (TorchRasterizer(size), NaiveRasterizer(size)):
        mixed, alone = rasterizer(verts, faces), rasterizer(verts, faces[:1])
        assert torch.equal(mixed.pix_to_face, alone.pix_to_face)
        assert alone.mask.any()


def test_empty_pictures():
    verts = torch.full((2, 3, 3), 5.0)
    fragments = TorchRasterizer(8)(verts, torch.tensor([[0, 1, 2]]))
    assert not fragments.mask.any()
    assert (fragments.zbuf == -1).all() and (fragments.bary_coords == -1).all()
    none = TorchRasterizer(8)(verts, torch.zeros(0, 3, dtype=torch.long))
    assert not none.mask.any()


def test_huge_triangle_covers_the_picture():
    verts = torch.tensor([[[-50.0, -50.0, 0.0], [100.0, -50.0, 0.0], [-50.0, 100.0, 0.0]]])
    assert TorchRasterizer(16)(verts, torch.tensor([[0, 1, 2]])).mask.all()


def test_near_plane_and_culling():
    size = 8
    verts = pixel_verts(
        [(-9, -9, -1.0), (30, -9, -1.0), (-9, 30, -1.0), (-9, -9, 1.0), (30, -9, 1.0), (-9, 30, 1.0)], size
    )
    faces = torch.tensor([[0, 1, 2], [3, 4, 5]])
    assert (TorchRasterizer(size)(verts, faces).pix_to_face == 0).all()
    for cut in (TorchRasterizer(size, near=0.0), NaiveRasterizer(size, near=0.0)):
        assert (cut(verts, faces).pix_to_face == 1).all()
    turned = torch.stack([faces[0], faces[1].flip(0)])
    assert (TorchRasterizer(size, cull_backfaces=True)(verts, turned).pix_to_face == 1).all()


def test_culling_keeps_the_front_of_a_closed_mesh(icosphere):
    points, faces = icosphere(3)
    verts = (points * torch.tensor([0.8, -0.8, -0.8]))[None]
    plain = TorchRasterizer(48)(verts, faces)
    culled = TorchRasterizer(48, cull_backfaces=True)(verts, faces)
    assert torch.equal(plain.pix_to_face, culled.pix_to_face)


def test_analytic_sphere(icosphere):
    size, radius = 96, 0.8
    points, faces = icosphere(5)
    fragments = TorchRasterizer(size)((points * radius)[None], faces)
    centre = (2 * torch.arange(size) + 1) / size - 1
    distance = torch.hypot(centre[None], centre[:, None])
    sure = (distance - radius).abs() > 0.005
    assert torch.equal(fragments.mask[0][sure], (distance < radius)[sure])
    depth = -(radius**2 - distance**2).clamp(min=0).sqrt()
    inner = distance < 0.7 * radius
    torch.testing.assert_close(fragments.zbuf[0][inner], depth[inner], atol=2e-3, rtol=0)


def test_analytic_plane():
    size = 20
    verts = torch.tensor([[[-3.0, -3, 0], [3, -3, 0], [0, 3, 0]]])
    verts[..., 2] = 0.3 * verts[..., 0] - 0.2 * verts[..., 1] + 0.1
    fragments = TorchRasterizer(size)(verts, torch.tensor([[0, 1, 2]]))
    centre = (2 * torch.arange(size) + 1) / size - 1
    expected = 0.3 * centre[None, :] - 0.2 * centre[:, None] + 0.1
    assert fragments.mask.any()
    torch.testing.assert_close(fragments.zbuf[fragments.mask], expected[None][fragments.mask], atol=1e-6, rtol=0)


def test_gradients_of_barycentrics_and_depth():
    verts, faces = random_mesh(9, batch=1, num_verts=7, num_faces=4, spread=0.9)
    verts = verts.double().requires_grad_()
    rasterizer = TorchRasterizer(9)
    covered = rasterizer(verts, faces)
    assert covered.mask.sum() > 5

    def outputs(points):
        pixels = rasterizer.covered(points, faces)
        return pixels.bary, pixels.depth

    assert torch.autograd.gradcheck(outputs, (verts,), eps=1e-8, atol=1e-5)


@pytest.mark.parametrize("counts", [[], [0], [3], [0, 0, 2, 0, 1, 5, 0], [1, 0, 0, 4]])
def test_expand_names_owner_and_rank(counts):
    owner, rank = expand(torch.tensor(counts, dtype=torch.long))
    assert owner.tolist() == [i for i, count in enumerate(counts) for _ in range(count)]
    assert rank.tolist() == [k for count in counts for k in range(count)]


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 300])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_true_positions_equal_nonzero(size, share):
    mask = torch.rand(size, generator=torch.Generator().manual_seed(size)) < share
    assert torch.equal(true_positions(mask), mask.nonzero().squeeze(1))


def test_depth_order_with_negative_depths_and_ties():
    generator = torch.Generator().manual_seed(10)
    depth = torch.randn(500, generator=generator)
    depth[:50] = depth[50:100]  # equal depths: the lower face wins
    pixel = torch.randint(0, 40, (500,), generator=generator)
    pixel[:50] = pixel[50:100]
    face = torch.randperm(500, generator=generator)
    expected = {
        int(p): min((float(d), int(n)) for d, n, q in zip(depth, face, pixel, strict=True) if q == p)[1]
        for p in pixel.unique()
    }
    covered, nearest, at_depth = nearest_faces(Fragments(pixel, with_depth(face.clone(), depth)), 40)
    assert dict(zip(covered.tolist(), nearest.tolist(), strict=True)) == expected
    assert torch.equal(at_depth, depth[torch.argsort(face)[nearest]])


def test_of_coincident_faces_the_lower_is_seen():
    verts, faces = random_mesh(13)
    single, double = TorchRasterizer(32)(verts, faces), TorchRasterizer(32)(verts, torch.cat([faces, faces]))
    assert torch.equal(single.pix_to_face, double.pix_to_face)


def test_large_batches_equal_single_pictures(monkeypatch):
    monkeypatch.setattr(span_rasterizer, "CACHED_FACES", 400)
    verts, faces = random_mesh(12, batch=5, num_verts=40, num_faces=200)
    whole = TorchRasterizer(8)(verts, faces)
    for i in range(5):
        assert torch.equal(TorchRasterizer(8)(verts[i : i + 1], faces).pix_to_face[0], whole.pix_to_face[i])


def test_built_by_name_and_errors():
    rasterizer = RENDERERS.build(dict(type="TorchRasterizer", image_size=(4, 6)))
    assert rasterizer.image_size == (4, 6)
    with pytest.raises(ValueError, match=r"verts must be a float tensor \(B, V, 3\)"):
        rasterizer(torch.zeros(3, 3), torch.zeros(1, 3).long())
    with pytest.raises(ValueError, match=r"faces must be integers"):
        rasterizer(torch.zeros(2, 3, 3), torch.zeros(3, 1, 3).long())
    with pytest.raises(ValueError, match="image_size must be positive"):
        TorchRasterizer(0)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_equals_cpu():
    verts, faces = random_mesh(11)
    on_cpu = TorchRasterizer(64)(verts, faces).pix_to_face
    on_gpu = TorchRasterizer(64)(verts.cuda(), faces.cuda()).pix_to_face.cpu()
    assert (on_cpu != on_gpu).float().mean() < 1e-4


def test_a_mesh_beyond_the_cache_is_taken_one_picture_at_a_time(monkeypatch):
    verts, faces = random_mesh(12, batch=3, num_verts=40, num_faces=200)
    whole = TorchRasterizer(8)(verts, faces)
    monkeypatch.setattr(span_rasterizer, "CACHED_FACES", 50)
    apart = TorchRasterizer(8)(verts, faces)
    assert torch.equal(apart.pix_to_face, whole.pix_to_face) and torch.equal(apart.zbuf, whole.zbuf)
