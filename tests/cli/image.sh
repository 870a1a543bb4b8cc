#!/bin/sh
# image.sh FSAM TOOLS - `fsam image` on small pictures with known samples: what it says, what it converts them to, and
# what it says of files that are no pictures.
. "$(dirname "$0")/expect.sh"

# picture NAME BASE64
picture() {
    printf '%s' "$2" | base64 -d >"$folder/$1" || exit 1
}
# 0 10 20 / 30 40 255
picture gray.png iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAAEElEQVR42mNg4BJhkNP4DwACUQFkD0PjDQAAAABJRU5ErkJggg==
# 10 20 / 30 40
picture four.png iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR42mPgEmGQ0wAAAOwAZf2QEqUAAAAASUVORK5CYII=
# 0 256 / 1000 65535, 16 bits
picture deep.png iVBORw0KGgoAAAANSUhEUgAAAAIAAAACEAAAAAAHTY67AAAAEklEQVR42mNgYGBkYGB+8f8/AAXSAut7Xl1aAAAAAElFTkSuQmCC
# (10 20 30) (40 50 60)
picture rgb.png iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR42mPgEpHTMLIBAAI3ANPiLe2fAAAAAElFTkSuQmCC
# indices 0 2 / 1 2 of black, gray 99 and white
picture palette.png iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAMAAABFaP0WAAAACVBMVEUAAABjY2P////6vOdWAAAADklEQVR42mNgYGJgZAIAABIABn3Q5A0AAAAASUVORK5CYII=
gray=$folder/gray.png
four=$folder/four.png
out=$folder/out
mkdir "$out"
: >"$folder/empty.png"
echo "no picture" >"$folder/text.png"
head -c 60 "$gray" >"$folder/cut.png"

expect 0 "usage: fsam image FILE ... [OPTION ...]" image --help
expect 2 "FILE ... is missing" image
expect 2 "unknown option --jsn; did you mean --json?" image --jsn "$gray"

# the report
expect 0 "size        2 rows, 3 columns" image "$gray"
expect 0 "samples     8 of 8 bits, unsigned, MONOCHROME2" image "$gray"
expect 0 "values      0 to 255, mean 59.1666667" image "$gray"
expect 0 "spacing     not stated" image "$gray"
expect 0 "samples     16 of 16 bits" image "$folder/deep.png"
expect 0 "3 channels, RGB" image "$folder/rgb.png"
expect 0 "" image -q "$gray"
[ -z "$said" ] || fail "-q says: $said"

# files that cannot be used; the others are still reported
expect 4 "fsam image: $folder/missing.png: cannot open" image "$folder/missing.png"
expect 4 "not a regular file" image "$folder"
expect 5 "fsam image: $folder/empty.png: " image "$folder/empty.png"
expect 7 "fsam image: $folder/text.png: " image "$folder/text.png"
expect 5 "fsam image: $folder/cut.png: " image "$folder/cut.png"
said=$("$fsam" image "$folder/empty.png" "$gray" "$folder/missing.png" "$four" 2>&1)
[ $? -eq 5 ] || fail "the first failure of several is not the status: $said"
expect_lines 2 "image of two files that cannot be read and two that can"
[ "$(printf '%s\n' "$said" | grep -c '^file  ')" -eq 2 ] || fail "not two reports: $said"
expect 2 "gray.png: --frame: 2, but the file has 1" image --frame 2 "$gray"
expect 2 "--frame: '0'" image --frame 0 "$gray"
expect 6 "gray.png: " image --max-pixels 5 "$gray"
expect 0 "mean" image --max-pixels 6 "$gray"

