# Natural mean and size of the codes of generated faces, for encoders that learn from scratch.
_code_stats = dict(
    shape=dict(std=1.0),
    tex=dict(std=1.0),
    exp=dict(std=0.2),
    pose=dict(mean=[0.0, 0.0, 0.0, 0.1, 0.0, 0.0], std=[0.12, 0.25, 0.09, 0.15, 0.02, 0.02]),
    cam=dict(mean=[8.8, 0.0, 0.015], std=[0.8, 0.02, 0.015]),
    light=dict(mean=[[1.8], [0.0], [0.25], [0.27]] + [[0.0]] * 5, std=0.2),
)
