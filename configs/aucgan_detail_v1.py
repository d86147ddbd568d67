# The method as it stood, in healthy code, on the default data (docs/method_review.md says what is wrong with it).
# It learns from the photos alone; of v2, compare aucgan_detail_v2_self_supervised.py.
# Scaled to this run: sizes, and the generator's learning rate (that of v2, with its schedule; it was 5e-6, constant,
# over a long training). As it was: Adam's betas, the discriminator's 1e-4, all loss formulas and their weights
# (AU_feature, whose value is not recorded, is 0.05).
_base_ = [
    "_base_/models/detail_v1_112.py",
    "_base_/chains/detail_112.py",
    "_base_/datasets/procedural_112_truth.py",
    "_base_/schedules/detail_gan.py",
    "_base_/default_runtime.py",
]
optim_wrapper = dict(discriminator=dict(optimizer=dict(lr=1e-4)))
