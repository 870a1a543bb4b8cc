#!/bin/sh
# dicom_seg.sh TEST_DICOM_SEG DICOM_SEG_LOAD - segmentations of small DICOM images of several kinds, judged by
# DCMTK and dciodvfy: what they say of the source, and that each frame decodes to exactly the mask it was made of.
. "$(dirname "$0")/dicom_judge.sh"

# Every image: 13 x 11 pixels, so that frames of one bit a pixel begin inside of bytes.
image='(0008,0018) UI 1.2.3.4
(0028,0002) US 1
(0028,0004) CS MONOCHROME2
(0028,0010) US 11
(0028,0011) US 13
(0028,0100) US 8
(0028,0101) US 8
(0028,0102) US 7
(0028,0103) US 0'

# make NAME LINES [OPTION]: a DICOM file of `image` and these elements; option: dump2dcm's.
make() {
    printf '%s\n%s\n' "$image" "$2" >"$folder/$1.dump"
    dump2dcm -q $3 "$folder/$1.dump" "$folder/$1.dcm" || fail "$1: not made"
}

# segment NAME [ARGUMENT ...]: NAME.seg, judged, and its dump NAME.txt.
segment() {
    name=$1
    shift
    judge "$folder/$name.dcm" "$folder/$name.seg" "" "$@"
    dcmdump -q +L "$folder/$name.seg" >"$folder/$name.txt"
}

# has NAME TEXT, lacks NAME TEXT: of the dump of NAME.seg.
has() {
    grep -qF -- "$2" "$folder/$1.txt" || fail "$1: has no $2"
}
lacks() {
    ! grep -qF -- "$2" "$folder/$1.txt" || fail "$1: has $2"
}

# refused NAME STATUS TEXT [ARGUMENT ...]
refused() {
    name=$1 status=$2 text=$3
    shift 3
    said=$("$program" "$folder/$name.dcm" "$folder/none.seg" "$folder" "$@" 2>&1)
    got=$?
    case $said in *"$text"*) ;; *) fail "$name: said $said (expected: $text)" ;; esac
    [ $got -eq "$status" ] || fail "$name: status $got (expected $status)"
    [ ! -e "$folder/none.seg" ] || fail "$name: a file was left"
}

# A radiograph with all it should have, its texts in Latin-1, and with a private element.
latin=$(printf 'M\374ller^J\366rg')
make dx "(0008,0005) CS ISO_IR 100
(0008,0016) UI =DigitalXRayImageStorageForPresentation
(0008,0020) DA 20240102
(0008,0050) SH A1
(0008,1030) LO Hip
(0009,0010) LO ACME
(0009,1001) LO secret
(0010,0010) PN $latin
(0010,0020) LO P1
(0010,0030) DA 19600102
(0010,0040) CS F
(0020,000d) UI 1.2.3.1
(0020,000e) UI 1.2.3.2
(0020,0020) CS L\\F
(0020,0052) UI 1.2.3.3
(0028,2110) CS 01
(0028,2112) DS 10
(0028,2114) CS ISO_10918_1"
segment dx 0 0.2 0.25
cmp -s "$folder/1.pgm" "$folder/2.pgm" && fail "two masks are the same"
expected='left lung: Lung
spleen: Spleen
the œil / of nothing: Anatomical Structure
left kidney cyst: Cyst'
[ "$loaded" = "$expected" ] || fail "dx: loaded $loaded"
has dx '(0008,0005) CS [ISO_IR 192]'
has dx '(0010,0010) PN [Müller^Jörg]'
has dx '(0010,0040) CS [F]'
has dx '(0008,0050) SH [A1]'
has dx '(0020,000d) UI [1.2.3.1]'
has dx '(0020,000e) UI [1.2.3.2]'
has dx '(0008,1155) UI [1.2.3.4]'
has dx '(0008,1150) UI =DigitalXRayImageStorageForPresentation'
has dx '(0008,0060) CS [SEG]'
has dx '(0020,0020) CS [L\F]'
has dx '(0028,0030) DS [0.2\0.25]'
has dx '(0028,0008) IS [4]'
has dx '(0028,2110) CS [01]'
has dx '(0062,0001) CS [BINARY]'
has dx '(0062,0005) LO [left lung]'
has dx '(0062,0005) LO [the œil / of nothing]'
has dx '(0008,0104) LO [Lung]'
has dx '(0008,0104) LO [Left]'
has dx '(0008,0104) LO [Cyst]'
has dx '(0008,0104) LO [Kidney]'
has dx '(0062,0008) CS [AUTOMATIC]'
has dx '(0066,0032) LT [model: swin-t.safetensors]'
lacks dx '[absent]'     # nothing was found of it
lacks dx '(0020,0052)'  # a projection has no place in it
lacks dx '(0028,0009)'
lacks dx '(0009,'
lacks dx '(0008,1160)'  # the number of the only frame
grep -q '(0008,0018) UI \[2\.25\.[1-9][0-9]*\]' "$folder/dx.txt" || fail "dx: UID of the instance"

