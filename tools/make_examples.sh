#!/bin/sh
# make_examples.sh DATA PATIENTS - the pictures of examples/pictures again: from the openly licensed data in DATA, and the
# patients that tools/make_model.sh makes of it in PATIENTS. It needs optipng. FSAM: the program. What is in between is
# left in build/examples.
set -eu
[ $# -eq 2 ] || { echo "usage: make_examples.sh DATA PATIENTS" >&2; exit 2; }
root=$(cd "$(dirname "$0")/.." && pwd)
fsam=${FSAM:-$root/build/release/src/cli/fsam}
data=$1 patients=$2
between=$root/build/examples

# example NAME CASE NUMBER WORD ...: picture NUMBER of a case. Six significant bits are enough for what can be seen.
example() {
    name=$1 case=$2 number=$3
    shift 3
    "$fsam" simulate --size 448 --standard 1 --jitter 0.3 --tools 0 --shutters 0 --views 1 --seed 3 --dose 4 -q \
        -n $((number + 1)) -o "$between" "$@"
    "$root/build/release/tools/round_picture" "$between/$case/00000$number.png" "$between/$name.png" 6
    optipng -quiet -o5 "$between/$name.png"
    mv "$between/$name.png" "$root/examples/pictures/$name.png"
}
example chest lidc0001 0 --licence "CC BY 3.0, LIDC-IDRI-0001" \
    --patient "$data/lidc0001/ct.nii.gz,$data/lidc0001/labels.nii.gz,$data/lidc0001/label_names.tsv"
example spine s0011 4 --licence "CC BY 4.0, TotalSegmentator data set" \
    --patient "$patients/s0011.ct.nii.gz,$data/s0011_labels/labels.nii.gz,$data/s0011_labels/label_names.tsv"
example hip man 7 --licence "CC BY 4.0, BodyParts3D (older files: CC BY-SA 2.1 JP)" \
    --patient "$patients/man.ct.nii.gz,$patients/man.labels.nii.gz"
example skull phantom 2 --phantom analytic
