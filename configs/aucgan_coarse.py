_base_ = [
    "_base_/models/coarse_112.py",
    "_base_/datasets/procedural_112_codes.py",
    "_base_/schedules/coarse_112.py",
    "_base_/default_runtime.py",
]
