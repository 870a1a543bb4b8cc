#!/bin/sh
# The demo: an example picture is drawn, a small model of untrained weights is made, and `fsam segment` is asked for
# several structures and a point, end to end. What it leaves is in build/demo.
set -eu
build=${BUILD:-build}
fsam=$build/release/src/cli/fsam
demo=$build/demo

rm -rf "$demo"
mkdir -p "$demo"
"$build/release/tools/draw_radiograph" "$demo/chest.png"
"$build/release/tools/make_model" micro tools/demo_merges.txt "$demo/untrained.safetensors"

set -- "$fsam" segment --model "$demo/untrained.safetensors" --text "left lung" --text heart --text spine \
    --point 270,420 --min-score 0 --output "$demo" "$demo/chest.png"
echo "demo: $*"
"$@"
cat <<END

The weights of this model are UNTRAINED: they were generated, so its masks and scores mean nothing.
What worked is the way from a picture and words to masks. The picture is drawn, not a patient's.

  $demo/chest.png           the picture
  $demo/chest.overlay.png   all masks over it
  $demo/chest.*.png         each mask: 0 or 255, of the picture's size
END
