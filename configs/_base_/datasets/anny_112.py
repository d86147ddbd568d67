# The same generated faces, of the human head.
_base_ = "procedural_112.py"
data_root = "data/anny_112"
prepare = [
    dict(
        type="ProceduralFaces",
        root=data_root,
        n_train=12000,
        n_val=400,
        n_test=400,
        image_size=112,
        uv_size=128,
        samples_per_identity=4,
        seed=0,
        head="anny",
    )
]
train_dataloader = dict(dataset=dict(root=data_root))
val_dataloader = dict(dataset=dict(root=data_root))
test_dataloader = dict(dataset=dict(root=data_root))
