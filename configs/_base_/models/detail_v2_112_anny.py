# The detail stage of the default on the human head.
_base_ = "detail_v2_112.py"
head = "anny"
model = dict(
    encoder=dict(out_dim=245, init_cfg=dict(checkpoint="work_dirs/aucgan_coarse_anny/final.pth")),
    flame=dict(model=head, landmarks=head, n_exp=59),
    flametex=dict(model=head),
    renderer=dict(topology=head),
    code_stats=dict(exp=dict(std=0.2)),
    au_net=dict(init_cfg=dict(checkpoint="work_dirs/aunet_anny/final.pth")),
    generator=dict(n_exp=59),
)
