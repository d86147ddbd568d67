_base_ = [
    "_base_/datasets/procedural_112.py",
    "_base_/schedules/adamw.py",
    "_base_/default_runtime.py",
]
model = dict(
    type="AURecognizer",
    network=dict(
        type="MEFARG",
        backbone="resnet_slim",
        backbone_args=dict(widths=[24, 32, 64, 128, 128]),
        dim=64,
        normalize=True,
    ),
    loss=dict(type="WeightedAsymmetricLoss"),
)
test_evaluator = [dict(type="AUF1")]
val_evaluator = test_evaluator
