# Generated faces at 112 px with a 128 x 128 UV map: the embedded default.
data_root = "data/procedural_112"
prepare = [
    dict(
        type="ProceduralFaces",
        root=data_root,
        n_train=12000,
        n_val=400,
        n_test=400,
        n_strangers=400,
        image_size=112,
        uv_size=128,
        samples_per_identity=4,
        seed=0,
    )
]
pack = dict(type="PackFace")
train_dataloader = dict(
    batch_size=32,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type="ResumableSampler"),
    collate_fn=dict(type="default_collate"),
    dataset=dict(type="FaceFolder", root=data_root, split="train", pipeline=[pack], cache=True),
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
