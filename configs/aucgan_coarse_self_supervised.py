# The coarse stage without the true codes as teachers: landmarks and photos alone, as on real data.
_base_ = [
    "_base_/models/coarse_112.py",
    "_base_/datasets/procedural_112_codes.py",
    "_base_/schedules/coarse_112.py",
    "_base_/default_runtime.py",
]
model = dict(losses=dict(neutral=None, motion=None, expression=None))
