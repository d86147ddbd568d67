# The coarse encoder of the embedded default: a slim ResNet-18.
_encoder = dict(type="ResnetEncoder", out_dim=245, depth=18, width=32, hidden=512)
