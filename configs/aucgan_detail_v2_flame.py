# The detail stage on FLAME and your photos at the published sizes; docs/weights.md has the files.
# Its coarse encoder is DECA's. To take yours: model.encoder.init_cfg.checkpoint=work_dirs/aucgan_coarse_flame/final.pth
# with prefix "encoder".
_base_ = [
    "_base_/models/detail_v2_flame_224.py",
    "_base_/datasets/photos_224.py",
    "_base_/schedules/detail_gan_long.py",
    "_base_/default_runtime.py",
]
