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

# check_json PROGRAM: Python's asserts about the objects of $said, which are `lines`.
check_json() {
    if ! command -v python3 >/dev/null 2>&1; then
        echo "skipped: no python3 to read JSON with"
        return
    fi
    printf '%s\n' "$said" | python3 -c "import json, sys
lines = [json.loads(line) for line in sys.stdin]
image, out = sys.argv[1:]
$1" "$image" "$out" || fail "--json: $said"
}

# expect_said PART ...: $said has as many lines, each with its part.
expect_said() {
    [ "$(printf '%s\n' "$said" | wc -l)" -eq $# ] || fail "not $# lines: $said"
    for part in "$@"; do
        line=$(printf '%s\n' "$said" | head -n 1)
        said=$(printf '%s\n' "$said" | tail -n +2)
        case $line in *"$part"*) ;; *) fail "said: $line (expected: $part)" ;; esac
    done
}

expect 0 "usage: fsam segment IMAGE ... [OPTION ...]" segment --help
expect 0 "usage: fsam segment" segment --point 1 --help

# arguments
expect 2 "fsam segment: unknown option --txet; did you mean --text?" segment --txet a "$image"
expect 2 "--text needs a value: TEXT" segment "$image" --text
expect 2 "IMAGE ... is missing" segment -m "$folder/m" --text heart
expect 2 "--model MODEL is needed" segment "$image" --text heart
expect 2 "nothing is asked: give --text, --point, --box, --mask or --prompts" segment -m "$folder/m" "$image"
expect 2 "--text: '' is empty" segment -m "$folder/m" -t heart -t "" "$image"
expect 2 "--text: '  ' is empty" segment -m "$folder/m" -t "  " "$image"
expect 2 "--point: '1' is no X,Y" segment -m "$folder/m" -p 1 "$image"
expect 2 "--point: '1,2,x' is no X,Y" segment -m "$folder/m" -p 1,2,x "$image"
expect 2 "--point: 'nan,2' is no X,Y" segment -m "$folder/m" -p nan,2 "$image"
expect 2 "--box: '1,2,3' is no X0,Y0,X1,Y1" segment -m "$folder/m" -b 1,2,3 "$image"
expect 2 "--box: '9,2,3,4' ends before it begins" segment -m "$folder/m" -b 9,2,3,4 "$image"
expect 2 "--precision: 'f16' is none of auto|f32|bf16|int8" segment -m "$folder/m" --precision f16 -p 1,2 "$image"
expect 2 "--min-score: '2' is no number from 0 to 1" segment -m "$folder/m" --min-score 2 -p 1,2 "$image"
expect 2 "there is one or the other" segment -m "$folder/m" --single --all-candidates -p 1,2 "$image"
expect 2 "there is one or the other" segment -m "$folder/m" --no-masks --all-candidates -p 1,2 "$image"
expect 2 "--frame: '0' is neither" segment -m "$folder/m" --frame 0 -p 1,2 "$image"
expect 2 "--window: '5' is neither CENTRE,WIDTH nor full" segment -m "$folder/m" --window 5 -p 1,2 "$image"
expect 2 "--max-pixels: 'x' is no number" segment -m "$folder/m" --max-pixels x -p 1,2 "$image"
expect 2 "--dump: one image only" segment -m "$folder/m" --dump "$folder/d" -p 1,2 "$image" "$folder/second.png"
expect 2 "$image: points: points[0].x: 90 is not in the image" segment -m "$folder/m" -o "$out" -p 90,3 "$image"

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

