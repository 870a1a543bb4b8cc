#!/bin/sh
# segment_real.sh FSAM TOOLS MARKS DICOM_SEG_LOAD - radiographs of ../shared through `fsam segment`, with a model imported
# from a checkpoint as published: masks lie where the logits put them, bones are taken as the files say, and all that is
# written has the size and spacing of the source. What is found means nothing. MARKS: the folder of find_mark.
. "$(dirname "$0")/expect.sh"
marks=$3
loader=$4
checkpoint=../shared/fixtures/micro_official.pth
eval=../shared/eval
for needed in $checkpoint $eval/chest/manifest.csv $eval/loopx/pelvis_ap.dcm; do
    [ -r $needed ] || { echo "skipped: no $needed"; exit 77; }
done
command -v python3 >/dev/null 2>&1 || { echo "skipped: no python3 to read the outputs with"; exit 77; }
echo '{"img_size": 112, "text": {"heads": 2}}' >"$folder/config.json"
"$fsam" import $checkpoint --config "$folder/config.json" -o "$folder/m" -q || exit 1
echo '{"id": "frame", "box": [10, 5, 60, 50]}' >"$folder/prompts"
out=$folder/out

# segment FILE STEM OPTION ...: all kinds of answers as out/STEM.*, the dump $folder/d, and the report $folder/report.
segment() {
    file=$1 stem=$2
    shift 2
    "$fsam" segment -m "$folder/m" -o "$out" --min-score 0 --single -p 30,20 --prompts "$folder/prompts" --nifti \
        --probability png --coco "$out/$stem.json" --dump "$folder/d" -f -q --json "$@" "$file" >"$folder/report" && return
    fail "$file: status $?"
    return 1
}

# right FITTING SIZE_AND_SPACING ...: the outputs of the last segment.
right() {
    fitting=$1
    shift
    for pair in points:points box:frame; do
        mask=$out/$stem.${pair#*:}
        said=$("$marks/find_mark" answer "$folder/d" "${pair%:*}" $fitting "$mask.png" "$mask.pgm" 2>&1) || fail "$file: $said"
    done
    said=$(python3 "$(dirname "$0")/outputs_check.py" "$folder/report" "$@" 2>&1) || fail "$file: $said"
}

# same_input OPTION ...: whether the network's input and all that follows is the same with these as without.
same_input() {
    "$fsam" segment -m "$folder/m" -o "$out" --min-score 0 --single -p 30,20 --prompts "$folder/prompts" --no-masks \
        --no-overlay --dump "$folder/other" -f -q "$@" "$file" || fail "$file: $*: status $?"
    cmp -s "$folder/d" "$folder/other"
}

# segmentation_right: dciodvfy has no error of out/STEM.seg.dcm, and its frames are the masks.
segmentation_right() {
    mkdir -p "$folder/frames"
    cp "$out/$stem.points.pgm" "$folder/frames/1.pgm"
    cp "$out/$stem.frame.pgm" "$folder/frames/2.pgm"
    said=$("$loader" "$out/$stem.seg.dcm" "$folder/frames" 2>&1) || fail "$file: segmentation: $said"
    if command -v dciodvfy >/dev/null 2>&1; then
        said=$(dciodvfy "$out/$stem.seg.dcm" 2>&1 | grep '^Error')
        [ -z "$said" ] || fail "$file: dciodvfy: $said"
    else
        echo "skipped: no dciodvfy to judge segmentations with"
    fi
}

# Raw images of a detector of 0.3 mm: what is bright in them is air.
for pair in pelvis_ap:1388:1386 spine_oblique:1365:1386 thorax_ap:1386:1385; do
    stem=${pair%%:*} size=${pair#*:}
    segment $eval/loopx/$stem.dcm "$stem" --dicom-seg || continue
    right fitted "${size%:*}" "${size#*:}" 0.3 0.3 detector
    segmentation_right
    same_input --polarity bone-dark || fail "$file: bones are not taken to be dark"
done
same_input --polarity bone-bright && fail "$file: the polarity changes nothing"

# JPEG of the chest, as they are shown: bones are bright.
for line in $(sed -n 's/^\(v7_[0-9]*,[0-9]*,[0-9]*\),.*/\1/p' $eval/chest/manifest.csv | head -n 2); do
    stem=${line%%,*} size=${line#*,}
    segment "$eval/chest/images/$stem.jpg" "$stem" || continue
    right square "${size#*,}" "${size%,*}"
    same_input --polarity bone-bright || fail "$file: bones are not taken to be bright"
done

# PNG of fluoroscopy, of which nobody but the user knows that bones are dark.
for file in $(ls $eval/hip_fluoroscopy/images/*.png | head -n 2); do
    stem=${file##*/}
    stem=${stem%.png}
    segment "$file" "$stem" --polarity bone-dark || continue
    right square 192 192
    same_input && fail "$file: the polarity changes nothing"
done

# Each frame of a file of ten, as when it is asked for alone.
file=$(ls ../shared/dicom/*emri_small_big_endian.dcm 2>/dev/null)
if [ -r "$file" ]; then
    said=$("$fsam" segment -m "$folder/m" -o "$out/all" --name "{image}.{frame}.{id}" --min-score 0 --single -p 30,20 --frame all \
        --no-overlay --json -q "$file") || fail "$file: --frame all: status $?"
    [ "$(printf '%s\n' "$said" | grep -c '"frames":10,"size":\[64,64\]')" -eq 10 ] || fail "$file: --frame all: $said"
    stem=${file##*/}
    stem=${stem%.dcm}
    for frame in 1 2 10; do
        segment "$file" "$stem" --frame $frame || continue
        cmp -s "$out/$stem.points.png" "$(printf '%s/all/%s.%03d.points.png' "$out" "$stem" $frame)" ||
            fail "$file: frame $frame is another one among all"
    done
else
    echo "skipped: no file of several frames in ../shared/dicom"
fi
finish
