# The coarse stage of the default: as long as it fits beside the AU network, and how it is measured.
_base_ = "adamw.py"
max_iters = 2200
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
optim_wrapper = dict(type="Bf16OptimWrapper", only_if_native=True, optimizer=dict(lr=1.5e-3))
param_scheduler = [
    dict(type="LinearLR", start_factor=0.05, by_epoch=False, begin=0, end=100),
    dict(type="CosineAnnealingLR", by_epoch=False, begin=100, end=max_iters, eta_min=1e-5),
]
test_evaluator = [dict(type="LandmarkNME"), dict(type="MeshError"), dict(type="PhotometricError")]
val_evaluator = test_evaluator
