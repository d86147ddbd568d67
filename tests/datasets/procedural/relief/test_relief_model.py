import ast
from pathlib import Path

import numpy as np
import pytest
import torch

import aucgan
from aucgan.action_units import N_AUS, SIDED_AUS, main_index, side_index
from aucgan.datasets.procedural.motion import head_motion
from aucgan.datasets.procedural.relief.marks import draw_marks
from aucgan.datasets.procedural.relief.model import MAX_RELIEF, TEXEL, relief_model
from aucgan.datasets.procedural.relief.person_skin import PROCESSES, STRANGE, TRAINED_ON, PersonSkin, folding
from aucgan.datasets.procedural.relief.wrinkle_code import N_WRINKLE, WrinkleTraits
from aucgan.models.face_models.flame import FLAME

SIZE, HEAD = 128, "anny"
SHOWN = ((), (1, 2), (4, 7), (6, 12), (9, 10, 17))


def units(*numbers):
    aus = np.zeros(N_AUS, np.float32)
    for number in numbers:
        aus[main_index(number)] = 1.0
        if number in SIDED_AUS:
            aus[[side_index(number, "L"), side_index(number, "R")]] = 1.0
    return aus


@pytest.fixture(scope="module")
def faces():
    """Action units of five expressions, the mean head at rest and with each of them."""
    aus, motion = np.stack([units(*numbers) for numbers in SHOWN]), head_motion(HEAD)
    codes = [motion.show(one, 0.0) for one in aus]
    exp = torch.from_numpy(np.stack([one[0][: motion.sizes.exp] for one in codes])).float()
    pose = torch.from_numpy(np.stack([np.r_[0, 0, 0, one[1]] for one in codes])).float()
    flame = FLAME(HEAD, HEAD, 1, motion.sizes.exp)
    with torch.no_grad():
        posed = flame(torch.zeros(len(exp), 1), exp, pose)[0].numpy()
    return aus, posed[0], posed


def person(number, process, lined=1.0, age=0.5):
    code = np.random.default_rng(number).standard_normal(N_WRINKLE)
    code[:2] = age, lined
    return PersonSkin(code, (9, number), process)


@pytest.fixture(scope="module")
def people(faces):
    """Process → reliefs ``(3 persons, 5 expressions, S, S)``."""
    model = relief_model(SIZE, HEAD)
    return {
        process: np.stack([model.displacement(person(n, process), *faces) for n in range(3)]) for process in PROCESSES
    }


def imported(module, root, seen):
    """All of the library's modules that a module needs."""
    path = root.joinpath(*module.split(".")[1:])
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if module in seen or not path.is_file():
        return seen
    seen.add(module)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("aucgan"):
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
                imported(name, root, seen)
    return seen


def test_the_two_processes_share_no_module():
    root = Path(aucgan.__file__).parent
    needs = []
    for process in ("strokes", "mechanics"):
        folder = root / "datasets/procedural/relief" / process
        modules = [f"aucgan.datasets.procedural.relief.{process}.{path.stem}" for path in folder.glob("*.py")]
        needs.append(set().union(*(imported(module, root, set()) for module in modules)))
    assert len(needs[0]) >= 6 and len(needs[1]) >= 5
    assert not needs[0] & needs[1]


@pytest.mark.parametrize("process", PROCESSES)
def test_depths_are_those_of_skin(people, process):
    reliefs, mask = people[process], relief_model(SIZE, HEAD).mask
    assert reliefs.dtype == np.float32 and np.isfinite(reliefs).all()
    assert np.abs(reliefs).max() <= MAX_RELIEF and (reliefs[..., mask == 0] == 0).all()
    inside = reliefs[..., mask > 0.5]
    assert 2e-5 < inside.std() < 4e-4
    deepest = -inside[:, 1:].min(axis=(1, 2))
    assert (deepest > 2e-4).all() and (deepest < MAX_RELIEF).all()


@pytest.mark.parametrize("process", ["strokes", "mechanics"])
def test_folds_are_steep_enough_to_be_seen(faces, process):
    """Slopes at rest and with expressions, degrees: a young smooth face against a lined one of sixty-five."""
    model = relief_model(SIZE, HEAD)
    inside = model.mask > 0.5

    def slope(lined, age):
        reliefs = np.stack([model.displacement(person(n, process, lined, age), *faces) for n in range(4)])
        steep = np.hypot(*np.gradient(reliefs, TEXEL, axis=(2, 3)))[..., inside]
        return np.rad2deg(np.arctan(steep)).mean(axis=(0, 2))

    young, old = slope(-0.5, -1.5), slope(0.5, 0.7)
    assert young[0] < 1.2, "young skin at rest is nearly smooth"
    assert 1.8 < old[0] < 6.0 and (old[1:] > 1.8).all()
    assert old[0] > 1.8 * young[0] and young[1:].max() > 1.2 * young[0]


