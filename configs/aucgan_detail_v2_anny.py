# The detail stage of the default on the human head.
_base_ = [
    "_base_/models/detail_v2_112_anny.py",
    "_base_/datasets/anny_112_truth.py",
    "_base_/schedules/detail_gan.py",
    "_base_/default_runtime.py",
]
prerequisites = [
    dict(config="configs/aunet_anny.py", checkpoint="work_dirs/aunet_anny/final.pth"),
    dict(config="configs/aucgan_coarse_anny.py", checkpoint="work_dirs/aucgan_coarse_anny/final.pth"),
]
test_evaluator = [
    dict(type="DisplacementError"),
    dict(type="NormalAngularError"),
    dict(type="PhotometricError"),
    dict(type="AUF1"),
    dict(type="LandmarkNME"),
]
val_evaluator = test_evaluator
