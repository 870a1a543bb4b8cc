#!/bin/sh
# image_dicom.sh FSAM - `fsam image` on DICOM files of ../shared/dicom, with the numbers of its manifest.csv.
. "$(dirname "$0")/expect.sh"

files=../shared/dicom
if [ ! -r $files/manifest.csv ]; then
    echo "skipped: no $files"
    finish
fi
ct=$files/cornerstoneWADO__testImages__CTImage.dcm_DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99.dcm
liver=$files/pydicom-data__data_store__data__liver.dcm
film=$files/dwv__tests__data__gdcm-CR-MONO1-10-chest.dcm

expect 0 ", DICOM, CT" image $ct
expect 0 "samples     16 of 16 bits, signed, MONOCHROME2" image $ct
expect 0 "coding      1.2.840.10008.1.2.1.99, deflate" image $ct
expect 0 "spacing     rows 0.675781 mm, columns 0.675781 mm, in the patient" image $ct
expect 0 "window      centre 40, width 400" image $ct
expect 0 "values      -2000 to 2402, mean 74.92" image $ct
expect 0 "size        512 rows, 512 columns, 3 frames" image $liver
expect 0 '"photometric":"MONOCHROME1"' image --json $film
expect 0 '"window":{"centre":550,"width":1024,"kind":"linear"}' image --json $film

# frames
expect 0 "" image $liver --frame 3 -o "$folder/third.png" -q
expect 0 "size        512 rows, 512 columns" image "$folder/third.png"
expect 2 "liver.dcm: --frame: 4, but the file has 3" image $liver --frame 4
expect 6 "liver.dcm: " image $liver --max-pixels 262143

# mean FILE: of its stored samples
mean() {
    "$fsam" image --json "$1" | sed 's/.*"mean":\([0-9.e+-]*\).*/\1/'
}
# --invert turns every value about the middle
"$fsam" image -q $film -o "$folder/shown.png" --bits 16 && "$fsam" image -q $film -o "$folder/turned.png" --bits 16 --invert ||
    fail "$film cannot be converted"
awk "BEGIN { sum = $(mean "$folder/shown.png") + $(mean "$folder/turned.png"); exit !(sum > 65534.999 && sum < 65535.001) }" ||
    fail "--invert: means of $(mean "$folder/shown.png") and $(mean "$folder/turned.png")"
# a narrow window at the least value makes nearly all white, one at the greatest nearly all black
expect 0 "" image -q $ct -o "$folder/low.png" --window -2000,1
expect 0 "" image -q $ct -o "$folder/high.png" --window=2402,1
[ "$(mean "$folder/high.png" | cut -d. -f1)" -lt 3 ] || fail "--window 2402,1: a mean of $(mean "$folder/high.png")"
[ "$(mean "$folder/low.png" | cut -d. -f1)" -gt 150 ] || fail "--window -2000,1: a mean of $(mean "$folder/low.png")"
finish
