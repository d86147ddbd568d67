"""Measuring what was trained on people whom training cannot have seen, beside those at home."""

from __future__ import annotations

from pathlib import Path

from aucgan.datasets.face_folder import read_samples
from aucgan.datasets.procedural.recipe import STRANGERS
from aucgan.engine.config.reading import read_config
from aucgan.engine.plan.results import RESULTS_NAME
from aucgan.engine.plan.testing import TestRequest, test
from aucgan.engine.plan.train_request import TrainRequest
from aucgan.engine.plan.training import FINAL_NAME, train
from aucgan.files.atomic import write_json


def train_and_meet_strangers(request: TrainRequest) -> dict:
    """Train and test, then test on the strangers of the test data too, where there are any.

    Returns:
        The contents of ``results.json``; ``strangers`` holds the metrics on them.
    """
    content = train(request)
    if not content or not content["metrics"] or request.launcher != "none" or not has_strangers(request):
        return content
    weights = request.folder / FINAL_NAME
    asked = TestRequest(
        config=request.config,
        checkpoint=weights,
        cfg_options=request.cfg_options,
        smoke=request.smoke,
        device=request.device,
        split=STRANGERS,
    )
    content |= {STRANGERS: test(asked)["metrics"]}
    write_json(request.folder / RESULTS_NAME, content)
    return content


def has_strangers(request: TrainRequest) -> bool:
    """Whether the test data of a training are a face folder with strangers."""
    cfg = read_config(request.config, request.cfg_options, smoke=request.smoke)
    dataset = (cfg.get("test_dataloader") or {}).get("dataset", {})
    root = Path(dataset.get("root") or "")
    if "split" not in dataset or not (root / "samples.csv").is_file():
        return False
    return any(row.split == STRANGERS for row in read_samples(root))
