# Your photos in the layout of docs/data.md, uncropped, with the crop of DECA and EMOCA at 224 px.
data_root = "data/photos"
pack = dict(type="PackFace")
train_dataloader = dict(
    batch_size=16,
    num_workers=8,
    persistent_workers=True,
    prefetch_factor=4,
    sampler=dict(type="ResumableSampler"),
    collate_fn=dict(type="default_collate"),
    dataset=dict(
        type="FaceFolder",
        root=data_root,
        split="train",
        reduce=True,
        pipeline=[
            dict(type="CropFace", size=224, scale=[1.4, 1.8]),
            dict(type="RandomFlip"),
            dict(type="ColorJitter"),
            pack,
        ],
    ),
)
val_dataloader = dict(
    batch_size=16,
    num_workers=4,
    sampler=dict(type="DefaultSampler", shuffle=False),
    collate_fn=dict(type="default_collate"),
    dataset=dict(
        type="FaceFolder",
        root=data_root,
        split="val",
        reduce=True,
        pipeline=[dict(type="CropFace", size=224, scale=1.6), pack],
    ),
)
test_dataloader = dict(
    batch_size=16,
    num_workers=4,
    sampler=dict(type="DefaultSampler", shuffle=False),
    collate_fn=dict(type="default_collate"),
    dataset=dict(
        type="FaceFolder",
        root=data_root,
        split="test",
        reduce=True,
        pipeline=[dict(type="CropFace", size=224, scale=1.6), pack],
    ),
)
val_cfg = dict(type="ValLoop")
test_cfg = dict(type="TestLoop")
test_evaluator = [dict(type="LandmarkNME"), dict(type="PhotometricError")]
val_evaluator = test_evaluator
