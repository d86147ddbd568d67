"""The configs of fitters say what the defaults do, and build."""

from pathlib import Path

import pytest
from mmengine.config import Config

from aucgan.fitting.defaults import ENERGIES_OF_A_FIT, PHOTO_STAGE, STAGES_OF_A_FIT
from aucgan.registry import FITTERS

FOLDER = Path(__file__).parents[2] / "configs" / "fitting"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_config_builds(path, head):
    fitter = Config.fromfile(path).fitter
    assert fitter.energies.to_dict() == ENERGIES_OF_A_FIT
    stages = STAGES_OF_A_FIT | (PHOTO_STAGE if "photo" in path.stem else {})
    assert {k: {n: tuple(v) if isinstance(v, list) else v for n, v in s.items()} for k, s in fitter.stages.items()} == (
        stages
    )
    built = FITTERS.build({**fitter, "head": head})
    assert list(built.stages) == list(stages)
