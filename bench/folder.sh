#!/bin/sh
# folder.sh [SIZE [WIDTH HEIGHT]] - what a folder of pictures costs beyond their encodings: COUNT drawn radiographs through
# one `fsam segment` with generated weights (SIZE: swin-l), as a user has it by default: one text, masks and overlays.
#
#     COUNT=100 bench/folder.sh swin-l 1024 1024
#
# Prints the wall time of the whole run, the model's opening included; the sums of the encodings' and the prompts' times
# as -v says them; the median of the encoder alone as `fsam bench` says it, times COUNT; and the wall time over each.
set -eu
cd "$(dirname "$0")/.."
size=${1:-swin-l} width=${2:-1024} height=${3:-1024} count=${COUNT:-100} repeat=${REPEAT:-5}
build=${BUILD:-build}
folder=$build/folder
fsam=$build/release/src/cli/fsam
if [ ! -x "$fsam" ] || [ ! -x "$build/release/tools/make_model" ]; then
    echo "folder.sh: no $fsam; run make" >&2
    exit 1
fi

mkdir -p "$folder"
model=$folder/$size.safetensors
[ -f "$model" ] || "$build/release/tools/make_model" "$size" tools/demo_merges.txt "$model"
rm -rf "$folder/in" "$folder/out"
mkdir "$folder/in"
"$build/release/tools/draw_radiograph" "$folder/in/001.png" "$width" "$height"
i=1
while [ $i -lt "$count" ]; do
    i=$((i + 1))
    cp "$folder/in/001.png" "$folder/in/$(printf %03d $i).png"
done

encoder=$("$fsam" bench --json --model "$model" --repeat "$repeat" | tr -d ' \n' | sed 's/.*"encoder_s":\([0-9.]*\).*/\1/')
start=$(date +%s.%N)
"$fsam" segment -m "$model" -o "$folder/out" --min-score 0 -t "left lung" -v "$folder/in" >/dev/null 2>"$folder/said"
end=$(date +%s.%N)
awk -v start="$start" -v end="$end" -v encoder="$encoder" -v count="$count" -v what="$size, $count of $width x $height" '
    / encoded in / { encodings += $(NF - 1) }
    /: left-lung: [0-9.]+ s$/ { prompts += $(NF - 1) }
    END {
        wall = end - start
        printf "%s: wall %.2f s\n", what, wall
        printf "encodings, as -v says:     %8.2f s, the whole is %+.1f %%\n", encodings, 100 * (wall / encodings - 1)
        printf "encodings and prompts:     %8.2f s, the whole is %+.1f %%\n", encodings + prompts,
            100 * (wall / (encodings + prompts) - 1)
        printf "encoder alone x %-3d:       %8.2f s, the whole is %+.1f %%\n", count, encoder * count,
            100 * (wall / (encoder * count) - 1)
    }' "$folder/said"
