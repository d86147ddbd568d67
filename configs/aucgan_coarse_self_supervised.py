# The coarse stage without the true codes: landmarks and photos alone supervise, as on real data.
_base_ = [
    "_base_/models/coarse_112.py",
    "_base_/datasets/procedural_112.py",
    "_base_/schedules/adamw.py",
    "_base_/default_runtime.py",
]
model = dict(losses=dict(neutral=None, motion=None))
max_iters = 2200
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
optim_wrapper = dict(type="Bf16OptimWrapper", only_if_native=True, optimizer=dict(lr=1.5e-3))
param_scheduler = [
    dict(type="LinearLR", start_factor=0.05, by_epoch=False, begin=0, end=100),
    dict(type="CosineAnnealingLR", by_epoch=False, begin=100, end=max_iters, eta_min=1e-5),
]
test_evaluator = [dict(type="LandmarkNME"), dict(type="MeshError"), dict(type="PhotometricError")]
val_evaluator = test_evaluator
