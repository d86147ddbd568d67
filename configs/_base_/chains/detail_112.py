# What a detail training on generated faces needs first, and how it is measured.
prerequisites = [
    dict(config="configs/aunet_procedural.py", checkpoint="work_dirs/aunet_procedural/final.pth"),
    dict(config="configs/aucgan_coarse.py", checkpoint="work_dirs/aucgan_coarse/final.pth"),
]
test_evaluator = [
    dict(type="DisplacementError"),
    dict(type="NormalAngularError"),
    dict(type="PhotoShare"),
    dict(type="SlopeEnergy"),
    dict(type="PhotometricError"),
    dict(type="AUF1"),
    dict(type="LandmarkNME"),
]
val_evaluator = test_evaluator
smoke = {"val_dataloader.batch_size": 8, "test_dataloader.batch_size": 8}  # two persons of four photos
# Measured too once the files exist: python tools/train.py configs/aujudge_procedural.py makes the first,
# docs/weights.md says where the second is from.
optional_evaluator = [
    dict(
        type="AUConsistency",
        judge=dict(
            type="AFG",
            backbone="resnet_slim",
            backbone_args=dict(widths=[16, 32, 64, 96], token_dim=48),
            dim=48,
            normalize=True,
            init_cfg=dict(type="Pretrained", checkpoint="work_dirs/aujudge_procedural/final.pth", prefix="network"),
        ),
    ),
    dict(type="IdentitySimilarity", weights="weights/face_recognition.safetensors"),
]
