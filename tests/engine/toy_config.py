"""A config that trains in milliseconds."""

import contextlib
import os
from pathlib import Path

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]

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


@contextlib.contextmanager
def chdir(folder):
    old = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(old)
