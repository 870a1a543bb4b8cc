#!/bin/sh
# simulate.sh FSAM - `fsam simulate` on a coarse phantom, going on with a run, and what is refused.
. "$(dirname "$0")/expect.sh"
small="--phantom analytic --spacing 14 --size 48 -n 3 --seed 3 --threads 2"

expect 0 "usage: fsam simulate" simulate --help
expect 2 "no patient: --patient CT,LABELS or --phantom analytic" simulate -o "$folder/a"
expect 2 "--output: no folder given" simulate --phantom analytic
expect 2 '--phantom: "mesh": there is only "analytic"' simulate --phantom mesh -o "$folder/a"
expect 2 '--patient: "ct.nii.gz" is not CT,LABELS or CT,LABELS,NAMES' simulate --patient ct.nii.gz -o "$folder/a"
expect 2 '--patient: "a,,b" is not CT,LABELS or CT,LABELS,NAMES' simulate --patient a,,b -o "$folder/a"
expect 2 'two patients are called "x"' simulate --patient x/ct.nii,l --patient b/x.nii.gz,l -o "$folder/a"
expect 2 '--tools: "3..1" is not A..B within 0..16' simulate --phantom analytic --tools 3..1 -o "$folder/a"
expect 2 '--tools: "17" is not A..B within 0..16' simulate --phantom analytic --tools 17 -o "$folder/a"
expect 2 '--seed: "-1" is no whole number' simulate --phantom analytic --seed=-1 -o "$folder/a"
expect 2 "did you mean --patient?" simulate --patiant x,y -o "$folder/a"
[ ! -e "$folder/a" ] || fail "a refused run made its folder"

expect 0 '"images": 3,' simulate $small --preview --json -o "$folder/a"
case $said in *'"masks": 0,'* | *'"failed": 1'*) fail "summary: $said" ;; esac
expect_files "$folder/a" phantom phantom.json phantom.preview.png train.txt val.txt
expect_files "$folder/a/phantom" 000000.json 000000.png 000001.json 000001.png 000002.json 000002.png
[ "$(cat "$folder/a/train.txt")" = phantom ] || fail "train.txt: $(cat "$folder/a/train.txt")"

# what is there is kept, what is missing is made again, and is the same
cp "$folder/a/phantom/000001.json" "$folder/before"
rm "$folder/a/phantom/000001.json"
expect 0 "pictures: 1 made, 2 kept, 0 showed nothing, 0 beyond the CT's ends, 0 failed; masks: " simulate $small -o "$folder/a"
cmp -s "$folder/before" "$folder/a/phantom/000001.json" || fail "a picture made again differs"
expect 2 "was made with others" simulate $small --kv 70 -o "$folder/a"

# a knee whose CT ends in the leg: without room for that, no view is left; with it, all are taken as they come
"$fsam" phantom analytic --region patella --spacing 6 -o "$folder/knee" >/dev/null || fail "fsam phantom"
knee="--patient $folder/knee.ct.nii.gz,$folder/knee.labels.nii.gz --size 48 -n 4 --shutters 0 --tools 0 --json"
expect 0 '"images": 0, "images_per_s": 0.0, "masks": 0, "kept": 0, "empty": 0, "cut": 4, "redrawn": 76, "failed": 0' \
    simulate $knee --cut 0 -o "$folder/k0"
expect_files "$folder/k0" knee knee.json # a case without pictures is in no list
expect 0 '"cut": 0, "redrawn": 0, "failed": 0' simulate $knee --cut 1 -o "$folder/k1"

# a tool of the user's, which lacks a face
{
    for z in 0 9; do for y in 0 9; do for x in 0 60; do echo "v $x $y $z"; done; done; done
    printf 'f 1 3 4 2\nf 1 2 6 5\nf 2 4 8 6\nf 4 3 7 8\nf 3 1 5 7\n'
} >"$folder/steel_bar.obj"
printf 'steel_bar\tthe rod\n' >"$folder/texts.tsv"
expect 0 "steel_bar.obj: the mesh was open: closed 1 hole" simulate $small --tools 1..1 --tool "$folder/steel_bar.obj" \
    --tool-share 1 --tool-texts "$folder/texts.tsv" --shutters 0 -o "$folder/t"
grep -q '"category":"steel_bar","kind":"tool".*"texts":\["steel bar","the rod","the steel bar",' "$folder"/t/phantom/*.json ||
    fail "no picture has the user's tool"
grep -q '/steel_bar.obj"' "$folder/t/phantom.json" || fail "phantom.json does not name the tool's file"
expect 2 "was made with others" simulate $small --tools 1..1 --tool "$folder/steel_bar.obj,bar" --tool-share 1 --shutters 0 \
    -q -o "$folder/t"
expect 2 'material "gold" is none of air, ' simulate $small --tool "$folder/steel_bar.obj,bar,gold" -o "$folder/u"
expect 2 '--tool: "a,,b" is not MESH, MESH,NAME or MESH,NAME,MATERIAL' simulate $small --tool a,,b -o "$folder/u"
expect 2 "--tool-texts: there is no --tool" simulate $small --tool-texts "$folder/texts.tsv" -o "$folder/u"
expect 4 "none.stl: cannot open" simulate $small --tool "$folder/none.stl" -o "$folder/u"

# one patient fails, the other is still made
expect 4 "pictures: 1 made" simulate $small -n 1 --patient "$folder/none/ct.nii.gz,$folder/none/labels.nii.gz" -o "$folder/b"
[ -f "$folder/b/phantom/000000.png" ] || fail "the phantom was not made after a failure"
[ "$(cat "$folder/b/train.txt")" = phantom ] || fail "train.txt lists a case that failed"
expect_files "$folder/b" phantom phantom.json train.txt val.txt # nothing is left of the one that failed
finish
