# A generator that learns from the true displacement, with or without a discriminator.
_base_ = "detail_gan.py"
max_iters = 900
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
optim_wrapper = dict(
    generator=dict(modules=["generator"], optimizer=dict(lr=1e-3), clip_grad=dict(max_norm=1.0)),
    discriminator=dict(optimizer=dict(lr=1e-3, betas=(0.0, 0.99))),
)
param_scheduler = dict(
    generator=[
        dict(type="LinearLR", start_factor=0.05, by_epoch=False, begin=0, end=50),
        dict(type="CosineAnnealingLR", by_epoch=False, begin=50, end=max_iters, eta_min=1e-5),
    ],
)