# conversion
expect 2 "--output: one FILE only" image "$gray" "$four" -o "$out/a.png"
expect 2 "ends in neither .png nor .tiff" image "$gray" -o "$out/a.jpg"
expect 2 "ends in neither .png nor .tiff" image "$gray" -o "$out/png"
expect 2 "--bits: a TIFF is written in floating point" image "$gray" -o "$out/a.tiff" --bits 16
expect 2 "--bits: '12' is none of 8|16" image "$gray" -o "$out/a.png" --bits 12
expect 2 "--output takes one frame" image "$gray" -o "$out/a.png" --frame all
expect 2 "--bits and --invert are of --output" image "$gray" --invert
expect 2 "is an input, and would be overwritten" image "$gray" -o "$gray" --force
expect 4 "cut/a.png" image "$gray" -o "$folder/cut/a.png"
expect 5 "cut.png" image "$folder/cut.png" -o "$out/a.png"
expect_files "$out"
expect 0 "values      0 to 255, mean 59.1666667" image "$gray" -o "$out/a.png"
expect 2 "a.png: exists already (--force overwrites)" image "$four" -o "$out/a.png"
expect_files "$out" a.png

# converted VALUES FILE WORD ...: what the file is converted to holds these.
converted() {
    values=$1
    shift
    expect 0 "" image "$@" -o "$out/c.png" -f -q
    expect 0 "values      $values" image "$out/c.png"
}
converted "0 to 255, mean 59.1666667" "$gray"
converted "0 to 255, mean 195.833333" "$gray" --invert
converted "0 to 65535, mean 15205.8333" "$gray" --bits 16
converted "0 to 65535, mean 16697.75" "$folder/deep.png" --bits 16
converted "10 to 40, mean 25" "$four"
converted "0 to 255, mean 127.5" "$four" --window full
converted "0 to 255, mean 127.5" "$four" --window 25.5,31
converted "0 to 255, mean 63.75" "$four" --window 35.5,11 # 30 is black, 40 white
converted "0 to 255, mean 152.25" "$folder/palette.png"

expect 0 "" image "$four" -o "$out/c.TIFF" -q --window full
expect 0 "file        $out/c.TIFF, TIFF" image "$out/c.TIFF"
expect 0 "samples     32 of 32 bits, floating point, MONOCHROME2" image "$out/c.TIFF"
expect 0 "values      0 to 1, mean 0.5" image "$out/c.TIFF"
converted "0 to 255, mean 127.5" "$out/c.TIFF"
expect_files "$out" a.png c.TIFF c.png

# JSON: one object a line
said=$("$fsam" image --json "$gray" "$folder/rgb.png" "$folder/deep.png" "$folder/palette.png") || fail "--json: status $?"
if command -v python3 >/dev/null 2>&1; then
    printf '%s\n' "$said" | python3 -c '
import json, sys
gray, rgb, deep, palette = [json.loads(line) for line in sys.stdin]
assert gray.pop("file") == sys.argv[1]
assert gray.pop("compression") == "deflate"
assert abs(gray.pop("mean") - 355 / 6) < 1e-12
assert gray == {"kind": "PNG", "rows": 2, "columns": 3, "frames": 1, "channels": 1, "bits_allocated": 8, "bits_stored": 8,
    "signed": False, "float": False, "photometric": "MONOCHROME2", "transfer_syntax": None, "modality": None,
    "orientation": 1, "spacing_mm": None, "spacing_kind": None, "window": None, "polarity": None, "linear": False, "min": 0, "max": 255}, gray
assert (rgb["rows"], rgb["columns"], rgb["channels"], rgb["photometric"]) == (1, 2, 3, "RGB"), rgb
assert (rgb["min"], rgb["max"], rgb["mean"]) == (10, 60, 35), rgb
assert (deep["bits_stored"], deep["min"], deep["max"], deep["mean"]) == (16, 0, 65535, 16697.75), deep
assert (palette["channels"], palette["photometric"]) == (1, "PALETTE COLOR"), palette
assert (palette["min"], palette["max"], palette["mean"]) == (0, 2, 1.25), palette
' "$gray" || fail "--json: $said"
    # a name that is no UTF-8 still gives JSON
    odd=$folder/$(printf 'a\377b.png')
    cp "$gray" "$odd" && "$fsam" image --json "$odd" | python3 -c '
import json, sys
assert json.loads(sys.stdin.buffer.read().decode())["file"] == sys.argv[1] + "/a?b.png"
' "$folder" || fail "--json of a name that is no UTF-8"
else
    echo "skipped: no python3 to read JSON with"
fi
finish
