_base_ = [
    "_base_/models/detail_v2_224.py",
    "_base_/datasets/procedural_224_truth.py",
    "_base_/schedules/detail_gan_long.py",
    "_base_/default_runtime.py",
]
prerequisites = [
    dict(config="configs/aunet_procedural_224.py", checkpoint="work_dirs/aunet_procedural_224/final.pth"),
    dict(config="configs/aucgan_coarse_224.py", checkpoint="work_dirs/aucgan_coarse_224/final.pth"),
]
test_evaluator = [
    dict(type="DisplacementError"),
    dict(type="NormalAngularError"),
    dict(type="PhotometricError"),
    dict(type="AUF1"),
    dict(type="LandmarkNME"),
]
val_evaluator = test_evaluator
