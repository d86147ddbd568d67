# The same faces in smaller batches, with their true displacement, for the detail stage.
_base_ = "procedural_224.py"
train_dataloader = dict(batch_size=16, dataset=dict(truth=["displacement"]))
