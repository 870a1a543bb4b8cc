#!/bin/sh
# segment.sh FSAM TOOLS - the command line of `fsam segment`, with a generated model: what it says, its exit status, and
# the files it leaves or does not leave behind.
. "$(dirname "$0")/expect.sh"
"$tools/make_model" micro "$(dirname "$0")/../../tools/demo_merges.txt" "$folder/m" || exit 1
"$tools/make_model" micro - "$folder/wordless" || exit 1
"$tools/draw_radiograph" "$folder/chest.png" 90 70 || exit 1
cp "$folder/chest.png" "$folder/second.png"
image=$folder/chest.png
out=$folder/out
: >"$folder/empty.png"
echo "no picture" >"$folder/text.png"
head -c 2000 "$folder/chest.png" >"$folder/cut.png"

expect 0 "usage: fsam segment IMAGE ... [OPTION ...]" segment --help
expect 0 "usage: fsam segment" segment --point 1 --help

# arguments
expect 2 "fsam segment: unknown option --txet; did you mean --text?" segment --txet a "$image"
expect 2 "--text needs a value: TEXT" segment "$image" --text
expect 2 "IMAGE ... is missing" segment -m "$folder/m" --text heart
expect 2 "--model MODEL is needed" segment "$image" --text heart
expect 2 "nothing is asked: give --text, --point, --box or --mask" segment -m "$folder/m" "$image"
expect 2 "--point: '1' is no X,Y" segment -m "$folder/m" -p 1 "$image"
expect 2 "--point: '1,2,x' is no X,Y" segment -m "$folder/m" -p 1,2,x "$image"
expect 2 "--point: 'nan,2' is no X,Y" segment -m "$folder/m" -p nan,2 "$image"
expect 2 "--box: '1,2,3' is no X0,Y0,X1,Y1" segment -m "$folder/m" -b 1,2,3 "$image"
expect 2 "--box: '9,2,3,4' ends before it begins" segment -m "$folder/m" -b 9,2,3,4 "$image"
expect 2 "--precision: 'f16' is none of auto|f32|bf16|int8" segment -m "$folder/m" --precision f16 -p 1,2 "$image"
expect 2 "--min-score: '2' is no number from 0 to 1" segment -m "$folder/m" --min-score 2 -p 1,2 "$image"
expect 2 "there is one or the other" segment -m "$folder/m" --single --all-candidates -p 1,2 "$image"
expect 2 "--dump: one image only" segment -m "$folder/m" --dump "$folder/d" -p 1,2 "$image" "$folder/second.png"
expect 2 "points[0].x: 90 is not in the image" segment -m "$folder/m" -o "$out" -p 90,3 "$image"

# files that cannot be used
expect 4 "missing.png: cannot open" segment -m "$folder/m" -o "$out" -p 1,2 "$folder/missing.png"
expect 4 "missing: cannot open" segment -m "$folder/missing" -o "$out" -p 1,2 "$image"
expect 5 "empty.png" segment -m "$folder/m" -o "$out" -p 1,2 "$folder/empty.png"
expect 7 "text.png" segment -m "$folder/m" -o "$out" -p 1,2 "$folder/text.png"
expect 5 "cut.png" segment -m "$folder/m" -o "$out" -p 1,2 "$folder/cut.png"
expect 5 "chest.png" segment -m "$image" -o "$out" -p 1,2 "$image"
expect 7 "wordless: has no tokenizer" segment -m "$folder/wordless" -o "$out" -t heart "$image"
expect 4 "is no folder" segment -m "$folder/m" -o "$folder/m" -p 1,2 "$image"
expect_files "$out"

# answers
expect 0 "heart: present, score " segment -m "$folder/m" -o "$out" --min-score 0 -t heart -t "Left  LUNG!" -t heart "$image"
expect_files "$out" chest.heart-2.png chest.heart.png chest.left-lung.png chest.overlay.png
expect 2 "out/chest.heart.png: exists already (--force overwrites)" segment -m "$folder/m" -o "$out" -t heart "$image"
expect 2 "exists already" segment -m "$folder/m" -o "$out" -t heart -t new "$image"
[ ! -e "$out/chest.new.png" ] || fail "work was done before the outputs were checked"
expect 0 "" segment -m "$folder/m" -o "$out" --min-score 0 -t heart "$image" --force -q
expect 0 "points-box: " segment -m "$folder/m" -o "$out/a/b" --min-score 0 -p 30,20 -p 5.5,6,- -b 2,2,60,60 --no-overlay "$image"
expect_files "$out/a/b" chest.points-box.png
expect 0 "box: " segment -m "$folder/m" -o "$out/c" --min-score 0 -b 2,2,60,60 --all-candidates "$image"
expect_files "$out/c" chest.box.2.png chest.box.3.png chest.box.png chest.overlay.png
expect 0 "mask: " segment -m "$folder/m" -o "$out/c" --min-score 0 --mask "$out/c/chest.box.png" --single --no-overlay "$image"
"$tools/draw_radiograph" "$folder/small.png" 60 50 || exit 1
expect 8 "chest.box.png: 90 x 70 pixels, but $folder/small.png has 60 x 50" segment -m "$folder/m" -o "$out/e" \
    --mask "$out/c/chest.box.png" "$folder/small.png"
