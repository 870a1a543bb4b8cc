#!/bin/sh
# evaluate_ranks.sh FSAM TOOLS MPIRUN - `mpirun -n N fsam evaluate`: the same numbers as by one process, also where a
# picture fails; one line says what is wrong.
. "$(dirname "$0")/expect.sh"
. "$(dirname "$0")/several.sh"
"$tools/make_model" micro "$(dirname "$0")/../../tools/demo_merges.txt" "$folder/m" || exit 1
mkdir -p "$folder/hearts/images" "$folder/hearts/masks"
for size in 60 70 80 90; do
    "$tools/draw_radiograph" "$folder/hearts/images/$size.png" $size 50 || exit 1
    cp "$folder/hearts/images/$size.png" "$folder/hearts/masks/$size.png"
done

# numbers FILE: the report but for how long it took.
numbers() {
    sed '/^ "speed": {/,$d' "$1"
}

evaluate="evaluate -m $folder/m -d $folder/hearts -t heart --threads 1 --prompts text,points2"
# shellcheck disable=SC2086
{
    expect 0 "hearts: images and masks, 4 images" $evaluate --json "$folder/one.json"
    several 3 0 "hearts: images and masks, 4 images" $evaluate --json "$folder/three.json"
    [ "$(numbers "$folder/one.json")" = "$(numbers "$folder/three.json")" ] || fail "three ranks have other numbers than one"
    grep -q '"prompts": 12,' "$folder/three.json" || fail "prompts of three ranks: $(grep '"prompts": [0-9]' "$folder/three.json")"
    several 2 2 "exists already" $evaluate --json "$folder/one.json"
    several 2 2 "--data DIR is needed" evaluate -m "$folder/m"
    head -c 400 "$folder/hearts/images/70.png" >"$folder/cut" && mv "$folder/cut" "$folder/hearts/images/70.png"
    several 2 5 "hearts: images and masks, 3 images" $evaluate
}
finish
