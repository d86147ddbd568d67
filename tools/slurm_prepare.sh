#!/usr/bin/env bash
#SBATCH --job-name=aucgan-prepare
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --time=24:00:00
#SBATCH --signal=TERM@120
#SBATCH --requeue
#SBATCH --open-mode=append
#
# Prepare photos under SLURM, a part of them in each job of an array; sizes are options of sbatch:
#
#   sbatch --array=1-100 tools/slurm_prepare.sh photos/ data/photos --format shards
#
# The number of parts is that of the array, which begins at 1: keep it when you queue it again. Two minutes before the time
# is up the job gets SIGTERM, asks to be queued again, and goes on where it was. Both folders have to be on a file system
# that all nodes see. PYTHON names the interpreter.
set -euo pipefail

: "${2:?usage: sbatch --array=1-N tools/slurm_prepare.sh PHOTOS OUT [OPTIONS OF tools/prepare_faces.py]}"
: "${SLURM_ARRAY_TASK_ID:?queue it as an array that begins at 1: sbatch --array=1-N}"
export OMP_NUM_THREADS=1

code=0
srun "${PYTHON:-python}" -u tools/prepare_faces.py "$@" --part "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_MAX" || code=$?
if [ "$code" -eq 143 ]; then # ended by SIGTERM
    scontrol requeue "$SLURM_ARRAY_JOB_ID"_"$SLURM_ARRAY_TASK_ID"
fi
exit "$code"
