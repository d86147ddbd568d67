# The same run with the AU features zeroed for generator and discriminator: what are they worth?
_base_ = [
    "_base_/models/detail_v2_112.py",
    "_base_/datasets/procedural_112_truth.py",
    "_base_/schedules/detail_gan.py",
    "_base_/default_runtime.py",
]
prerequisites = [
    dict(config="configs/aunet_procedural.py", checkpoint="work_dirs/aunet_procedural/final.pth"),
    dict(config="configs/aucgan_coarse.py", checkpoint="work_dirs/aucgan_coarse/final.pth"),
]
model = dict(afn_source="zero")
test_evaluator = [dict(type="DisplacementError"), dict(type="NormalAngularError"), dict(type="PhotometricError")]
val_evaluator = test_evaluator
