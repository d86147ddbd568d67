# The coarse encoder of the published size: ResNet-50.
_encoder = dict(type="ResnetEncoder", out_dim=245, depth=50)
