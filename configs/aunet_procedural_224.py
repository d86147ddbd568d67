_base_ = [
    "_base_/datasets/procedural_224.py",
    "_base_/schedules/adamw_long.py",
    "_base_/default_runtime.py",
]
model = dict(
    type="AURecognizer",
    network=dict(
        type="MEFARG",
        backbone="resnet50",
        normalize=True,
    ),
    loss=dict(type="WeightedAsymmetricLoss"),
)
test_evaluator = [dict(type="AUF1")]
val_evaluator = test_evaluator
