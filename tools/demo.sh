#!/bin/sh
# The demo. With the default model, models/default.safetensors (MODEL names another): `fsam segment` is asked in words
# about the pictures in examples/pictures, and a page shows what it answered. Without it: an example picture is drawn, a
# small model of untrained weights is made, and is asked for several structures and a point, end to end. What it leaves
# is in build/demo. It needs no network, and nothing outside of the project.
set -eu
build=${BUILD:-build}
model=${MODEL:-models/default.safetensors}
fsam=$build/release/src/cli/fsam
demo=$build/demo

rm -rf "$demo"
mkdir -p "$demo"

# ask NAME TEXT ...: one of the pictures, with what it looks like beside its answers.
ask() {
    picture=examples/pictures/$1.png
    shift
    "$fsam" image -q "$picture" -o "$demo/$(basename "$picture" .png).shown.png"
    for text in "$@"; do
        set -- "$@" --text "$text"
        shift
    done
    # Status 3 says that one of the structures is not in the picture.
    "$fsam" segment --model "$model" "$@" --json -q --output "$demo" "$picture" >>"$demo/answers.jsonl" || [ $? -eq 3 ]
}

if [ -e "$model" ]; then
    echo "demo: $fsam segment --model $model --text lungs ... --output $demo examples/pictures/chest.png, and so on"
    ask chest lungs heart spine ribs "left clavicle" liver "right fifth rib" "what is the biggest airway?" "left femur"
    ask spine spine pelvis "L3 vertebra" "left hip bone" sacrum "left kidney" "right femur" skull
    ask hip "right femur" "right hip bone" pelvis "urinary bladder" "the bone next to the hip" "left hand"
    ask skull skull mandible "cervical spine" "teeth" "left femur" heart
    "$build/release/tools/make_page" "$demo" \
        "The pictures were simulated by fsam (examples/pictures/README.md): no patient was irradiated for them." \
        "Each is asked also for something that it does not show. The score is the IoU that the model predicts of its mask; below the model's threshold a structure counts as not in the image." \
        <"$demo/answers.jsonl" >"$demo/index.html"
    "$fsam" info "$model" | sed -n 's/^\(present\|licence\|credit\) */  &/p'
    cat <<END

  $demo/index.html            everything on one page: open it in a browser
  $demo/PICTURE.overlay.png   all that was found over a picture: chest, spine, hip, skull
  $demo/PICTURE.*.png         each mask: 0 or 255, of the picture's size
  $demo/answers.jsonl         verdicts, scores and sizes
END
    exit
fi

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
