max_iters = 100000
train_cfg = dict(type="ExactTrainLoop", max_iters=max_iters, val_interval=10000)
optim_wrapper = dict(
    constructor="GroupedOptimWrapperConstructor",
    generator=dict(
        modules=["detail_encoder", "generator", "au_encoder"],
        optimizer=dict(type="Adam", lr=5e-4, betas=(0.5, 0.999), fused=True),
    ),
    discriminator=dict(modules=["discriminator"], optimizer=dict(type="Adam", lr=1e-4, betas=(0.5, 0.999), fused=True)),
)
param_scheduler = dict(
    generator=[dict(type="CosineAnnealingLR", by_epoch=False, begin=0, end=max_iters, eta_min=1e-5)],
)
