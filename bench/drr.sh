#!/bin/sh
# drr.sh [CT.nii.gz LABELS.nii.gz] - line integrals of fsam beside those of plastimatch's `drr`, from the front: 512 x 512
# pixels on a detector of 600 mm, source 1000 mm from the middle of the CT and 1500 mm from the detector. Prints the
# correlation of the two pictures, and milliseconds a picture without reading the CT, medians of alternating runs: by the
# clock, and of processor time ("cpu"; plastimatch's is that of its run less that of one for 8 x 8 pixels).
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
export OMP_NUM_THREADS="$threads" OMP_WAIT_POLICY=passive

# reference SIZE: prints what plastimatch prints, and its processor time. Its own conversion takes everything below
# -800 HU for nothing, lungs included: it is given densities instead.
reference() {
    "$python" -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print("Processor time:", used.ru_utime + used.ru_stime)' plastimatch drr -i exact -P none -A cpu -r "$1 $1" -z "600 600" \
        --sad 1000 --sid 1500 -n "0 -1 0" --vup "0 0 1" -o "$centre" -t pfm -O "$folder/plastimatch_$1_" "$folder/fsam_density.nii"
}

: >"$folder/runs"
round=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    "$bench" "$ct" "$labels" "$folder/fsam" >"$folder/fsam.txt"
    cat "$folder/fsam.txt" >>"$folder/runs"
    centre=$(sed -n 's/^centre //p' "$folder/fsam.txt")
    reference 512 >"$folder/reference.txt"
    sed -n 's/^Total time: \([0-9.]*\).*/plastimatch \1/p' "$folder/reference.txt" >>"$folder/runs"
    reference 8 >"$folder/reading.txt"
    cat "$folder/reference.txt" "$folder/reading.txt" | sed -n 's/^Processor time: //p' | paste -s -d ' ' |
        sed 's/^/processor /' >>"$folder/runs"
done

"$python" - "$folder" "$threads" <<'END'
import array, math, re, statistics, sys
folder, threads = sys.argv[1:]
times = {}
for line in open(folder + "/runs"):
    if line.startswith("plastimatch"):
        times.setdefault("plastimatch", []).append(1e3 * float(line.split()[1]))
    elif line.startswith("processor"):
        whole, reading = map(float, line.split()[1:])
        times.setdefault("plastimatch cpu", []).append(1e3 * (whole - reading))
    elif line.startswith(("ap ", "left ", "oblique ", "above ")):
        view, rest = line.split(None, 1)
        for name, value, used in re.findall(r"([a-z][a-z 0-9()]*?) +([0-9.]+) ms +([0-9.]+) cpu", rest):
            times.setdefault(view + ", " + name, []).append(float(value))
            times.setdefault(view + ", " + name + " cpu", []).append(float(used))
middle = {name: statistics.median(values) for name, values in times.items()}
print(f"{threads} threads, medians of {len(times['plastimatch'])} runs, ms (lowest)")
for name, value in middle.items():
    print(f"{name:40}{value:9.1f} ({min(times[name]):.1f})")
mine = "ap, line integral"
print(f"plastimatch / fsam: {middle['plastimatch'] / middle[mine]:.2f}, of the lowest "
      f"{min(times['plastimatch']) / min(times[mine]):.2f}")
print(f"the same of processor time: {middle['plastimatch cpu'] / middle[mine + ' cpu']:.2f}, of the lowest "
      f"{min(times['plastimatch cpu']) / min(times[mine + ' cpu']):.2f}")
def floats(data):
    values = array.array("f")
    values.frombytes(data)
    return values
ours = floats(open(folder + "/fsam_ap.f32", "rb").read())
theirs = floats(open(folder + "/plastimatch_512_0000.pfm", "rb").read()[-4 * len(ours):])
mean_a, mean_b = statistics.fmean(ours), statistics.fmean(theirs)
ab = sum((a - mean_a) * (b - mean_b) for a, b in zip(ours, theirs))
aa, bb = sum((a - mean_a) ** 2 for a in ours), sum((b - mean_b) ** 2 for b in theirs)
print(f"correlation of the line integrals: {ab / math.sqrt(aa * bb):.6f}")
END
