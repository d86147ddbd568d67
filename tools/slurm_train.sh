#!/usr/bin/env bash
#SBATCH --job-name=aucgan
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=8
#SBATCH --gpus-per-task=1
#SBATCH --cpus-per-task=12
#SBATCH --time=24:00:00
#SBATCH --signal=TERM@120
#SBATCH --requeue
#SBATCH --open-mode=append
#
# Train under SLURM, one process a GPU; sizes are options of sbatch:
#
#   sbatch --nodes=2 tools/slurm_train.sh configs/aucgan_detail_v2_224.py --amp
#
# Two minutes before the time is up (and when the job is preempted) every process gets SIGTERM: the training writes a
# checkpoint and ends, the job asks to be queued again, and --resume continues it. The folder has to be on a file system
# that all nodes see. PYTHON names the interpreter.
set -euo pipefail

config=${1:?usage: sbatch [OPTIONS OF SBATCH] tools/slurm_train.sh CONFIG [OPTIONS OF tools/train.py]}
shift
export MASTER_ADDR MASTER_PORT OMP_NUM_THREADS=1
MASTER_ADDR=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
MASTER_PORT=$((20000 + SLURM_JOB_ID % 20000))

code=0
srun --kill-on-bad-exit=0 "${PYTHON:-python}" -u tools/train.py "$config" --launcher slurm --resume "$@" || code=$?
if [ "$code" -eq 143 ]; then # ended by SIGTERM, after a checkpoint
    scontrol requeue "$SLURM_JOB_ID"
fi
exit "$code"
