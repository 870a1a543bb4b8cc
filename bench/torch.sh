#!/bin/sh
# torch.sh [SIZE] - fsam beside PyTorch on this machine: the same network with the same generated weights (SIZE: swin-l),
# batch 1, float and bfloat16, runs of the two alternating; prints medians and their ratios (above 1: fsam is faster).
#
#     ROUNDS=3 REPEAT=5 THREADS=2 bench/torch.sh swin-l
#
# Without AVX512-BF16 only float runs, since PyTorch's bfloat16 then takes minutes; PRECISIONS="f32 bf16" asks for both.
# PyTorch gets its fair setting: OpenBLAS' OpenMP build, without which two thread pools fight, and as many threads.
# Nothing is installed; what is missing is named. Needs 1.1 GB of disk for swin-l's weights, in build/torch.
set -eu
cd "$(dirname "$0")/.."
size=${1:-swin-l}
rounds=${ROUNDS:-3} repeat=${REPEAT:-5} threads=${THREADS:-$(nproc)} python=${PYTHON:-/usr/bin/python3}
build=${BUILD:-build}
if grep -qw avx512_bf16 /proc/cpuinfo; then both="f32 bf16"; else both=f32; fi
precisions=${PRECISIONS:-$both}
blas=/usr/lib/$(uname -m)-linux-gnu/openblas-openmp
folder=$build/torch
fsam=$build/release/src/cli/fsam

missing=
"$python" -c 'import torch' 2>/dev/null || missing="$missing python3-torch"
[ -d "$blas" ] || missing="$missing libopenblas0-openmp"
if [ -n "$missing" ]; then
    echo "torch.sh: missing, as Debian packages:$missing" >&2
    exit 1
fi
if [ ! -x "$fsam" ] || [ ! -x "$build/release/tools/make_model" ]; then
    echo "torch.sh: no $fsam; run make" >&2
    exit 1
fi

mkdir -p "$folder"
model=$folder/$size.safetensors
[ -f "$model" ] || "$build/release/tools/make_model" "$size" - "$model"
: >"$folder/runs"

run_torch() {
    LD_LIBRARY_PATH=$blas "$python" bench/torch_time.py "$model" "$@" --threads "$threads"
}

# The two networks are one: embedding and logits of one picture and point, compared.
side=$("$fsam" info --json "$model" | sed -n 's/.*"img_size": *\([0-9]*\).*/\1/p' | head -n 1)
"$build/release/tools/draw_radiograph" "$folder/chest.png" "$side" "$side"
"$fsam" segment -m "$model" --precision f32 -p 40,50 --no-overlay -q -f -o "$folder" --dump "$folder/dump" \
    "$folder/chest.png" || [ $? -eq 3 ]
echo "relative difference, f32: $(run_torch f32 --check "$folder/dump" 40 50)"

# note WHO PRECISION COMMAND ...: keeps the report, which is JSON on one or more lines, as one line.
note() {
    who=$1 precision=$2
    shift 2
    report=$("$@" | tr '\n' ' ')
    echo "$who $precision $report" | tee -a "$folder/runs"
}

bench="$fsam bench --json --model $model --threads $threads --repeat $repeat"
round=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    for precision in $precisions; do
        if [ "$precision" = bf16 ]; then note torch autocast run_torch autocast --repeat "$repeat"; fi
        note torch "$precision" run_torch "$precision" --repeat "$repeat"
        # shellcheck disable=SC2086
        note fsam "$precision" $bench --precision "$precision"
    done
done

"$python" - "$folder/runs" "$size" "$threads" <<'END'
import collections, json, statistics, sys
runs = collections.defaultdict(list)
for line in open(sys.argv[1]):
    who, precision, report = line.split(" ", 2)
    runs[who, precision].append(json.loads(report))
keys = ("encoder_s", "decoder_s", "text_s", "peak_rss_mb")
middle = {who: {key: statistics.median(run[key] for run in reports) for key in keys} for who, reports in runs.items()}
print(f"\n{sys.argv[2]}, batch 1, {sys.argv[3]} threads, medians of {max(map(len, runs.values()))} runs")
print(f"{'':16}" + "".join(f"{key:>14}" for key in keys))
for (who, precision), values in sorted(middle.items()):
    print(f"{who + ' ' + precision:16}" + "".join(f"{values[key]:14.4f}" for key in keys))
for other in ("f32", "autocast", "bf16"):
    if ("torch", other) not in middle:
        continue
    mine, theirs = middle["fsam", "f32" if other == "f32" else "bf16"], middle["torch", other]
    print(f"{'torch/fsam ' + other:16}" + "".join(f"{theirs[key] / mine[key]:13.2f}x" for key in keys))
END
