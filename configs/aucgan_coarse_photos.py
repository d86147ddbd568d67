# The coarse stage of the default, continued on your photos in data/photos, as tools/prepare_faces.py makes them: their
# fitted codes teach beside the photos, by how far each fit may be trusted (docs/photos_to_data.md).
_base_ = [
    "_base_/models/coarse_112.py",
    "_base_/datasets/photos_112.py",
    "_base_/schedules/adamw.py",
    "_base_/default_runtime.py",
]
prerequisites = [dict(config="configs/aucgan_coarse.py", checkpoint="work_dirs/aucgan_coarse/final.pth")]
load_from = "work_dirs/aucgan_coarse/final.pth"
optim_wrapper = dict(optimizer=dict(lr=2e-4))
train_dataloader = dict(dataset=dict(fitted=["shape", "exp", "pose"]))
model = dict(losses=dict(expression=dict(type="CodeDistanceLoss", scale=0.2, weight=0.05)))
