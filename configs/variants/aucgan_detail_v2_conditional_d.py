# v2 with the discriminator of v1, which views AU features as an image.
_base_ = [
    "../_base_/models/detail_v2_112.py",
    "../_base_/chains/detail_112.py",
    "../_base_/datasets/procedural_112_truth.py",
    "../_base_/schedules/detail_gan.py",
    "../_base_/default_runtime.py",
]
model = dict(discriminator=dict(type="ConditionalDiscriminator"))
