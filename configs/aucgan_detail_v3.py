_base_ = [
    "_base_/models/detail_v3_112.py",
    "_base_/chains/detail_112.py",
    "_base_/datasets/procedural_112_pairs.py",
    "_base_/schedules/detail_unet.py",
    "_base_/default_runtime.py",
]