# what can be known of the prompts and outputs is said once, before the model is opened and whatever the images
expect 4 "nope.png: cannot open" segment -m "$folder/none" -o "$out" --mask "$folder/nope.png" "$image" "$folder/second.png"
expect 7 "text.png" segment -m "$folder/none" -o "$out" --mask "$folder/text.png" "$image" "$folder/second.png"
printf '{"mask": "nope.png"}\n' >"$folder/maskless.jsonl"
expect 4 "$folder/nope.png: cannot open" segment -m "$folder/none" -o "$out" --prompts "$folder/maskless.jsonl" "$image"
printf '{"text": "  "}\n' >"$folder/blank.jsonl"
expect 5 "blank.jsonl:1: text: is no text, or an empty one" segment -m "$folder/none" --prompts "$folder/blank.jsonl" "$image"
expect 4 "absent/all.json: cannot write in its folder: " segment -m "$folder/none" -o "$out" -p 5,5 --coco "$folder/absent/all.json" "$image"
expect_files "$out"
mkdir "$folder/locked"
chmod 555 "$folder/locked"
if [ ! -w "$folder/locked" ]; then
    expect 4 "chest.points.png: cannot write in its folder: " segment -m "$folder/none" -o "$folder/locked" -p 5,5 "$image"
elif setpriv --bounding-set=-dac_override,-dac_read_search true 2>/dev/null; then # the superuser, without its power
    said=$(setpriv --bounding-set=-dac_override,-dac_read_search "$fsam" segment -m "$folder/none" -o "$folder/locked" \
        -p 5,5 "$image" 2>&1)
    [ $? -eq 4 ] || fail "a folder that cannot be written in: $said"
    expect_said "fsam segment: $folder/locked/chest.points.png: cannot write in its folder: "
else
    echo "skipped: no folder that cannot be written in"
fi
"$tools/draw_radiograph" "$folder/wide.png" 32768 2 || exit 1
expect 7 "wide.png: --nifti: 32768 x 2 pixels, and NIfTI-1 holds 32767 a side" segment -m "$folder/none" -o "$out" -p 5,1 \
    --nifti "$folder/wide.png"

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

# a mask without a pixel is that of an absent structure, whatever its score, for every writer
if command -v python3 >/dev/null 2>&1; then
    python3 -c 'import json, struct, sys # the model with all logits 0
data = bytearray(open(sys.argv[1], "rb").read())
start = 8 + struct.unpack_from("<Q", data)[0]
for name, tensor in json.loads(data[8:start]).items():
    if "hypernetworks" in name and ".layers.2." in name:
        first, last = tensor["data_offsets"]
        data[start + first:start + last] = bytes(last - first)
open(sys.argv[2], "wb").write(data)' "$folder/m" "$folder/blind" || fail "no model with logits 0"
    said=$("$fsam" segment -m "$folder/blind" -o "$out/blind" --json -q --min-score 0 -t heart --coco "$out/blind.json" "$image" 2>&1)
    [ $? -eq 3 ] || fail "a mask without a pixel is present: $said"
    check_json '
answer, = lines[0]["answers"]
assert answer["verdict"] == "absent" and answer["score"] > 0 and answer["area_px"] == 0 and answer["bbox"] is None, answer
coco = json.load(open(out + "/blind.json"))
assert coco["annotations"] == [] and len(coco["absent"]) == 1, coco
'
    expect 3 "heart: not in this image, score " segment -m "$folder/blind" -o "$out/blind" -f --min-score 0 -t heart "$image"
else
    echo "skipped: no python3 to make a model of empty masks with"
fi

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
said=$("$fsam" segment -m "$folder/m" -o "$out/j" --json -q --min-score 0 -t heart -p 30,20 -p 4,5,- "$image" "$folder/second.png") ||
    fail "--json: status $?"
check_json '
assert len(lines) == 2
one = lines[0]
assert list(one) == ["image", "frame", "frames", "size", "spacing_mm", "spacing_kind", "model", "files", "answers"], one
assert one["image"] == image and one["size"] == [70, 90] and one["frame"] == 1 and one["frames"] == 1
assert one["spacing_mm"] is None and one["spacing_kind"] is None
assert one["files"] == {"overlay": out + "/j/chest.overlay.png"}
answer, = one["answers"]
assert list(answer) == ["id", "prompt", "verdict", "score", "area_px", "area_mm2", "bbox", "centroid", "files"], answer
assert answer["id"] == "heart" and answer["verdict"] == "present" and answer["area_mm2"] is None
assert answer["prompt"] == {"text": "heart", "points": [[30, 20, 1], [4, 5, 0]]}
assert 0 <= answer["score"] <= 1 and 0 <= answer["area_px"] <= 6300
assert answer["area_px"] == 0 or len(answer["bbox"]) == 4 and len(answer["centroid"]) == 2
assert answer["files"] == {"mask": out + "/j/chest.heart.png", "overlay": out + "/j/chest.overlay.png"}
'

