"""The tables and pictures of made-up runs."""

import csv
import json

import numpy as np
import pytest
from PIL import Image

from aucgan.evaluation.statistics.table import markdown_table
from aucgan.experiments.faces import face_grids, short_names
from aucgan.experiments.outcomes import Outcome, SampleValues, read_curves
from aucgan.experiments.plots import plot_bars, plot_curves, save
from aucgan.experiments.report import Comparison, cost_table, overview, run_summary, verdict_table, write_report
from aucgan.experiments.verdicts import constants, judge

R2, L1 = "displacement/r2", "displacement/l1_mm"
COST = dict(
    learned_parameters=1_500_000,
    total_parameters=9_000_000,
    step_gflop=2.5,
    inference_gflop=0.5,
    step_ratio=1.0,
    peak_memory_mib=800.0,
    batch_size=16,
    threads=2,
    device="CPU",
)


@pytest.fixture
def comparison():
    """v2 against a clearly worse and a broken variant: seeds scatter by 0.01 around 0.6 and 0.2."""
    numbers = {"v2": [0.6, 0.61, 0.59], "no_au": [0.2, 0.21, 0.19]}
    samples = SampleValues(np.arange(2), np.arange(2), {R2: np.zeros(2)}, frozenset({R2}))
    outcomes = {
        name: [Outcome(name, s, "finished", "", {R2: v, L1: 0.09, "x": v}, samples) for s, v in enumerate(values)]
        for name, values in numbers.items()
    }
    outcomes["v1"] = [
        Outcome("v1", 0, "diverged", "loss is nan"),
        *(Outcome("v1", s, "failed", "boom") for s in (1, 2)),
    ]
    same = constants(outcomes)
    return Comparison("compare a b", "5 iterations, 3 seeds.", outcomes, judge(outcomes, [R2]), same, {"v2": COST})


def test_overview_has_means_marks_and_words(comparison):
    v2, no_au, v1 = overview(comparison)
    assert v2 == {"variant": "v2", "runs": "3", R2: "0.6 ± 0.01", "verdict": "reference"}
    assert no_au == {"variant": "no_au", "runs": "3", R2: "0.2 ± 0.01 (−)", "verdict": f"worse: {R2}"}
    assert v1 == {"variant": "v1", "runs": "0 of 3; 1 diverged; 2 failed", R2: "–", "verdict": "no numbers"}


def test_files_say_the_same(comparison, tmp_path):
    text = write_report(comparison, tmp_path).read_text(encoding="utf-8")
    assert (
        "(−) worse" in text
        and f"The same for all, as it depends on the data and the frozen parts alone: {L1} 0.09." in text
    )
    assert "- v1, seed 0: diverged (loss is nan)" in text and "| -0.4 [" in text and "1.5" in text
    with (tmp_path / "comparison.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["verdict"] for row in rows] == ["reference", "worse", "not measured"]
    assert float(rows[1]["difference"]) == pytest.approx(-0.4) and float(rows[1]["low"]) < -0.4 < float(rows[1]["high"])
    content = json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))
    assert content["rows"][1]["values"] == {"0": 0.2, "1": 0.21, "2": 0.19}
    assert content["rows"][2]["mean"] is None and len(content["runs"]) == 9
    assert content["costs"]["v2"]["step_gflop"] == 2.5


def test_code_that_changed_is_told(comparison, tmp_path):
    comparison.outcomes["v2"][0] = Outcome("v2", 0, "finished", "", {R2: 0.6}, None, other_code=True)
    assert "Trained by another state of the library's code than the present one: v2." in write_report(
        comparison, tmp_path
    ).read_text(encoding="utf-8")


def test_a_lone_seed_among_others_has_no_interval():
    numbers = {"v2": [0.6, 0.61], "v1": [0.2], "no_au": [0.3, 0.31]}
    outcomes = {
        name: [Outcome(name, s, "finished", "", {R2: v}) for s, v in enumerate(values)]
        for name, values in numbers.items()
    }
    lone, _ = verdict_table(judge(outcomes, [R2]))
    assert lone["difference"] == "-0.405 (one seed: no interval)" and lone["verdict"] == "not distinguishable"


def test_summary_of_runs():
    assert run_summary([Outcome("a", 0, "finished")]) == "1"
    assert run_summary([Outcome("a", 0, "finished"), Outcome("a", 1, "missing")]) == "1 of 2; 1 missing"