expect_files "$out/e"
expect 0 "" segment -m "$folder/m" -o "$out/e" --min-score 0 -p 5,5 --no-overlay --dump "$out/e/d" -q "$image"
expect_files "$out/e" chest.points.png d
expect 2 "is an input, and would be overwritten" segment -m "$folder/m" -o "$out/e" -p 5,5 --mask "$out/e/chest.points.png" \
    --force -t points "$image"
expect 2 "d: exists already" segment -m "$folder/m" -o "$out/e" -b 5,5,9,9 --dump "$out/e/d" "$image"

# what is there and no file is not replaced, -f or not, and before any work
mkdir "$out/p"
mkfifo "$out/p/chest.points.png"
expect 2 "out/p/chest.points.png: is no regular file" segment -m "$folder/m" -o "$out/p" -p 5,5 -f "$image"
[ -p "$out/p/chest.points.png" ] || fail "a pipe was replaced"
expect_files "$out/p" chest.points.png
mkfifo "$folder/pipe"
expect 2 "pipe: is no regular file" segment -m "$folder/m" -o "$out/p" -b 5,5,9,9 -f --dump "$folder/pipe" "$image"

# one file under two spellings
mkdir "$out/q"
ln -s q "$out/link"
for dump in "$out/q/chest.points.png" "$out/q/../q/./chest.points.png" "$out/link/chest.overlay.png"; do
    expect 2 "two outputs would be this file" segment -m "$folder/m" -o "$out/q" -p 5,5 -f --dump "$dump" "$image"
done
(cd "$out/q" && expect 2 "two outputs would be this file" segment -m "$folder/m" -p 5,5 --dump ./chest.points.png "$image" &&
    finish) || wrong=1
expect 2 "two outputs" segment -m "$folder/m" -o "$out/new" -p 5,5 --dump "$out/new/chest.points.png" "$image"
expect 4 "absent/chest.points.png" segment -m "$folder/m" -o "$out/q" -p 5,5 --no-overlay --dump "$out/absent/chest.points.png" "$image"
rm -f "$out/q/chest.points.png"
expect_files "$out/q"

# an empty mask for what is not there, and status 3
expect 3 "heart: not in this image, score " segment -m "$folder/m" -o "$out/f" --min-score 1 -t heart "$image"
expect_files "$out/f" chest.heart.png chest.overlay.png

# several images: one name twice, and one that cannot be read; the model is opened once, the others are done
mkdir "$folder/other"
cp "$image" "$folder/other/chest.png"
expect 0 "chest-2.points.png" segment -m "$folder/m" -o "$out/g" --min-score 0 -p 5,5 --no-overlay "$image" "$folder/other/chest.png"
expect_files "$out/g" chest-2.points.png chest.points.png
said=$("$fsam" segment -m "$folder/m" -o "$out/h" --min-score 0 -p 5,5 --no-overlay "$folder/empty.png" \
    "$folder/missing.png" "$image" 2>&1)
[ $? -eq 5 ] || fail "the first failure of several is not the status: $said"
expect_lines 2 "segment of two files that cannot be read and one that can"
expect_files "$out/h" chest.points.png

# JSON: one object a line, the same numbers as the files
said=$("$fsam" segment -m "$folder/m" -o "$out/j" --json --min-score 0 -t heart -p 30,20 -p 4,5,- "$image" "$folder/second.png") ||
    fail "--json: status $?"
if command -v python3 >/dev/null 2>&1; then
    printf '%s\n' "$said" | python3 -c '
import json, sys
lines = [json.loads(line) for line in sys.stdin]
image, out = sys.argv[1:]
assert len(lines) == 2
one = lines[0]
assert list(one) == ["image", "size", "spacing_mm", "model", "answers"], one
assert one["image"] == image and one["size"] == [70, 90] and one["spacing_mm"] is None
answer, = one["answers"]
assert list(answer) == ["id", "prompt", "verdict", "score", "area_px", "area_mm2", "bbox", "centroid", "files"], answer
assert answer["id"] == "heart" and answer["verdict"] == "present" and answer["area_mm2"] is None
assert answer["prompt"] == {"text": "heart", "points": [[30, 20, 1], [4, 5, 0]]}
assert 0 <= answer["score"] <= 1 and 0 <= answer["area_px"] <= 6300
assert answer["area_px"] == 0 or len(answer["bbox"]) == 4 and len(answer["centroid"]) == 2
assert answer["files"] == {"mask": out + "/chest.heart.png", "overlay": out + "/chest.overlay.png"}
' "$image" "$out/j" || fail "--json: $said"
else
    echo "skipped: no python3 to read JSON with"
fi
# what is said on the way: nothing on a pipe, times with -v
said=$("$fsam" segment -m "$folder/m" -o "$out/v" --min-score 0 -p 5,5 -q "$image" 2>&1)
[ -z "$said" ] || fail "-q says: $said"
expect 0 "chest.png: 90 x 70 PNG, encoded in " segment -m "$folder/m" -o "$out/v" --min-score 0 -p 5,5 -v -f "$image"
finish