# A run of several frames; no distance of pixels.
make xa '(0008,0016) UI =XRayAngiographicImageStorage
(0020,000d) UI 1.2.3.1
(0020,000e) UI 1.2.3.2
(0028,0008) IS 5'
segment xa 3
has xa '(0008,1160) IS [4]'
lacks xa '(0028,0030)'
refused xa 2 'xa.dcm: DICOM: there is no frame 6, only 1 to 5' 5
refused xa 2 'there is no frame 0' -1

# From here on 16 columns, of which dcmseg reads the masks too.
image=$(printf '%s\n' "$image" | sed 's/(0028,0011) US 13/(0028,0011) US 16/')

# A slice, which has a place in the patient.
plane='(0020,000d) UI 1.2.3.1
(0020,000e) UI 1.2.3.2
(0020,0032) DS 1\2\3
(0020,0037) DS 1\0\0\0\1\0
(0020,0052) UI 1.2.3.3'
make ct "(0008,0016) UI =CTImageStorage
(0018,0050) DS 2.5
$plane"
segment ct 0 0.7 0.7
has ct '(0020,0052) UI [1.2.3.3]'
has ct '(0020,0032) DS [1\2\3]'
has ct '(0020,0037) DS [1\0\0\0\1\0]'
has ct '(0018,0050) DS [2.5]'
make thin "(0008,0016) UI =CTImageStorage
$plane"
segment thin 0 0.7 0.7 # its slice has no thickness
lacks thin '(0020,0032)'

# Little is there, and much of that is wrong.
make poor "(0008,0005) CS ISO_IR 999
(0008,0016) UI =ComputedRadiographyImageStorage
(0008,0020) DA 2024-01-02
(0010,0010) PN $latin
(0010,0020) LO 12345678901234567890123456789012345678901234567890123456789012345
(0010,0040) CS FEMALE
(0010,1010) AS 33
(0020,0032) DS 1\\2
(0028,2110) CS 01"
segment poor 0 1 1
has poor '(0010,0010) PN [M?ller^J?rg]'
has poor '(0010,0020) LO (no value available)'
has poor '(0010,0040) CS (no value available)'
has poor '(0008,0020) DA (no value available)'
has poor '(0028,2110) CS [00]'
grep -q '(0020,000d) UI \[2\.25\.' "$folder/poor.txt" || fail "poor: UID of the study"

# What cannot be referred to.
make classless '' --write-dataset # without a meta header, which would tell it
refused classless 5 'classless.dcm: DICOM: (0008,0016) SOPClassUID is missing'
image='(0008,0018) UI 1.2.3.4'
make imageless '(0008,0016) UI =CTImageStorage'
refused imageless 5 'imageless.dcm: DICOM: (0028,0010) Rows is missing'
echo 'no DICOM' >"$folder/text.dcm"
refused text 5 'text.dcm: DICOM: '
: >"$folder/empty.dcm"
refused empty 5 'empty.dcm: DICOM: '
exit $wrong
