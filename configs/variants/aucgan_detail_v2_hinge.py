# v2 with the hinge loss in the place of cross-entropy with smoothed labels.
_base_ = [
    "../_base_/models/detail_v2_112.py",
    "../_base_/chains/detail_112.py",
    "../_base_/datasets/procedural_112_truth.py",
    "../_base_/schedules/detail_gan.py",
    "../_base_/default_runtime.py",
]
model = dict(losses=dict(adv=dict(type="HingeLoss")))
