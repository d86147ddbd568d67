# v2 with DECA's decoder: the generator does not see the action units, discriminator and AU loss still do.
_base_ = [
    "../_base_/models/detail_v2_112.py",
    "../_base_/chains/detail_112.py",
    "../_base_/datasets/procedural_112_truth.py",
    "../_base_/schedules/detail_gan.py",
    "../_base_/default_runtime.py",
]
model = dict(generator=dict(type="DetailDecoderGenerator"))
