#!/bin/sh
# drr.sh [CT.nii.gz LABELS.nii.gz] - line integrals of fsam beside those of plastimatch's `drr`, from the front: 512 x 512
# pixels on a detector of 600 mm, source 1000 mm from the middle of the CT and 1500 mm from the detector. Prints the
# correlation of the two pictures, and milliseconds a picture without reading the CT, medians of alternating runs.
#
#     ROUNDS=7 THREADS=2 bench/drr.sh
#
# The default CT is ../shared/data/lidc0001/ct.nii.gz, with its labels. Needs Debian's `plastimatch`, which this does not
# install. Files go to build/drr.
set -eu
cd "$(dirname "$0")/.."
data=../shared/data/lidc0001
ct=${1:-$data/ct.nii.gz} labels=${2:-$data/labels.nii.gz}
rounds=${ROUNDS:-7} threads=${THREADS:-$(nproc)} build=${BUILD:-build} python=${PYTHON:-/usr/bin/python3}
folder=$build/drr bench=$build/release/bench/bench_project

if ! command -v plastimatch >/dev/null; then
    echo "drr.sh: missing, as a Debian package: plastimatch" >&2
    exit 1
fi
if [ ! -x "$bench" ]; then
    echo "drr.sh: no $bench; run make" >&2
    exit 1
fi
if [ ! -r "$ct" ]; then
    echo "drr.sh: $ct: cannot be read" >&2
    exit 1
fi
mkdir -p "$folder"
export OMP_NUM_THREADS="$threads"

: >"$folder/runs"
round=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    "$bench" "$ct" "$labels" "$folder/fsam" >"$folder/fsam.txt"
    cat "$folder/fsam.txt" >>"$folder/runs"
    centre=$(sed -n 's/^centre //p' "$folder/fsam.txt")
    # Its own conversion takes everything below -800 HU for nothing, lungs included: it is given densities instead.
    plastimatch drr -i exact -P none -A cpu -r "512 512" -z "600 600" --sad 1000 --sid 1500 -n "0 -1 0" --vup "0 0 1" \
        -o "$centre" -t pfm -O "$folder/plastimatch" "$folder/fsam_density.nii" | sed -n 's/^Total time: \([0-9.]*\).*/plastimatch \1/p' \
        >>"$folder/runs"
done

"$python" - "$folder" "$threads" <<'END'
import array, math, re, statistics, sys
folder, threads = sys.argv[1:]
times = {}
for line in open(folder + "/runs"):
    if line.startswith("plastimatch"):
        times.setdefault("plastimatch", []).append(1e3 * float(line.split()[1]))
    elif line.startswith(("ap ", "left ", "oblique ", "above ")):
        view, rest = line.split(None, 1)
        for name, value in re.findall(r"([a-z][a-z 0-9()]*?) +([0-9.]+) ms", rest):
            times.setdefault(view + ", " + name, []).append(float(value))
middle = {name: statistics.median(values) for name, values in times.items()}
print(f"{threads} threads, medians of {len(times['plastimatch'])} runs, ms (lowest)")
for name, value in middle.items():
    print(f"{name:40}{value:9.1f} ({min(times[name]):.1f})")
mine = "ap, line integral"
print(f"plastimatch / fsam: {middle['plastimatch'] / middle[mine]:.2f}, of the lowest "
      f"{min(times['plastimatch']) / min(times[mine]):.2f}")
def floats(data):
    values = array.array("f")
    values.frombytes(data)
    return values
ours = floats(open(folder + "/fsam_ap.f32", "rb").read())
theirs = floats(open(folder + "/plastimatch0000.pfm", "rb").read()[-4 * len(ours):])
mean_a, mean_b = statistics.fmean(ours), statistics.fmean(theirs)
ab = sum((a - mean_a) * (b - mean_b) for a, b in zip(ours, theirs))
aa, bb = sum((a - mean_a) ** 2 for a in ours), sum((b - mean_b) ** 2 for b in theirs)
print(f"correlation of the line integrals: {ab / math.sqrt(aa * bb):.6f}")
END
