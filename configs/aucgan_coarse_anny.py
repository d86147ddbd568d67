# The coarse stage of the default on the human head.
_base_ = [
    "_base_/models/coarse_112_anny.py",
    "_base_/datasets/anny_112_codes.py",
    "_base_/schedules/coarse_112.py",
    "_base_/default_runtime.py",
]
