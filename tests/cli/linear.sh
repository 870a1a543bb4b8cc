#!/bin/sh
# linear.sh FSAM TOOLS - linear intensities are shown as a device shows them: those of `fsam simulate` by themselves, others
# when told so.
. "$(dirname "$0")/expect.sh"
"$tools/make_model" micro "$(dirname "$0")/../../tools/demo_merges.txt" "$folder/m" || exit 1
expect 0 "" simulate --phantom analytic --spacing 8 -n 1 --views 1 --size 96 --tools 0 --standard 1 --shutters 0 -q -o "$folder/set"
made=$folder/set/phantom/000000.png

# input NAME FILE [OPTION ...]: what the model is given of the file, in $folder/NAME
input() {
    name=$1 file=$2
    shift 2
    "$fsam" segment -m "$folder/m" -t heart --min-score 0 --threads 1 --precision f32 -q --no-overlay -f -o "$folder/masks.$name" --name heart \
        --dump "$folder/$name" "$@" "$file"
    [ $? -eq 0 ] || fail "$name: segment"
}
same() { cmp -s "$folder/$1" "$folder/$2"; }

input own "$made"
input said "$made" --linear
same own said || fail "--linear changes what the file says already"
for polarity in bone-dark bone-bright; do
    input polarity "$made" --polarity $polarity
    same own polarity || fail "--polarity $polarity changes what is known"
done
expect 0 "polarity    bone bright, shown from linear intensities, in which it is dark" image "$made"
expect 0 '"polarity":"bone_bright","linear":true' image --json "$made"

if command -v python3 >/dev/null 2>&1; then
    # the same picture without its text chunk
    python3 -c 'import struct, sys
data = open(sys.argv[1], "rb").read()
kept, at, dropped = data[:8], 8, 0
while at < len(data):
    end = at + 12 + struct.unpack(">I", data[at:at + 4])[0]
    if data[at + 4:at + 8] == b"tEXt":
        assert data[at + 8:end - 4] == b"fsam.intensity\0linear"
        dropped += 1
    else:
        kept += data[at:end]
    at = end
assert dropped == 1
open(sys.argv[2], "wb").write(kept)' "$made" "$folder/plain.png" || fail "the text chunk"
    expect 0 "polarity    not stated" image "$folder/plain.png"
    input plain "$folder/plain.png"
    same own plain && fail "a file that says nothing is taken for linear"
    input dark "$folder/plain.png" --polarity bone-dark
    same own dark && fail "the logarithm changes nothing"
    input told "$folder/plain.png" --linear
    same own told || fail "--linear is not what the file says"
    expect 0 "" image "$made" -o "$folder/shown.png"
    expect 0 "" image "$folder/plain.png" --linear -o "$folder/shown2.png"
    same shown.png shown2.png || fail "image --linear"
    expect 0 "polarity    not stated" image "$folder/shown.png"

    # an evaluation sees what `fsam segment` sees: its own mask is right to the pixel
    mkdir -p "$folder/own.set/images" "$folder/own.set/masks"
    cp "$folder/plain.png" "$folder/own.set/images/heart.png"
    cp "$folder/masks.own/heart.png" "$folder/own.set/masks/heart.png"
    right="text                                  1    1.000    1.000"
    expect 0 "$right" evaluate -m "$folder/m" --data "$folder/own.set" -t heart --prompts text --linear --threads 1 --precision f32
    cp "$made" "$folder/own.set/images/heart.png"
    expect 0 "$right" evaluate -m "$folder/m" --data "$folder/own.set" -t heart --prompts text --threads 1 --precision f32
fi
finish
