# What a detail training on generated faces needs first, and how it is measured.
prerequisites = [
    dict(config="configs/aunet_procedural.py", checkpoint="work_dirs/aunet_procedural/final.pth"),
    dict(config="configs/aucgan_coarse.py", checkpoint="work_dirs/aucgan_coarse/final.pth"),
]
test_evaluator = [
    dict(type="DisplacementError"),
    dict(type="NormalAngularError"),
    dict(type="PhotometricError"),
    dict(type="AUF1"),
    dict(type="LandmarkNME"),
]
val_evaluator = test_evaluator