@pytest.mark.parametrize("process", PROCESSES)
def test_persons_differ_and_photos_of_one_share_their_lines(people, process):
    mask = relief_model(SIZE, HEAD).mask > 0.5
    fine = people[process][..., mask]
    rest = fine[:, 0] - fine[:, 0].mean(0)
    between = np.corrcoef(rest)[np.triu_indices(3, 1)]
    assert np.abs(np.corrcoef(fine[:, 0])[np.triu_indices(3, 1)]).max() < 0.5 and between.max() < 0.3
    for one in fine:
        assert np.corrcoef(one[0], one[2])[0, 1] > 0.4, "lines at rest stay where they are"


@pytest.mark.parametrize("process", PROCESSES)
def test_relief_is_a_function_of_the_person_and_the_expression(faces, people, process):
    model = relief_model(SIZE, HEAD)
    again = model.displacement(person(1, process), *faces)
    np.testing.assert_array_equal(again, people[process][1])
    aus, neutral, posed = faces
    alone = model.displacement(person(1, process), aus[3:4], neutral, posed[3:4])
    np.testing.assert_allclose(alone[0], again[3], atol=1e-9)


def test_age_and_linedness_deepen_lines_at_rest_apart(faces):
    aus, neutral, posed = (one[:1] if k != 1 else one for k, one in enumerate(faces))
    model = relief_model(SIZE, HEAD)

    def rest(age, lined):
        reliefs = [model.displacement(person(n, "strokes", lined, age), aus, neutral, posed) for n in range(4)]
        return np.std(reliefs)

    assert rest(1.5, 1.0) > 1.4 * rest(-1.5, -1.0)
    code = np.zeros((2, N_WRINKLE))
    code[0, :2], code[1, :2] = (-0.9, 1.5), (0.6, -1.6)  # about thirty and sixty-five years old
    young, old = (WrinkleTraits.from_code(one) for one in code)
    assert young.lined > old.lined and young.age < old.age


def test_pores_are_deepest_on_nose_and_cheeks(faces):
    model = relief_model(SIZE, HEAD)
    grain = np.stack([model._pores.relief({"pores": 1.0}, np.random.default_rng(n)) for n in range(4)])
    position = np.zeros((SIZE * SIZE, 3))
    position[model._rows] = model._position
    place = position.reshape(SIZE, SIZE, 3)

    def depth(x, y, radius):
        near = (np.hypot(place[..., 0] - x, place[..., 1] - y) < radius) & (place[..., 2] > 0.02)
        return grain[:, near].std()

    nose, forehead, temple = depth(0, -0.004, 0.01), depth(0, 0.075, 0.012), depth(0.058, 0.02, 0.012)
    assert nose > 1.3 * forehead and forehead > 1.3 * temple
    assert 1e-5 < nose < 1e-4 and np.abs(grain).max() < 3e-4


def test_marks_are_few_small_and_a_persons_own():
    marks = [draw_marks({"marks": 1.0}, np.random.default_rng(n)) for n in range(200)]
    assert 2 < np.mean([len(one) for one in marks]) < 10
    heights = np.concatenate([[mark.height for mark in one] for one in marks if one])
    assert heights.min() > -0.5e-3 and heights.max() < 1e-3
    assert {len(one) for one in marks} >= {0, 3, 6}


def test_codes_and_processes_are_checked():
    with pytest.raises(ValueError, match="age"):
        WrinkleTraits.from_code(np.zeros(5))
    with pytest.raises(ValueError, match="strokes, mechanics, mixed"):
        PersonSkin(np.zeros(N_WRINKLE), (0,), "paint")
    with pytest.raises(ValueError, match="strokes, both"):
        folding("paint", False, np.random.default_rng(0))


def test_strangers_fold_by_no_process_of_training():
    for wrinkles, processes in TRAINED_ON.items():
        drawn = {folding(wrinkles, False, np.random.default_rng(n)) for n in range(20)}
        assert drawn == set(processes) and STRANGE[wrinkles] not in drawn
        assert folding(wrinkles, True, np.random.default_rng(0)) == STRANGE[wrinkles]
