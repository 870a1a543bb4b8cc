#!/bin/sh
# bench.sh FSAM TOOLS - `fsam bench` on the smallest configuration: that it runs and that its report is whole.
. "$(dirname "$0")/expect.sh"
"$tools/make_model" micro - "$folder/m" || exit 1

expect 0 "usage: fsam bench [OPTION ...]" bench --help
expect 2 "model size 'huge' is unknown" bench --config huge
expect 2 "is one too many" bench micro
expect 2 "--repeat: '0' is no whole number from 1 to 10000" bench --repeat 0
expect 4 "missing: cannot open" bench --model "$folder/missing"
expect 0 "window attention" bench --config micro --threads 1 --repeat 1 --profile
expect 0 "m, f32, " bench --model "$folder/m" --repeat 1 --precision f32
if command -v python3 >/dev/null 2>&1; then
    "$fsam" bench --config micro --threads 1 --repeat 1 --json --profile --precision f32 | python3 -c '
import json, sys
report = json.load(sys.stdin)
for key in "encoder_s", "decoder_s", "text_s", "load_s", "peak_rss_mb", "weights_mb", "gflop", "gflops", "peak_gflops":
    assert report[key] > 0, key
assert report["config"] == "micro" and report["precision"] == "f32" and report["threads"] == 1
assert 0 < report["share_of_peak"] < 1.5
assert abs(report["gflops"] - report["gflop"] / report["encoder_s"]) < 1e-3 * report["gflops"]
total = sum(row["gflop"] for row in report["profile"]["encoder"])
assert abs(total - report["gflop"]) < 1e-3 * total
assert set(report["profile"]) == {"encoder", "decoder", "text"}
' || fail "bench --json"
fi
finish
