# The coarse stage continued with a second encoder for the expression alone, as EMOCA has it.
_base_ = [
    "_base_/models/coarse_112.py",
    "_base_/datasets/procedural_112_codes.py",
    "_base_/schedules/adamw.py",
    "_base_/default_runtime.py",
]
coarse = "work_dirs/aucgan_coarse/final.pth"
prerequisites = [dict(config="configs/aucgan_coarse.py", checkpoint=coarse)]
model = dict(
    encoder=dict(init_cfg=dict(type="Pretrained", checkpoint=coarse, prefix="encoder")),
    expression_encoder=dict(type="EmocaExpressionEncoder", out_dim=59, n_exp=59, depth=18, width=32, hidden=512),
)
test_evaluator = [dict(type="LandmarkNME"), dict(type="MeshError"), dict(type="PhotometricError")]
val_evaluator = test_evaluator
