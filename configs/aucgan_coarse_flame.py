# The coarse stage on FLAME and your photos, continued from DECA's encoder; docs/weights.md has the files.
# Identity: losses.identity=dict(type="IdentityLoss", weights=PATH, weight=0.2), with required_assets.face_recognition.
_base_ = [
    "_base_/models/coarse_flame_224.py",
    "_base_/datasets/photos_224.py",
    "_base_/schedules/adamw_long.py",
    "_base_/default_runtime.py",
]
optim_wrapper = dict(optimizer=dict(lr=1e-4))
