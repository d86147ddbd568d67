default_scope = "aucgan"
randomness = dict(seed=0)
env_cfg = dict(cudnn_benchmark=True)
log_processor = dict(type="TimeShareLogProcessor", by_epoch=False, window_size=50)
log_level = "INFO"
load_from = None
resume = False
visualizer = dict(type="Visualizer", vis_backends=[dict(type="LocalVisBackend")])
default_hooks = dict(
    runtime_info=dict(type="DeferredScalarsHook", interval=50),
    timer=dict(type="IterTimerHook"),
    logger=dict(type="LoggerHook", interval=50, log_metric_by_epoch=False),
    param_scheduler=dict(type="ParamSchedulerHook"),
    checkpoint=dict(type="AtomicCheckpointHook", interval=500, max_keep=2),
    progress=dict(type="ProgressHook"),
    channels_last=dict(type="ChannelsLastHook"),
    non_finite=dict(type="NonFiniteHook"),
    features=dict(type="FrozenFeaturesHook", mode="auto"),
    pictures=dict(type="PictureGridHook", interval=500),
)
