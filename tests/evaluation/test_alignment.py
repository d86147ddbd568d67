import numpy as np
import pytest
import trimesh
from scipy.spatial.transform import Rotation

from aucgan.evaluation.scans.closest_point import ClosestPoints, Surface
from aucgan.evaluation.scans.now_protocol import face_region, scan_to_mesh
from aucgan.evaluation.scans.registration import _directions, refine_alignment
from aucgan.evaluation.scans.similarity_transform import Similarity, align_points

LANDMARKS = np.array(
    [
        [-0.9, 0.4, 0.1],
        [-0.3, 0.4, 0.2],
        [0.3, 0.4, 0.2],
        [0.9, 0.4, 0.1],
        [0, -0.2, 0.6],
        [-0.5, -0.7, 0.2],
        [0.5, -0.7, 0.2],
    ]
)


def transform(seed=0, size=1.0, scale=1.7):
    rng = np.random.default_rng(seed)
    return Similarity(scale, Rotation.from_rotvec(size * rng.normal(0, 1, 3)).as_matrix(), size * rng.normal(0, 1, 3))


def bumpy_plate(cells=24):
    """A curved sheet over [-1.5, 1.5]² with relief in every direction: its vertices and faces."""
    axis = np.linspace(-1.5, 1.5, cells)
    x, y = (a.ravel() for a in np.meshgrid(axis, axis))
    z = 0.3 * np.sin(2 * x + 0.3) * np.cos(3 * y) - 0.3 * x**2 + 0.1 * y
    index = np.arange(cells * cells).reshape(cells, cells)
    quads = [index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]]
    a, b, c, d = (q.ravel() for q in quads)
    return np.stack([x, y, z], axis=1), np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def test_umeyama_recovers_any_similarity():
    source = np.random.default_rng(1).normal(0, 1, (7, 3))
    for seed in range(5):
        truth = transform(seed, size=2.0, scale=0.3 + seed)
        found = align_points(source, truth.apply(source))
        assert found.scale == pytest.approx(truth.scale)
        assert found.rotation == pytest.approx(truth.rotation) and found.translation == pytest.approx(truth.translation)
        assert found.undo(found.apply(source)) == pytest.approx(source)


def test_umeyama_never_mirrors():
    source = np.random.default_rng(2).normal(0, 1, (7, 3))
    found = align_points(source, source * [-1, 1, 1])
    assert np.linalg.det(found.rotation) == pytest.approx(1.0)


def test_umeyama_is_optimal():
    rng = np.random.default_rng(3)
    source, target = rng.normal(0, 1, (2, 9, 3))
    best = align_points(source, target)

    def cost(t):
        return ((t.apply(source) - target) ** 2).sum()

    for _ in range(50):
        turn = Rotation.from_rotvec(rng.normal(0, 0.05, 3)).as_matrix()
        other = Similarity(
            best.scale * rng.uniform(0.9, 1.1), turn @ best.rotation, best.translation + rng.normal(0, 0.05, 3)
        )
        assert cost(other) >= cost(best)


def test_alignment_without_scale_keeps_lengths():
    source = np.random.default_rng(4).normal(0, 1, (5, 3))
    assert align_points(source, 3 * source, with_scale=False).scale == 1.0


def test_points_on_a_line_are_refused():
    line = np.outer(np.arange(7.0), [1, 2, 3])
    with pytest.raises(ValueError, match="do not determine a rotation"):
        align_points(line, line)
    with pytest.raises(ValueError, match=r"got \(7, 3\) and \(6, 3\)"):
        align_points(line, line[:6])


def test_refinement_finds_the_transform_from_nearby():
    verts, faces = bumpy_plate()
    surface = Surface(verts, faces)
    truth = transform(0, scale=1.3)
    inner = surface.triangles.mean(1)
    inner = inner[np.abs(inner[:, :2]).max(1) < 1.2]
    nudge = transform(5, size=0.03, scale=1.02)
    start = Similarity(
        nudge.scale * truth.scale,
        nudge.rotation @ truth.rotation,
        nudge.scale * nudge.rotation @ truth.translation + nudge.translation,
    )
    found = refine_alignment(surface, truth.apply(inner), start)
    assert found.scale == pytest.approx(truth.scale, rel=1e-4)
    assert found.rotation == pytest.approx(truth.rotation, abs=1e-4)
    assert found.translation == pytest.approx(truth.translation, abs=1e-4)


def test_directions_are_those_of_the_offsets_and_on_the_surface_its_turned_normals():
    surface = Surface(np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]), np.array([[0, 1, 2], [0, 2, 3]]))
    turned = Similarity(2.0, Rotation.from_rotvec([0, np.pi / 2, 0]).as_matrix(), np.array([5.0, 6, 7]))
    along_x, along_minus_z = [1.0, 0, 0], [0, 0, -1.0]  # where +z and +x of the mesh point

    def directions(offset, faces):
        hit = ClosestPoints(np.zeros((len(faces), 3)), np.zeros(len(faces)), np.array(faces))
        with np.errstate(divide="raise", invalid="raise"):
            return _directions(surface, np.array(offset, dtype=float), turned, hit)

    # A point lies on the surface where its distance is 1e-9 of the largest, which is 5, or less.
    offset = [[0, 3, 4.0], [0, 0, 0], [0, 0, 0], [0, 1e-9, 0], [0, -1e-8, 0]]
    expected = [[0, 0.6, 0.8], along_x, along_minus_z, along_x, [0, -1, 0]]
    np.testing.assert_allclose(directions(offset, [1, 0, 1, 0, 1]), expected, atol=1e-15)
    assert 1e-9 * 1e9 == 1.0
    np.testing.assert_allclose(directions([[0, 1e9, 0], [0, 1, 0]], [0, 0]), [[0, 1, 0], along_x], atol=1e-15)
    np.testing.assert_allclose(directions([[0, 0, 0], [0, 0, 0]], [0, 1]), [along_x, along_minus_z], atol=1e-15)


