# v2 without the true displacement: the photos alone supervise, as on real data. To compare with v1.
_base_ = [
    "_base_/models/detail_v2_112.py",
    "_base_/chains/detail_112.py",
    "_base_/datasets/procedural_112_truth.py",
    "_base_/schedules/detail_gan.py",
    "_base_/default_runtime.py",
]
model = dict(
    losses=dict(displacement=None, contrast=dict(weight=2.0), au=dict(weight=0.005), z_reg=dict(weight=4.0)),
)
