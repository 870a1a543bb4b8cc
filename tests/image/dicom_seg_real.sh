#!/bin/sh
# dicom_seg_real.sh TEST_DICOM_SEG DICOM_SEG_LOAD SHARED - segmentations of the radiographs of SHARED/dicom and
# SHARED/eval/loopx, judged.
. "$(dirname "$0")/dicom_judge.sh"
shared=$3
[ -f "$shared/dicom/manifest.csv" ] || { echo "skipped: no $shared/dicom"; exit 77; }
count=0
radiographs=$(sed -n "s|^\([^,]*\),xray,.*|$shared/dicom/\1|p" "$shared/dicom/manifest.csv")
for image in "$shared"/eval/loopx/*.dcm $radiographs; do
    forgiven=
    case $image in
    # The instance's UID breaks the standard's rules, and yet only that UID refers to it.
    *CR-ModalitySequenceLUT.dcm) forgiven="999\.999\.01\.23\.45\.6789|contains invalid data values" ;;
    esac
    judge "$image" "$folder/out.seg" "$forgiven" 0 0.2 0.2
    count=$((count + 1))
done
echo "$count images"
exit $wrong
