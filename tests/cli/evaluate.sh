#!/bin/sh
# evaluate.sh FSAM TOOLS - `fsam evaluate` with a generated model on small data sets: what it says, its exit status, and
# the reports that it leaves or does not leave behind.
. "$(dirname "$0")/expect.sh"
"$tools/make_model" micro "$(dirname "$0")/../../tools/demo_merges.txt" "$folder/m" || exit 1
"$tools/make_model" micro - "$folder/wordless" || exit 1
mkdir -p "$folder/hearts/images" "$folder/hearts/masks" "$folder/loop"
"$tools/draw_radiograph" "$folder/hearts/images/a.png" 90 70 || exit 1
cp "$folder/hearts/images/a.png" "$folder/hearts/images/b.png"
cp "$folder/hearts/images/a.png" "$folder/loop/pelvis.png"
# a mask is what is not black in a picture: the drawn chest without its rim
cp "$folder/hearts/images/a.png" "$folder/hearts/masks/a.png"
cp "$folder/hearts/images/a.png" "$folder/hearts/masks/b.png"
hearts="evaluate -m $folder/m --data $folder/hearts -t heart --threads 1"

expect 0 "usage: fsam evaluate" evaluate --help
expect 2 "--model MODEL is needed" evaluate --data "$folder/hearts"
expect 2 "--data DIR is needed" evaluate -m "$folder/m"
expect 2 'prompts: "txt" is none of text, text+K, pointsK and box' $hearts --prompts txt
expect 2 'prompts: "text+0" is none of' $hearts --prompts text,text+0
expect 2 "what they show must be said by one --text" evaluate -m "$folder/m" --data "$folder/hearts"
expect 4 "nowhere: No such file" evaluate -m "$folder/m" --data "$folder/nowhere"
expect 4 "none" evaluate -m "$folder/none" --data "$folder/hearts" -t heart
expect 7 "has no tokenizer, so it understands no text" evaluate -m "$folder/wordless" --data "$folder/hearts" -t heart
expect 2 "is an input, and would be overwritten" $hearts --json "$folder/m" --force

# tables and reports
expect 0 "hearts: images and masks, 2 images" $hearts --prompts text,text+2,points1..2,box --json "$folder/o.json" --html "$folder/o.html"
for part in "mean mask                             2    1.000    1.000      0.0      0.0" "text+2 " "points2 " "box " "speed: "; do
    case $said in *"$part"*) ;; *) fail "no $part in: $said" ;; esac
done
expect_files "$folder" hearts loop m o.html o.json wordless
grep -q "^<!DOCTYPE html>" "$folder/o.html" || fail "o.html is no HTML"
expect 2 "o.json: exists already (--force overwrites)" $hearts --json "$folder/o.json"
expect 2 "two outputs would be this file" $hearts --json "$folder/x" --html "$folder/x"
expect 0 "" $hearts --prompts box --limit 1 --quiet --json "$folder/o.json" --force
[ -z "$said" ] || fail "--quiet said: $said"
if command -v python3 >/dev/null 2>&1; then
    python3 -c "import json, sys
report = json.load(open(sys.argv[1]))
hearts = report['sets']['hearts']
assert hearts['images'] == 1 and hearts['baseline_mean_mask']['iou'] is None
assert list(hearts['prompts']) == ['box'] and hearts['prompts']['box']['n'] == 1
assert 0 <= hearts['categories']['heart']['box']['iou'] <= 1
assert list(hearts).index('prompts') < list(hearts).index('categories')
assert report['speed']['images'] == 1 and report['speed']['encode_s'] > 0" "$folder/o.json" || fail "o.json"
fi

# what `fsam segment` answers is what is measured: its own mask is right to the pixel
mkdir -p "$folder/own/images" "$folder/own/masks"
cp "$folder/hearts/images/a.png" "$folder/own/images"
"$fsam" segment -m "$folder/m" -t heart -o "$folder/own/masks" --no-overlay --name "{image}" --threads 1 -q "$folder/own/images/a.png"
[ $? -eq 0 ] || fail "fsam segment"
expect 0 "text                                  1    1.000    1.000      0.0      0.0" evaluate -m "$folder/m" --data "$folder/own" -t heart --prompts text,text+3 --threads 1
case $said in *"text+3                                1    1.000"*) ;; *) fail "an answer without an error was corrected: $said" ;; esac

# without words, and without masks; two sets of one name
expect 0 "points1 " evaluate -m "$folder/wordless" --data "$folder/hearts" -t heart --prompts points1
expect 0 "points2 " $hearts --prompts points2 --single --limit 1
expect 0 "hearts-2: images and masks" $hearts --data "$folder/hearts/" --prompts box
expect 0 "left hip bone " evaluate -m "$folder/m" --data "$folder/loop"

expect 2 "loop: has no masks, so it can only be asked about in words" evaluate -m "$folder/m" --data "$folder/loop" --prompts box
"$fsam" simulate --phantom analytic --spacing 14 --size 48 -n 2 --seed 3 --threads 1 -q -o "$folder/set" || fail "fsam simulate"
expect 2 "val.txt: lists no case; --split names another list" evaluate -m "$folder/m" --data "$folder/set"
expect 0 "set: simulated X-rays, 1 image" evaluate -m "$folder/m" --data "$folder/set" --split train --limit 1 --min-area 10 --prompts text --threads 1 --wording question --json "$folder/q.json"
grep -q '"wording": "question"' "$folder/q.json" || fail "q.json does not say which words"
case $said in *"mean of the structures "*) ;; *) fail "no structures: $said" ;; esac
case $said in *"and 6 texts, AUC "*) ;; *) fail "not six absent ones: $said" ;; esac

# a picture that fails is reported, and the other is still done
head -c 500 "$folder/hearts/images/a.png" >"$folder/hearts/images/b.png"
expect 5 "images and masks, 1 image" $hearts --prompts box
case $said in *"b.png"*) ;; *) fail "said: $said" ;; esac
head -c 500 "$folder/hearts/images/a.png" >"$folder/hearts/masks/a.png"
cp "$folder/hearts/masks/a.png" "$folder/hearts/masks/b.png"
rm "$folder/o.json"
said=$("$fsam" $hearts --prompts box --json "$folder/o.json" 2>&1)
[ $? -eq 5 ] || fail "no picture is left: $said"
case $said in *"no picture could be evaluated"*) ;; *) fail "no picture is left: $said" ;; esac
[ ! -e "$folder/o.json" ] || fail "a failed run left a report"
finish