def test_curves_are_joined_over_resumptions(tmp_path):
    for folder, steps in (("20260101_1", (10, 20)), ("20260101_2", (20, 30))):
        (tmp_path / folder / "vis_data").mkdir(parents=True)
        lines = [json.dumps(dict(loss=s / 10 + len(folder), lr=1.0, step=s, iter=s)) for s in steps]
        (tmp_path / folder / "vis_data" / "scalars.json").write_text(
            "\n".join(lines) + '\n{"loss": 0.1, "st', encoding="utf-8"
        )  # killed
    curves = read_curves(tmp_path)
    assert set(curves) == {"loss"} and curves["loss"][0].tolist() == [10, 20, 30]
    figure = plot_curves({"a": [curves, curves], "b": []})
    save(figure, tmp_path / "curves.png")
    assert Image.open(tmp_path / "curves.png").size[0] > 200
    assert plot_curves({"a": [{}]}) is None


def test_bars_cut_off_what_is_far_away(comparison, tmp_path):
    outcomes = {f"v{i}": [Outcome(f"v{i}", s, "finished", "", {R2: 0.5 + 0.1 * i}) for s in (0, 1)] for i in range(4)}
    outcomes["wild"] = [Outcome("wild", s, "finished", "", {R2: -1000.0 - s}) for s in (0, 1)]
    figure = plot_bars(judge(outcomes, [R2]))
    low, high = figure.axes[0].get_xlim()
    assert low == 0.0 and 0.8 < high < 1.2
    assert [text.get_text() for text in figure.axes[0].texts] == ["-1e+03"]
    save(figure, tmp_path / "bars.png")
    save(plot_bars(comparison.rows), tmp_path / "bars.png")


def picture(value, count=2, size=8):
    return np.full((count, size, size, 3), value, np.uint8)


def shapes(value, count=2):
    return {"detail shape": picture(value, count), "displacement": picture(value + 1, count)}


def first_column(grid, columns):
    """Grey levels of the pictures of the first face, from a grid of pictures of 8 pixels."""
    pixels = np.asarray(grid)
    rows, left = (pixels.shape[0] - 14 + 2) // 10, pixels.shape[1] - (10 * columns - 2)
    return [int(pixels[14 + 10 * row, left, 0]) for row in range(rows)]


def test_faces_stand_side_by_side_with_photo_and_truth(tmp_path):
    truth = {"truth: detail shape": picture(30), "truth: displacement": picture(40)}
    shared = {"photo": picture(10), "coarse shape": picture(11), "composite": picture(99)} | truth
    for name, value in (("a", 100), ("b", 200)):
        np.savez(tmp_path / name, **shared, **shapes(value))
    np.savez(tmp_path / "c", **{name: pictures[:1] for name, pictures in shared.items()}, **shapes(50, count=1))
    files = {n: tmp_path / f"{n}.npz" for n in ("a", "b", "missing")}
    grids = face_grids(files)
    assert list(grids) == ["detail shape", "displacement"]
    assert first_column(grids["detail shape"], 2) == [10, 11, 30, 100, 200]
    assert first_column(grids["displacement"], 2) == [10, 40, 101, 201]
    fewer = face_grids(files | {"c": tmp_path / "c.npz"})
    assert first_column(fewer["displacement"], 1) == [10, 40, 101, 201, 51]
    assert face_grids({"a": tmp_path / "missing.npz"}) == {}


def test_short_names():
    stems = ["aucgan_detail_v2", "aucgan_detail_v2_hinge", "deca_detail"]
    assert short_names(stems) == ["v2", "v2_hinge", "deca_detail"]
    assert short_names(["a_x", "b_x"]) == ["a_x", "b_x"]
    assert short_names(["a_b", "a_b_c"]) == ["b", "b_c"]
    assert short_names(["a_b", "a_b-without-x", "a_c"]) == ["b", "without-x", "c"]
    assert short_names(["a_b", "a_b-without-x"]) == ["a_b", "without-x"]


def test_costs_that_are_not_known_are_a_dash():
    half = {key: value for key, value in COST.items() if key != "step_ratio"}
    table = markdown_table(cost_table({"v2": COST, "broken": half}))
    assert [line.split("|")[-3].strip() for line in table.splitlines()[2:]] == ["1.00", "–"]
