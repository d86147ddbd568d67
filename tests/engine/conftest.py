import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

TOY = """
custom_imports = dict(imports=["toy_components"])
model = dict(type="ToyModel")
train_dataloader = dict(batch_size=4, dataset=dict(type="ToyRows"))
val_dataloader = dict(batch_size=5, dataset=dict(type="ToyRows"))
test_dataloader = dict(batch_size=5, dataset=dict(type="ToyRows"))
train_cfg = dict(type="ExactTrainLoop", max_iters=12, val_interval=5)
val_evaluator = [dict(type="ToyError")]
test_evaluator = [dict(type="ToyError")]
optim_wrapper = dict(type="OptimWrapper", optimizer=dict(type="Adam", lr=0.05))
param_scheduler = [dict(type="CosineAnnealingLR", by_epoch=False, T_max=12)]
default_hooks = dict(checkpoint=dict(type="AtomicCheckpointHook", interval=3, save_best="error", rule="less"))
"""


@pytest.fixture
def toy_text() -> str:
    """Source of a config that trains in milliseconds."""
    return TOY


@pytest.fixture
def workspace(tmp_path, monkeypatch, toy_text):
    """An empty current folder with ``toy.py``, a config that trains in milliseconds."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toy.py").write_text(toy_text)
    return tmp_path
