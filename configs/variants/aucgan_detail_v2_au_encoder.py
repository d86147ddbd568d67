# v2 with a compact AU code as a further condition of the generator.
_base_ = [
    "../_base_/models/detail_v2_112.py",
    "../_base_/chains/detail_112.py",
    "../_base_/datasets/procedural_112_truth.py",
    "../_base_/schedules/detail_gan.py",
    "../_base_/default_runtime.py",
]
model = dict(
    au_encoder=dict(type="AUEncoder", condition_dim=32, afn_dim=_base_.afn_dim, hidden=64),
    generator=dict(condition_dim=32),
)
