_base_ = [
    "_base_/models/detail_v3_112.py",
    "_base_/chains/detail_112.py",
    "_base_/datasets/procedural_112_pairs.py",
    "_base_/schedules/detail_unet.py",
    "_base_/default_runtime.py",
]
test_evaluator = [
    dict(type="DisplacementError"),
    dict(type="NormalAngularError"),
    dict(type="PhotoShare"),
    dict(type="PhotometricError"),
    dict(type="AUF1"),
    dict(type="LandmarkNME"),
]
val_evaluator = test_evaluator
smoke = {"val_dataloader.batch_size": 8, "test_dataloader.batch_size": 8}  # two persons of four photos
