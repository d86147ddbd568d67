# The coarse stage of the default, continued on your photos in data/photos (docs/data.md has the layout).
_base_ = [
    "_base_/models/coarse_112.py",
    "_base_/datasets/photos_112.py",
    "_base_/schedules/adamw.py",
    "_base_/default_runtime.py",
]
prerequisites = [dict(config="configs/aucgan_coarse.py", checkpoint="work_dirs/aucgan_coarse/final.pth")]
load_from = "work_dirs/aucgan_coarse/final.pth"
optim_wrapper = dict(optimizer=dict(lr=2e-4))
model = dict(losses=dict(neutral=None, motion=None, expression=None))