def test_refinement_never_makes_it_worse():
    verts, faces = bumpy_plate(10)
    surface = Surface(verts, faces)
    rng = np.random.default_rng(6)
    points = verts + rng.normal(0, 0.05, verts.shape)
    start = transform(7, size=0.1, scale=1.0)

    def cost(t):
        return ((t.scale * surface.closest(t.undo(points)).distances) ** 2).mean()

    assert cost(refine_alignment(surface, points, start)) < cost(start)
    still = refine_alignment(surface, verts, Similarity(1.0, np.eye(3), np.zeros(3)))
    assert cost(still) <= cost(Similarity(1.0, np.eye(3), np.zeros(3))) and still.scale == pytest.approx(1.0)


def test_the_face_region_is_a_sphere_about_the_nose():
    # outer eye distance 1.8, nose 0.72 long from (0, -0.2, 0.6) to (0, 0.4, 0.2)
    radius = 1.2 * (1.8 + np.hypot(0.6, 0.4)) / 2
    centre = np.array([0, -0.2 + 0.3 * 0.6, 0.6 - 0.3 * 0.4])
    points = centre + np.array([[0, 0, 0], [0.999 * radius, 0, 0], [0, 1.001 * radius, 0]])
    assert face_region(points, LANDMARKS).tolist() == [True, True, False]


@pytest.mark.parametrize("refine", [False, True])
def test_a_mesh_against_itself_under_any_similarity_is_perfect(refine):
    verts, faces = bumpy_plate()
    for seed in range(3):
        moved = transform(seed, scale=0.2 + seed)
        surface = Surface(moved.apply(verts), faces)
        result = scan_to_mesh(verts, LANDMARKS, surface, moved.apply(LANDMARKS), refine)
        assert len(result.distances) > 100 and result.distances.max() < 1e-6
        assert result.landmark_error < 1e-6


def test_a_known_offset_is_that_distance():
    box = trimesh.creation.box(extents=(4, 4, 2)).subdivide().subdivide().subdivide()
    outwards = box.vertices * [1, 1, 1.1]  # front and back move by 0.1
    front = box.vertices[:, 2] > 0
    inside = front & (np.abs(box.vertices[:, :2]).max(1) < 1.9)
    landmarks = LANDMARKS + [0, 0, 0.5]
    result = scan_to_mesh(outwards[inside], landmarks, Surface(box.vertices, box.faces), landmarks, refine=False)
    assert result.distances == pytest.approx(np.full(len(result.distances), 0.1))


def test_refinement_takes_away_what_a_rigid_motion_explains_and_no_more():
    verts, faces = bumpy_plate()
    surface = Surface(verts, faces)
    normals = trimesh.Trimesh(verts, faces, process=False).vertex_normals
    inside = np.abs(verts[:, :2]).max(1) < 1.2
    checker = np.where(np.arange(len(verts)) % 2, 0.02, -0.02)[:, None]
    scan = (verts + checker * normals)[inside] + [0.05, -0.03, 0.04]  # landmarks are picked badly
    coarse = scan_to_mesh(scan, LANDMARKS, surface, LANDMARKS, refine=False)
    fine = scan_to_mesh(scan, LANDMARKS, surface, LANDMARKS, refine=True)
    assert np.mean(fine.distances) < 0.7 * np.mean(coarse.distances)
    assert np.mean(fine.distances) == pytest.approx(0.02, rel=0.1)


def test_noise_of_the_scan_is_its_own_size():
    verts, faces = bumpy_plate(60)
    surface = Surface(verts, faces)
    normals = trimesh.Trimesh(verts, faces, process=False).vertex_normals
    scan = verts + 0.001 * np.random.default_rng(0).normal(0, 1, (len(verts), 1)) * normals
    result = scan_to_mesh(scan[np.abs(verts[:, :2]).max(1) < 1.4], LANDMARKS, surface, LANDMARKS)
    assert np.median(result.distances) == pytest.approx(0.6745 * 0.001, rel=0.1)
    assert np.mean(result.distances) == pytest.approx(np.sqrt(2 / np.pi) * 0.001, rel=0.1)


def test_a_scan_in_another_unit_than_its_landmarks_is_an_error():
    verts, faces = bumpy_plate(6)
    with pytest.raises(ValueError, match="one frame and unit"):
        scan_to_mesh(1000 * verts + 5000, LANDMARKS, Surface(verts, faces), LANDMARKS)
