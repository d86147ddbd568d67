_base_ = [
    "_base_/models/coarse_224.py",
    "_base_/datasets/procedural_224_codes.py",
    "_base_/schedules/adamw_long.py",
    "_base_/default_runtime.py",
]
test_evaluator = [dict(type="LandmarkNME"), dict(type="MeshError"), dict(type="PhotometricError")]
val_evaluator = test_evaluator