# prompts from a file: after the words, ids unlike theirs, masks beside the file
mkdir "$folder/sets"
cp "$out/c/chest.box.png" "$folder/sets/box.png"
cat >"$folder/sets/p.jsonl" <<'END'
{"id": "Heart", "text": "the heart", "points": [[30, 20, 1], [4, 5, 0]]}

{"box": [2, 2, 60, 60], "mask": "box.png"}
END
said=$("$fsam" segment -m "$folder/m" -o "$out/k" --json --min-score 0 -t heart --prompts "$folder/sets/p.jsonl" --no-overlay \
    "$image") || fail "--prompts: status $?"
expect_files "$out/k" chest.box-mask.png chest.heart-2.png chest.heart.png
check_json '
assert [answer["id"] for answer in lines[0]["answers"]] == ["heart", "heart-2", "box-mask"]
assert lines[0]["answers"][1]["prompt"] == {"text": "the heart", "points": [[30, 20, 1], [4, 5, 0]]}
assert lines[0]["answers"][2]["prompt"]["mask"].endswith("/sets/box.png")
'
printf '{"text": "a"}\n{"txet": "b"}\n' >"$folder/bad.jsonl"
expect 5 "bad.jsonl:2: txet: no such field; did you mean text?" segment -m "$folder/m" -o "$out/l" --prompts "$folder/bad.jsonl" "$image"
expect 4 "none.jsonl: cannot open" segment -m "$folder/m" -o "$out/l" --prompts "$folder/none.jsonl" "$image"
[ ! -e "$out/l" ] || fail "a folder was made for prompts that cannot be read"
ln -s "$folder/sets/p.jsonl" "$folder/p.png"
expect 2 "p.png: is an input, and would be overwritten" segment -m "$folder/m" -o "$folder" --name p --no-overlay -f \
    --prompts "$folder/sets/p.jsonl" -i "$image"

# folders, patterns, a file twice: sorted, hidden ones and what is no picture left out, one that fails does not end it
mkdir -p "$folder/in/sub" "$folder/in/none"
for name in b a .hidden sub/c; do cp "$image" "$folder/in/$name.png"; done
echo "{}" >"$folder/in/a.json"
said=$("$fsam" segment -m "$folder/m" -o "$out/n" --min-score 0 -p 5,5 --no-overlay -i "$folder/in" "$folder/in/b.png" 2>&1) ||
    fail "a folder: status $?"
expect_said "$folder/in/b.png: points: present, score 1.000, " "$folder/in/a.png: points: present, score 1.000, " \
    "2 of 2 images, 0 failed, 0 structures not in view; 1 file that is no picture skipped"
expect_files "$out/n" a.points.png b.points.png
said=$("$fsam" segment -m "$folder/m" -o "$out/n" --min-score 0 -p 5,5 --no-overlay -f -q "$folder/in" --recursive 2>&1) ||
    fail "folders in a folder: status $?"
