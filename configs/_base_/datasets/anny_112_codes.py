# Faces of the human head with their true codes, for the coarse stage.
_base_ = "anny_112.py"
truth = ["shape", "exp", "pose", "eye_pose"]
train_dataloader = dict(dataset=dict(truth=truth))
val_dataloader = dict(dataset=dict(truth=truth))
test_dataloader = dict(dataset=dict(truth=truth))
