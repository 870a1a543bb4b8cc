#!/bin/sh
# simulate_bad.sh FSAM - `fsam simulate` on patients that are cut short, misplaced or nearly empty, and where pictures cannot
# be written: one clear line, or a skip that is counted.
. "$(dirname "$0")/expect.sh"
"$fsam" phantom analytic --region patella --spacing 6 -o "$folder/knee" >/dev/null || fail "fsam phantom"
ct=$folder/knee.ct.nii.gz labels=$folder/knee.labels.nii.gz
few="--size 48 -n 3 --shutters 0 --tools 0 --cut 1 --json --threads 2"
summary='"images": 3,'

# files that are cut short
half() {
    head -c $(($(wc -c <"$1") / 2)) "$1"
}
half "$ct" >"$folder/short.nii.gz"
half "$labels" >"$folder/short_labels.nii.gz"
gunzip -c "$ct" >"$folder/ct.nii"
half "$folder/ct.nii" >"$folder/short.nii"
expect 5 "short.nii.gz: " simulate --patient "$folder/short.nii.gz,$labels" $few -q -o "$folder/a"
expect 5 "short.nii: " simulate --patient "$folder/short.nii,$labels" $few -q -o "$folder/a1"
expect 5 "short_labels.nii.gz: " simulate --patient "$ct,$folder/short_labels.nii.gz" $few -q -o "$folder/b"

# an affine map that is none: NaN in place of the first row of the header's srow_x
cp "$folder/ct.nii" "$folder/nan.nii"
printf '\000\000\300\177' | dd of="$folder/nan.nii" bs=1 seek=280 conv=notrunc 2>/dev/null
expect 5 "nan.nii: " simulate --patient "$folder/nan.nii,$labels" $few -q -o "$folder/c"

# labels on another grid are brought to the CT's
"$fsam" volume resample "$labels" --labels -o "$folder/fine.nii.gz" --spacing 4,7,5 >/dev/null || fail "fsam volume resample"
expect 0 "$summary" simulate --patient "$ct,$folder/fine.nii.gz" $few -o "$folder/d"
grep -q '"category":"patella"' "$folder"/d/knee/*.json || fail "no patella with labels of another grid"

# labels that are all elsewhere
printf 'o spleen\nv 900 0 0\nv 940 0 0\nv 900 40 0\nv 900 0 40\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n' >"$folder/spleen.obj"
"$fsam" phantom "$folder/spleen.obj" -o "$folder/far" --spacing 2 --no-body -q || fail "fsam phantom far"
expect 8 "far.labels.nii.gz: labels: none of them lies within the CT" \
    simulate --patient "$ct,$folder/far.labels.nii.gz" $few -q -o "$folder/e"

# labels without a name, and names of no category
printf '1\tknee cap\n' >"$folder/one.tsv"
expect 8 "labels: no name for " simulate --patient "$ct,$labels,$folder/one.tsv" $few -q -o "$folder/f"

# a structure that is too small to be seen in any picture: all of them are skipped, and counted
printf 'o spleen\nv 0 0 0\nv 2 0 0\nv 0 2 0\nv 0 0 2\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n' >"$folder/spleen.obj"
"$fsam" phantom "$folder/spleen.obj" -o "$folder/speck" --spacing 1 --no-body -q || fail "fsam phantom speck"
expect 0 '"images": 0, "images_per_s": 0.0, "masks": 0, "kept": 0, "empty": 3, "cut": 0, "redrawn": 0, "failed": 0' \
    simulate --patient "$folder/speck.ct.nii.gz,$folder/speck.labels.nii.gz" $few --preview -o "$folder/g"
expect_files "$folder/g" speck speck.json
expect_files "$folder/g/speck"

# a picture that cannot be made is passed over, counted, and makes the status 8; the others are there
mkdir -p "$folder/h/knee"
mkfifo "$folder/h/knee/000001.png"
expect 8 "knee: a picture is passed over: $folder/h/knee/000001.png: is no regular file, not replaced" \
    simulate --patient "$ct,$labels" $few -o "$folder/h"
case $said in *'"images": 2,'*'"failed": 1,'*) ;; *) fail "a picture that failed: $said" ;; esac
expect_files "$folder/h/knee" 000000.json 000000.png 000001.png 000002.json 000002.png
grep -q '000001' "$folder/h/knee.json" && fail "knee.json lists a picture that failed"

# a disk that takes nothing ends the run with one line
mkdir -p "$folder/i/knee/000000.png"
expect 4 "000000.png: is a folder" simulate --patient "$ct,$labels" $few -q -o "$folder/i"

# what is known of the data's licence goes with the case
expect 0 "$summary" simulate --patient "$ct,$labels" --licence "CC BY 4.0" $few -o "$folder/j"
grep -q '"licence": "CC BY 4.0"' "$folder/j/knee.json" || fail "knee.json does not name the licence"
finish
