# v2 with the non-saturating loss and the gradient penalty that it is commonly trained with.
_base_ = [
    "../_base_/models/detail_v2_112.py",
    "../_base_/chains/detail_112.py",
    "../_base_/datasets/procedural_112_truth.py",
    "../_base_/schedules/detail_gan.py",
    "../_base_/default_runtime.py",
]
model = dict(losses=dict(adv=dict(type="NonSaturatingLoss"), r1=dict(type="R1Penalty", weight=10.0)))