[ -z "$said" ] || fail "-q says: $said"
expect_files "$out/n" a.points.png b.points.png c.points.png
expect 0 "a.json: skipped, is no picture" segment -m "$folder/m" -o "$out/n" --min-score 0 -p 5,5 -f -v "$folder/in"
expect 0 "in/a.png: points: " segment -m "$folder/m" -o "$out/n" --min-score 0 -p 5,5 -f "$folder/in/[ab].p*"
expect 4 "in/none: has no files" segment -m "$folder/m" -o "$out/n" -p 5,5 "$folder/in/none"
expect 4 "in/*.dcm: there is no such file, and none that matches" segment -m "$folder/m" -o "$out/n" -p 5,5 "$folder/in/*.dcm"
mkdir "$folder/in/text"
cp "$folder/in/a.json" "$folder/in/text"
expect 4 "no pictures among the files of the folders (1)" segment -m "$folder/m" -o "$out/n" -p 5,5 "$folder/in/text"
head -c 2000 "$image" >"$folder/in/aa.png"
said=$("$fsam" segment -m "$folder/m" -o "$out/o" --min-score 1 -t heart --no-overlay "$folder/in" "$folder/in/none" 2>&1)
[ $? -eq 4 ] || fail "the first failure, the empty folder's, is not the status: $said"
expect_said "fsam segment: $folder/in/none: has no files" "$folder/in/a.png: heart: not in this image, score " \
    "fsam segment: $folder/in/aa.png: PNG: " "$folder/in/b.png: heart: not in this image, score " \
    "2 of 4 images, 2 failed, 2 structures not in view; 1 file that is no picture skipped"

# names by a pattern, in folders inside the one for answers and nowhere else
expect 0 "r/heart/chest.png" segment -m "$folder/m" -o "$out/r" --min-score 0 -t heart --name "{id}/{image}" "$image"
expect_files "$out/r" heart overlay
expect 2 "--name: '{body}' is none of {image}, {id} and {frame}" segment -m "$folder/m" -o "$out/s" -p 5,5 --name "{body}" "$image"
expect 2 "is no name in the folder for the answers" segment -m "$folder/m" -o "$out/s" -p 5,5 --name "../{id}" "$image"
expect 2 "s/points.png: two outputs would be this file" segment -m "$folder/m" -o "$out/s" -p 5,5 --no-overlay \
    --name "{id}" "$image" "$folder/second.png"
expect 0 "" segment -m "$folder/m" -o "$out/t" --min-score 0 -p 5,5 --frame all --no-overlay "$image"
expect_files "$out/t" chest.f001.points.png
expect 2 "chest.png: --frame: 2, but it has 1" segment -m "$folder/m" -o "$out/t" -p 5,5 --frame 2 "$image"
expect 6 "chest.png" segment -m "$folder/m" -o "$out/u" -p 5,5 --max-pixels 6299 "$image"
expect 0 "" segment -m "$folder/m" -o "$out/u" --min-score 0 -p 5,5 --max-pixels 6300 "$image" --no-masks
expect_files "$out/u" chest.overlay.png

# probabilities: 16-bit PNG or float TIFF of the image's size, whatever the verdict
expect 3 "" segment -m "$folder/m" -o "$out/w" --min-score 1 -t heart --no-overlay --no-masks --probability png "$image"
expect 0 "" segment -m "$folder/m" -o "$out/w" --min-score 0 -t heart --no-overlay --no-masks --probability tiff "$image"
expect_files "$out/w" chest.heart.probability.png chest.heart.probability.tiff
said=$("$fsam" image --json "$out/w/chest.heart.probability.png" "$out/w/chest.heart.probability.tiff")
check_json '
sixteen, floats = lines
assert [sixteen[key] for key in ("kind", "rows", "columns", "bits_stored")] == ["PNG", 70, 90, 16]
assert [floats[key] for key in ("kind", "rows", "columns", "float")] == ["TIFF", 70, 90, True]
assert 0 <= floats["min"] < floats["max"] <= 1
for key in ("min", "max", "mean"):
    assert abs(sixteen[key] / 65535 - floats[key]) < 1e-5, (sixteen, floats)
'

# one COCO file and label maps: what the report says, absent structures left out
said=$("$fsam" segment -m "$folder/m" -o "$out/x" --json --min-score 0.5 -t heart --prompts "$folder/sets/p.jsonl" --nifti \
    --coco "$out/x/all.json" "$image" "$folder/second.png" 2>/dev/null)
