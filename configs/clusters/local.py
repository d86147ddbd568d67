# This machine: so many processes, which nobody else can reach.
cluster = dict(type="LocalCluster", workers=2)
