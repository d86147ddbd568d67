# A generator that learns from the true displacement, with or without a discriminator.
max_iters = 900
train_cfg = dict(type="ExactTrainLoop", max_iters=max_iters, val_interval=max_iters)
optim_wrapper = dict(
    constructor="GroupedOptimWrapperConstructor",
    generator=dict(
        type="Bf16OptimWrapper",
        only_if_native=True,
        modules=["generator"],
        optimizer=dict(type="Adam", lr=1e-3, betas=(0.5, 0.999), fused=True),
        clip_grad=dict(max_norm=1.0),
    ),
    discriminator=dict(
        type="Bf16OptimWrapper",
        only_if_native=True,
        modules=["discriminator"],
        optimizer=dict(type="Adam", lr=1e-3, betas=(0.0, 0.99), fused=True),
    ),
)
param_scheduler = dict(
    generator=[
        dict(type="LinearLR", start_factor=0.05, by_epoch=False, begin=0, end=50),
        dict(type="CosineAnnealingLR", by_epoch=False, begin=50, end=max_iters, eta_min=1e-5),
    ],
)
