# The detail stage on your photos in data/photos: nothing but the photos themselves supervises the displacement.
_base_ = [
    "_base_/models/detail_v2_112.py",
    "_base_/datasets/photos_112.py",
    "_base_/schedules/detail_gan.py",
    "_base_/default_runtime.py",
]
prerequisites = [
    dict(config="configs/aunet_procedural.py", checkpoint="work_dirs/aunet_procedural/final.pth"),
    dict(config="configs/aucgan_coarse_photos.py", checkpoint="work_dirs/aucgan_coarse_photos/final.pth"),
]
model = dict(
    encoder=dict(init_cfg=dict(checkpoint="work_dirs/aucgan_coarse_photos/final.pth")),
    losses=dict(displacement=None, contrast=dict(weight=2.0), au=dict(weight=0.005), z_reg=dict(weight=4.0)),
)