[ $? -eq 3 ] || fail "a heart that scores below 0.5 is there: $said"
check_json '
import gzip, struct
coco = json.load(open(out + "/x/all.json"))
assert [one["file_name"] for one in coco["images"]] == [one["image"] for one in lines]
assert all((one["height"], one["width"]) == (70, 90) for one in coco["images"])
told = [answer for one in lines for answer in one["answers"] if answer["area_px"] > 0]
assert [one["area"] for one in coco["annotations"]] == [answer["area_px"] for answer in told] and len(told) == 4
assert [answer["verdict"] for answer in lines[0]["answers"]] == ["absent", "present", "present"]
assert [answer["label"] for answer in lines[0]["answers"]] == [1, 2, 3]
assert lines[1]["files"]["labels"] == out + "/x/second.labels.nii.gz" and lines[1]["files"]["coco"] == out + "/x/all.json"
labels = gzip.open(lines[0]["files"]["labels"]).read()
assert struct.unpack_from("<hh", labels, 42) == (90, 70)
found = set(labels[int(struct.unpack_from("<f", labels, 108)[0]):])
assert 1 not in found and found & {2, 3}, found
'
expect 2 "all.json: exists already" segment -m "$folder/m" -o "$out/y" -p 5,5 --coco "$out/x/all.json" "$image"
expect 4 "absent/all.json: " segment -m "$folder/m" -o "$out/y" -p 5,5 --no-masks --no-overlay --coco "$out/absent/all.json" "$image"

# a DICOM file of three frames, 12 x 8 pixels of 0.5 x 0.25 mm, the frames' values 0, 1, 2 and up
if command -v dump2dcm >/dev/null 2>&1; then
    awk 'BEGIN {
        print "(0002,0010) UI =LittleEndianExplicit\n(0008,0016) UI [1.2.840.10008.5.1.4.1.1.12.2]"
        print "(0008,0018) UI [1.2.826.0.1.3680043.8.498.1]\n(0008,0060) CS [RF]\n(0018,1164) DS [0.5\\0.25]"
        print "(0020,000d) UI [1.2.826.0.1.3680043.8.498.2]\n(0020,000e) UI [1.2.826.0.1.3680043.8.498.3]"
        print "(0028,0002) US 1\n(0028,0004) CS [MONOCHROME2]\n(0028,0008) IS [3]\n(0028,0010) US 8\n(0028,0011) US 12"
        print "(0028,0100) US 16\n(0028,0101) US 16\n(0028,0102) US 15\n(0028,0103) US 0"
        printf "(7fe0,0010) OW "
        for (i = 0; i < 288; i++) printf "%s%04x", (i == 0 ? "" : "\\"), int(i / 96) + i % 7
        print ""
    }' >"$folder/run.dump"
    dump2dcm "$folder/run.dump" "$folder/run.dcm" || fail "dump2dcm"
    said=$("$fsam" segment -m "$folder/m" -o "$out/z" --json -q --min-score 0 -p 5,5 --frame all --dicom-seg --coco "$out/z.json" \
        --no-overlay "$folder/run.dcm" "$image" 2>"$folder/errors")
    [ $? -eq 7 ] || fail "--dicom-seg of a PNG: $said"
    grep -q "chest.png: --dicom-seg: is no DICOM image" "$folder/errors" || fail "--dicom-seg says: $(cat "$folder/errors")"
    check_json '
assert [(one["frame"], one["frames"], one["size"]) for one in lines] == [(1, 3, [8, 12]), (2, 3, [8, 12]), (3, 3, [8, 12])]
for one in lines:
    assert one["spacing_mm"] == [0.5, 0.25] and one["spacing_kind"] == "detector"
    answer, = one["answers"]
    assert abs(answer["area_mm2"] - answer["area_px"] / 8) < 1e-4 and answer["area_px"] > 0
    assert answer["segment"] == 1 and one["files"]["segmentation"] == out + "/z/run.f%03d.seg.dcm" % one["frame"]
