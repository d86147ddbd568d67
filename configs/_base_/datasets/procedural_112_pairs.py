# The same faces in pairs of one person, with true displacement and codes, for the stage that looks at the skin.
_base_ = "procedural_112.py"
truth = ["displacement", "shape", "exp", "pose", "cam"]
train_dataloader = dict(batch_size=16, sampler=dict(photos_per_person=2), dataset=dict(truth=truth))
val_dataloader = dict(batch_size=40, dataset=dict(truth=truth))
test_dataloader = dict(batch_size=40, dataset=dict(truth=truth))
