# Jobs of SLURM; `options` are those of dask_jobqueue.SLURMCluster. Photos and results lie where all jobs see them.
cluster = dict(
    type="SLURMCluster",
    workers=8,
    options=dict(queue="normal", cores=1, processes=1, memory="8GB", walltime="04:00:00", interface="ib0"),
)