names = [one["file_name"].rsplit("/", 1)[1] for one in json.load(open(out + "/z.json"))["images"]]
assert names == ["run.dcm#1", "run.dcm#2", "run.dcm#3"], names
'
    expect_files "$out/z" run.f001.points.png run.f001.seg.dcm run.f002.points.png run.f002.seg.dcm run.f003.points.png \
        run.f003.seg.dcm
    expect 0 "run.dcm, frame 3: points: present, score " segment -m "$folder/m" -o "$out/z" --min-score 0 -p 5,5 --frame 3 \
        --window 3,5 "$folder/run.dcm"
    expect 3 "run.dcm, frame 1: heart: not in this image" segment -m "$folder/m" -o "$out/za" --min-score 1 -t heart --dicom-seg \
        --no-overlay "$folder/run.dcm"
    expect_files "$out/za" run.heart.png

    # one of an earlier run does not outlive an answer without a segment
    expect 0 "" segment -m "$folder/m" -o "$out/zb" --min-score 0 -p 5,5 --name "run.{id}" --dicom-seg --no-overlay --no-masks \
        "$folder/run.dcm"
    expect_files "$out/zb" run.seg.dcm
    said=$("$fsam" segment -m "$folder/m" -o "$out/zb" --min-score 1 -t heart --dicom-seg --no-overlay --no-masks -f --json -q \
        "$folder/run.dcm") && fail "a heart that scores below 1 is there: $said"
    check_json 'assert lines[0]["files"] == {} and lines[0]["answers"][0]["segment"] is None, lines'
    expect_files "$out/zb"

    # an image that nothing can refer to: said before any work, the others are done
    sed 's/(0008,0018) UI .*/(0008,0018) UI [one.two]/' "$folder/run.dump" >"$folder/nameless.dump"
    dump2dcm "$folder/nameless.dump" "$folder/nameless.dcm" 2>/dev/null || fail "dump2dcm"
    said=$("$fsam" segment -m "$folder/m" -o "$out/zc" --min-score 0 -p 5,5 --dicom-seg --no-overlay -q "$folder/nameless.dcm" \
        "$folder/run.dcm" 2>&1)
    [ $? -eq 5 ] || fail "--dicom-seg of an image without a UID: $said"
    expect_said "nameless.dcm: DICOM: (0008,0018) SOPInstanceUID is missing or invalid"
    expect_files "$out/zc" run.points.png run.seg.dcm
else
    echo "skipped: no dump2dcm to make a DICOM file with"
fi

# Ctrl-C in the middle leaves whole files only
for i in 1 2 3 4 5 6 7 8 9; do cp "$image" "$folder/in/many$i.png"; done
for wait in 0.05 0.15 0.3; do
    "$fsam" segment -m "$folder/m" -o "$out/stop" --min-score 0 -t heart --coco "$out/stop.json" --nifti -q -f "$folder/in" 2>/dev/null &
    sleep "$wait"
    kill -INT $! 2>/dev/null
    wait $!
    left=$(ls "$out" "$out/stop" 2>/dev/null | grep '\.tmp-')
    [ -z "$left" ] || fail "interrupted after $wait s, it leaves: $left"
done

# so does whoever stops reading the report
for signal in PIPE TERM HUP; do
    "$fsam" segment -m "$folder/m" -o "$out/stop" --min-score 0 -t heart --coco "$out/stop.json" -q -f "$folder/in" 2>/dev/null &
    sleep 0.1
    kill -$signal $! 2>/dev/null
    wait $!
    got=$?
    left=$(ls "$out" "$out/stop" 2>/dev/null | grep '\.tmp-')
    [ -z "$left" ] || fail "stopped by $signal, it leaves: $left"
    [ $got -eq 0 ] || [ $got -gt 128 ] || fail "stopped by $signal: status $got"
done

# what is said on the way: nothing on a pipe, times with -v
said=$("$fsam" segment -m "$folder/m" -o "$out/v" --min-score 0 -p 5,5 -q "$image" 2>&1)
[ -z "$said" ] || fail "-q says: $said"
expect 0 "chest.png: 90 x 70 PNG, encoded in " segment -m "$folder/m" -o "$out/v" --min-score 0 -p 5,5 -v -f "$image"
finish
