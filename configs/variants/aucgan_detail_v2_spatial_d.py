# v2 with a discriminator that sees each action unit where its muscles act.
_base_ = [
    "../_base_/models/detail_v2_112.py",
    "../_base_/chains/detail_112.py",
    "../_base_/datasets/procedural_112_truth.py",
    "../_base_/schedules/detail_gan.py",
    "../_base_/default_runtime.py",
]
model = dict(discriminator=dict(type="SpatialAUDiscriminator"))
