# dicom_judge.sh - sourced by the tests of DICOM SEG, which are called with test_dicom_seg and dicom_seg_load: sets
# $folder (removed at the end) and $wrong, and defines fail and judge. Skips the test where a judge is missing.
program=$1
loader=$2
for tool in dump2dcm dcmdump dcmftest dcm2pnm dciodvfy; do
    command -v $tool >/dev/null 2>&1 || { echo "skipped: no $tool"; exit 77; }
done
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
wrong=0

fail() {
    echo "FAIL: $*"
    wrong=1
}

# judge SOURCE OUT FORGIVEN [ARGUMENT ...]: writes the segmentation OUT of a DICOM image, silently; dciodvfy has to find
# no error but in lines that match FORGIVEN (when it is not empty), and each frame has to decode to exactly its mask.
judge() {
    source=$1 out=$2 forgiven=${3:-no such text}
    shift 3
    said=$("$program" "$source" "$out" "$folder" "$@" 2>&1) || fail "$source: status $?"
    [ -z "$said" ] || fail "$source: said $said"
    said=$(dciodvfy "$out" 2>&1 | grep '^Error' | grep -vE -- "$forgiven")
    [ -z "$said" ] || fail "$source: dciodvfy: $said"
    loaded=$("$loader" "$out" "$folder") || fail "$source: dcmseg: $loaded"
    dcmftest "$out" >/dev/null || fail "$source: dcmftest"
    dcm2pnm -q --min-max-window --write-raw-pnm --all-frames "$out" "$folder/decoded" || fail "$source: dcm2pnm"
    for frame in 1 2 3 4; do
        cmp -s "$folder/decoded.$((frame - 1)).pgm" "$folder/$frame.pgm" || fail "$source: frame $frame: another mask"
    done
    rm -f "$folder"/decoded.*
}
