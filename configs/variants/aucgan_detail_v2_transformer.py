# v2 with a detail encoder whose image tokens attend to the action units.
_base_ = [
    "../_base_/models/detail_v2_112.py",
    "../_base_/chains/detail_112.py",
    "../_base_/datasets/procedural_112_truth.py",
    "../_base_/schedules/detail_gan.py",
    "../_base_/default_runtime.py",
]
model = dict(detail_encoder=dict(type="TransformerDetailCoder", afn_dim=_base_.afn_dim))
