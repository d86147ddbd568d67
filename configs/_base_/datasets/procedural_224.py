# Generated faces at the published sizes: 224 px, 256 x 256 UV map.
data_root = "data/procedural_224"
prepare = [
    dict(
        type="ProceduralFaces",
        root=data_root,
        n_train=20000,
        n_val=1000,
        n_test=1000,
        n_strangers=1000,
        image_size=224,
        uv_size=256,
        samples_per_identity=4,
        seed=0,
    )
]
pack = dict(type="PackFace")
train_dataloader = dict(
    batch_size=32,
    num_workers=8,
    persistent_workers=True,
    prefetch_factor=4,
    sampler=dict(type="ResumableSampler"),
    collate_fn=dict(type="default_collate"),
    dataset=dict(type="FaceFolder", root=data_root, split="train", pipeline=[pack]),
)
val_dataloader = dict(
    batch_size=50,
    num_workers=0,
    sampler=dict(type="DefaultSampler", shuffle=False),
    collate_fn=dict(type="default_collate"),
    dataset=dict(type="FaceFolder", root=data_root, split="val", pipeline=[pack], truth=["displacement"]),
)
test_dataloader = dict(
    batch_size=50,
    num_workers=0,
    sampler=dict(type="DefaultSampler", shuffle=False),
    collate_fn=dict(type="default_collate"),
    dataset=dict(type="FaceFolder", root=data_root, split="test", pipeline=[pack], truth=["displacement"]),
)
val_cfg = dict(type="ValLoop")
test_cfg = dict(type="TestLoop")
