#!/bin/sh
# nifti_labels.sh TEST_NIFTI_LABELS - nifti_tool finds nothing wrong with the header of a label map.
command -v nifti_tool >/dev/null 2>&1 || { echo "skipped: no nifti_tool"; exit 77; }
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
for name in a.nii a.nii.gz; do
    "$1" "$folder/$name" || exit 1
    said=$(nifti_tool -check_hdr -check_nim -infiles "$folder/$name" 2>&1)
    case $said in
    *"header IS GOOD"*"nifti_image IS GOOD"*) ;;
    *) echo "FAIL: $name: $said"; exit 1 ;;
    esac
done
