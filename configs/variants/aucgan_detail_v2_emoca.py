# v2 on a coarse face whose expression comes from an encoder of its own (EMOCA).
_base_ = [
    "../_base_/models/detail_v2_112.py",
    "../_base_/chains/detail_112.py",
    "../_base_/datasets/procedural_112_truth.py",
    "../_base_/schedules/detail_gan.py",
    "../_base_/default_runtime.py",
]
coarse = "work_dirs/aucgan_coarse_emoca/final.pth"
prerequisites = [
    dict(config="configs/aunet_procedural.py", checkpoint="work_dirs/aunet_procedural/final.pth"),
    dict(config="configs/aucgan_coarse_emoca.py", checkpoint=coarse),
]
model = dict(
    encoder=dict(init_cfg=dict(checkpoint=coarse)),
    expression_encoder=dict(
        type="EmocaExpressionEncoder",
        out_dim=59,
        n_exp=59,
        depth=18,
        width=32,
        hidden=512,
        init_cfg=dict(type="Pretrained", checkpoint=coarse, prefix="expression_encoder"),
    ),
)
