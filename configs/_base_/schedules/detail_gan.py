max_iters = 450
train_cfg = dict(type="ExactTrainLoop", max_iters=max_iters, val_interval=max_iters)
optim_wrapper = dict(
    constructor="GroupedOptimWrapperConstructor",
    generator=dict(
        type="Bf16OptimWrapper",
        only_if_native=True,
        modules=["detail_encoder", "generator", "au_encoder"],
        optimizer=dict(type="Adam", lr=1.5e-3, betas=(0.5, 0.999), fused=True),
    ),
    discriminator=dict(
        type="Bf16OptimWrapper",
        only_if_native=True,
        modules=["discriminator"],
        optimizer=dict(type="Adam", lr=2e-4, betas=(0.5, 0.999), fused=True),
    ),
)
param_scheduler = dict(
    generator=[
        dict(type="LinearLR", start_factor=0.05, by_epoch=False, begin=0, end=50),
        dict(type="CosineAnnealingLR", by_epoch=False, begin=50, end=max_iters, eta_min=1e-5),
    ],
)
