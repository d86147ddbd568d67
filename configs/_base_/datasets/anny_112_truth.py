# Faces of the human head in smaller batches, with their true displacement, for the detail stage.
_base_ = "anny_112.py"
train_dataloader = dict(batch_size=16, dataset=dict(truth=["displacement"]))
