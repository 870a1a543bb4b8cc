#!/bin/sh
# marks.sh FSAM TOOLS MARKS DICOM_SEG_LOAD - one known picture in a file of every kind through `fsam segment`, with a
# generated model: it lies in the network's input where and as bright as the rules say, and all that is written has its
# size, its place and its distance of pixels. MARKS: the folder of draw_mark and find_mark.
. "$(dirname "$0")/expect.sh"
marks=$3
loader=$4
"$tools/make_model" micro - "$folder/m" || exit 1
out=$folder/out

# segment FILE [OPTION ...]: leaves all kinds of answers as out/NAME.*, the dump $folder/d, and a line in $report.
segment() {
    file=$1
    name=${file##*/}
    shift
    "$fsam" segment -m "$folder/m" -o "$out" --min-score 0 --single -p 40,30 --nifti --probability png \
        --coco "$out/$name.json" --dump "$folder/d" -f -q --json "$@" "$file" >>"$report" && return
    fail "$name: status $?"
    return 1
}

# find_in_dump WAY ARGUMENT ...: find_mark in the dump of the file segmented last.
find_in_dump() {
    way=$1
    shift
    said=$("$marks/find_mark" "$way" "$folder/d" "$@" 2>&1) || fail "$name: $said"
}

# judge_segmentation: out/NAME.seg.dcm has one frame, that is the mask, of the size and spacing of the source.
judge_segmentation() {
    mkdir -p "$folder/frames"
    cp "$out/$name.points.pgm" "$folder/frames/1.pgm"
    said=$("$loader" "$out/$name.seg.dcm" "$folder/frames" 2>&1) || fail "$name: segmentation: $said"
    command -v dcmdump >/dev/null 2>&1 || return
    dcmdump -q +L "$out/$name.seg.dcm" >"$folder/dump"
    for element in "(0028,0010) US 150" "(0028,0011) US 200" '(0028,0030) DS [0.2\0.1]'; do
        grep -qF -- "$element" "$folder/dump" || fail "$name: segmentation has no $element"
    done
}

# seen FILE GROUND taken|inverted [OPTION ...]: the mark and the mask of a PNG, JPEG or TIFF file.
seen() {
    file=$1 ground=$2 sign=$3
    shift 3
    segment "$file" "$@" || return
    find_in_dump input square "$ground" "$sign"
    find_in_dump answer points square "$out/$name.points.png" "$out/$name.points.pgm"
}

# seen_dicom FILE GROUND taken|inverted [OPTION ...]
seen_dicom() {
    file=$1 ground=$2 sign=$3
    shift 3
    segment "$file" --dicom-seg "$@" || return
    find_in_dump input fitted "$ground" "$sign"
    find_in_dump answer points fitted "$out/$name.points.png" "$out/$name.points.pgm"
    judge_segmentation
}

# draw KIND: $folder/KIND
draw() {
    "$marks/draw_mark" "$1" "$folder/$1" || fail "$1: not drawn"
}

report=$folder/pictures.report
for kind in png-8 png-16 png-palette png-colour jpeg-gray jpeg-colour jpeg-turned tiff-8 tiff-16 tiff-float tiff-white \
    tiff-tiled tiff-turned; do
    draw $kind
    seen "$folder/$kind" 0.25 inverted # nothing is said, so bones are bright, and the model wants them dark
done
cp "$folder/png-8" "$folder/dark"
seen "$folder/dark" 0.25 taken --polarity bone-dark

report=$folder/dicom.report
for kind in 8 12 white falling signed rgb jpeg2000 bones counts-white; do
    draw dicom-$kind
    seen_dicom "$folder/dicom-$kind" 0.25 inverted
done
for kind in window rescale; do
    draw dicom-$kind
    seen_dicom "$folder/dicom-$kind" 0.5 inverted
done
draw dicom-counts
seen_dicom "$folder/dicom-counts" 0.25 taken # larger values are more X-rays: bones are dark
cp "$folder/dicom-counts" "$folder/overruled"
seen_dicom "$folder/overruled" 0.25 inverted --polarity bone-bright
cp "$folder/dicom-12" "$folder/windowed"
seen_dicom "$folder/windowed" 0.5 inverted --window 1280,1281
draw dicom-frames
seen_dicom "$folder/dicom-frames" 0.25 inverted --frame 2
grep -qF "(0008,1160) IS [2]" "$folder/dump" || fail "dicom-frames: the segmentation does not name frame 2"

# other_syntax NAME KIND TOOL [OPTION ...]: the file KIND in the transfer syntax that DCMTK's tool makes.
other_syntax() {
    name=$1 kind=$2
    shift 2
    if ! command -v "$1" >/dev/null 2>&1; then
        echo "skipped: no $1 to make $name with"
        return
    fi
    "$@" --quiet "$folder/$kind" "$folder/$name" || fail "$name: not made"
    seen_dicom "$folder/$name" 0.25 inverted
}
other_syntax implicit dicom-12 dcmconv --write-xfer-implicit
other_syntax big-endian dicom-12 dcmconv --write-xfer-big
other_syntax deflated dicom-12 dcmconv --write-xfer-deflated
other_syntax rle dicom-12 dcmcrle
other_syntax rle-rgb dicom-rgb dcmcrle
other_syntax jpeg-baseline dicom-8 dcmcjpeg --encode-baseline
other_syntax jpeg-extended dicom-12 dcmcjpeg --encode-extended
other_syntax jpeg-lossless dicom-12 dcmcjpeg --encode-lossless
other_syntax jpeg-lossless-1 dicom-signed dcmcjpeg --encode-lossless-sv1
other_syntax jpeg-ls dicom-12 dcmcjpls --encode-lossless
other_syntax jpeg-ls-near dicom-12 dcmcjpls --encode-nearlossless

# a mask that is given changes what is found where it lies, whatever way round the file holds the picture
for kind in bright dark none; do draw mask-$kind; done
for kind in png-8 jpeg-turned dicom-12; do
    for patch in none bright dark; do
        "$fsam" segment -m "$folder/m" -o "$out" --precision f32 --min-score 0 --single -q --mask "$folder/mask-$patch" \
            --no-masks --no-overlay --dump "$folder/d.$kind.$patch" "$folder/$kind" || fail "$kind: mask-$patch: status $?"
    done
    for patch in bright dark; do
        said=$("$marks/find_mark" prompt "$folder/d.$kind.$patch" mask "$folder/d.$kind.none" $patch 2>&1) ||
            fail "$kind: mask-$patch: $said"
    done
done

if command -v python3 >/dev/null 2>&1; then
    check=$(dirname "$0")/outputs_check.py
    said=$(python3 "$check" "$folder/pictures.report" 150 200 2>&1) || fail "$said"
    [ "$said" = "14 images" ] || fail "pictures: $said"
    said=$(python3 "$check" "$folder/dicom.report" 150 200 0.2 0.1 detector 2>&1) || fail "$said"
else
    echo "skipped: no python3 to read the outputs with"
fi
finish
