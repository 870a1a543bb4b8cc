#!/bin/sh
# run_fuzzer.sh NAME BUILD LOGS SECONDS - one fuzzer of a fuzzing build, from its saved corpus. What it finds goes to a
# folder that is thrown away; what makes it fail is kept as BUILD/NAME-*. LOGS/fuzz_NAME.tally gets "PASSED FAILED".
name=$1 build=$2 logs=$3 seconds=$4
tally=$logs/fuzz_$name.tally
echo "0 1" >"$tally"
program=$(find "$build" -type f -name "fuzz_$name" -perm -u+x | head -n 1)
saved=tests/fuzz/corpus/$name
[ -d "$saved" ] || saved=
found=$(mktemp -d) || exit 1
trap 'rm -rf "$found"' EXIT
# shellcheck disable=SC2086 # no folder, no word
if "${program:-no-fuzz_$name}" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=4200 \
    -print_final_stats=1 -artifact_prefix="$build/$name-" "$found" $saved >"$logs/fuzz_$name.log" 2>&1; then
    echo "fuzz_$name: $seconds s, no fault"
    echo "1 0" >"$tally"
else
    tail -n 60 "$logs/fuzz_$name.log"
    echo "fuzz_$name: FAILED"
    exit 1
fi
