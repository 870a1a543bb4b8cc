#!/bin/sh
# torch_train.sh - fsam's training step beside PyTorch's on this machine: the same network, weights, batch and prompts
# (bench_train's: S = 224, batch 4, four targets each, text and two clicks); forward, losses, backward, AdamW. Runs of
# the two alternate; prints the loss and the gradient's norm of both first steps, which have to agree, then medians by
# the clock and by the processor, their ratios (above 1: fsam is faster), and the share of the measured f32 peak.
#
#     ROUNDS=3 STEPS=3 THREADS=2 bench/torch_train.sh
#
# PyTorch gets its fair setting: OpenBLAS' OpenMP build, without which two thread pools fight, as many threads, and as
# many targets decoded at once as TOGETHER says: 4, which was the fastest of 1, 4 and 16.
set -eu
cd "$(dirname "$0")/.."
rounds=${ROUNDS:-3} steps=${STEPS:-3} threads=${THREADS:-$(nproc)} together=${TOGETHER:-4}
python=${PYTHON:-/usr/bin/python3} build=${BUILD:-build}
blas=/usr/lib/$(uname -m)-linux-gnu/openblas-openmp
folder=$build/torch_train
bench=$build/release/bench/bench_train

missing=
"$python" -c 'import torch' 2>/dev/null || missing="$missing python3-torch"
[ -d "$blas" ] || missing="$missing libopenblas0-openmp"
if [ -n "$missing" ]; then
    echo "torch_train.sh: missing, as Debian packages:$missing" >&2
    exit 1
fi
if [ ! -x "$bench" ]; then
    echo "torch_train.sh: no $bench; run make" >&2
    exit 1
fi
mkdir -p "$folder"
: >"$folder/runs"

run_torch() {
    LD_LIBRARY_PATH=$blas "$python" bench/torch_train.py "$folder" --threads "$threads" "$@"
}

run_fsam() {
    OMP_NUM_THREADS=$threads "$bench" "$1" 4 2 48 128 "$folder"
}

# note WHO COMMAND ...: keeps a report's lines.
note() {
    who=$1
    shift
    "$@" >"$folder/report"
    sed "s/^/$who /" "$folder/report" | tee -a "$folder/runs"
}

run_fsam 1 >"$folder/report" # writes the weights and the batch
round=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    note torch run_torch --steps "$steps" --together "$together"
    note fsam run_fsam "$steps"
done

"$python" - "$folder/runs" "$threads" <<'END'
import json, statistics, sys
runs = {"torch": [], "fsam": []}
for line in open(sys.argv[1]):
    who, report = line.split(" ", 1)
    runs[who].append(json.loads(report))
first = {who: next(r for r in reports if r["step"] == 1) for who, reports in runs.items()}
later = {who: [r for r in reports if r["step"] > 1] or reports for who, reports in runs.items()}
print(f"\nfirst step: loss {first['torch']['loss']:.6f} and {first['fsam']['loss']:.6f}, "
      f"gradient {first['torch']['gradient']:.5f} and {first['fsam']['gradient']:.5f}")
for key in ("loss", "gradient"):
    if abs(first["torch"][key] / first["fsam"][key] - 1) > 1e-4:
        sys.exit("torch_train.sh: these are not the same step")
peak = statistics.median(r["peak_gflops"] for r in runs["fsam"])
gflop, images = first["fsam"]["gflop"], first["fsam"]["images"]
middle = {who: [statistics.median(r[key] for r in reports) for key in ("seconds", "cpu_seconds")]
          for who, reports in later.items()}
print(f"{sys.argv[2]} threads, steps after the first, medians of {len(later['fsam'])}; {gflop:.1f} GFLOP a step, "
      f"f32 peak {peak:.0f} GFLOP/s")
print(f"{'':8}{'step, s':>10}{'images/s':>10}{'CPU, s':>10}{'of the peak':>13}")
for who, (clock, cpu) in middle.items():
    print(f"{who:8}{clock:10.3f}{images / clock:10.2f}{cpu:10.3f}{100 * gflop / clock / peak:12.0f}%")
print(f"torch/fsam: {middle['torch'][0] / middle['fsam'][0]:.2f} by the clock, "
      f"{middle['torch'][1] / middle['fsam'][1]:.2f} by the processor")
END
