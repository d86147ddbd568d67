# v3 without the discriminator: the mean of what a photo leaves open.
_base_ = [
    "../_base_/models/detail_v3_112.py",
    "../_base_/chains/detail_112.py",
    "../_base_/datasets/procedural_112_pairs.py",
    "../_base_/schedules/detail_unet.py",
    "../_base_/default_runtime.py",
]
model = dict(discriminator=None, losses=dict(adv=None, r1=None))
optim_wrapper = dict(discriminator=None)
