# The AU network of the default on faces of the human head.
_base_ = [
    "_base_/datasets/anny_112.py",
    "_base_/schedules/adamw.py",
    "_base_/default_runtime.py",
]
model = dict(
    type="AURecognizer",
    network=dict(type="MEFARG", backbone="resnet_slim", dim=64, normalize=True),
    loss=dict(type="WeightedAsymmetricLoss"),
    guide=dict(num_tokens=16, alone=6800),
)
max_iters = 8000
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
optim_wrapper = dict(type="Bf16OptimWrapper", only_if_native=True, optimizer=dict(lr=3e-3))
param_scheduler = [
    dict(type="LinearLR", start_factor=0.05, by_epoch=False, begin=0, end=300),
    dict(type="CosineAnnealingLR", by_epoch=False, begin=300, end=max_iters, eta_min=1e-5),
]
train_dataloader = dict(
    dataset=dict(
        pipeline=[
            dict(type="RandomFlip"),
            dict(type="RandomSimilarity", angle=8.0, scale=[0.93, 1.07], shift=0.04),
            dict(type="ColorJitter"),
            dict(type="PackFace"),
        ]
    )
)
test_evaluator = [dict(type="AUF1")]
val_evaluator = test_evaluator
