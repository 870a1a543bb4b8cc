#!/bin/sh
# phantom.sh FSAM - `fsam phantom`: boxes as meshes, whose volumes are known, and the analytic phantom.
. "$(dirname "$0")/expect.sh"

# box FILE X Y Z: from the origin to there, in the file's unit; without its last face when OPEN is set
box() {
    {
        echo "o part"
        for z in 0 "$4"; do for y in 0 "$3"; do for x in 0 "$2"; do echo "v $x $y $z"; done; done; done
        printf 'f 1 3 4 2\nf 1 2 6 5\nf 2 4 8 6\nf 4 3 7 8\nf 3 1 5 7\n'
        [ -n "$OPEN" ] || echo "f 5 6 8 7"
    } >"$1"
}
OPEN=
meshes=$folder/meshes
mkdir "$meshes" "$folder/empty" "$folder/out"
out=$folder/out
box "$meshes/spleen.obj" 20 30 40
box "$meshes/inner.OBJ" 10 10 10
echo "no mesh" >"$meshes/readme.txt"
OPEN=1
box "$folder/open.obj" 9 9 9
OPEN=
: >"$folder/empty.obj"
printf 'spleen\tspleen\ninner\tfemur_left\tbone\n' >"$folder/map.tsv"
printf 'spleen\tspleen\ninner\t-\n' >"$folder/less.tsv"
printf 'spleen\tspleen\n' >"$folder/one.tsv"
printf 'spleen spleen\n' >"$folder/bad.tsv"

# what is wrong is said before anything is written
expect 2 "MESH ... is missing" phantom
expect 2 "--output PREFIX is missing" phantom "$meshes"
expect 2 "--spacing: '0' is not one or three numbers" phantom "$meshes" -o "$out/a" --spacing 0
expect 2 "--spacing: '1,2' is not one or three numbers" phantom "$meshes" -o "$out/a" --spacing 1,2
expect 2 "--spacing: '1,2,3,4' is not" phantom "$meshes" -o "$out/a" --spacing 1,2,3,4
expect 2 "--spacing: 'nan' is not" phantom "$meshes" -o "$out/a" --spacing nan
expect 2 "--axes: 'xyz' is none of lps|ras|y-up" phantom "$meshes" -o "$out/a" --axes xyz
expect 2 "--region is of the analytic phantom" phantom "$meshes" -o "$out/a" --region skull
expect 4 "missing.obj: cannot open" phantom "$folder/missing.obj" -o "$out/a"
expect 4 "empty: " phantom "$folder/empty" -o "$out/a"
expect 5 "empty.obj: the file is empty" phantom "$folder/empty.obj" -o "$out/a"
expect 5 "readme.txt: not readable as a mesh" phantom "$meshes/readme.txt" -o "$out/a"
expect 5 "open.obj: open: the mesh is not closed: 4 open edges" phantom "$folder/open.obj" -o "$out/a"
expect 5 "no part is left: 1 not closed" phantom "$folder/open.obj" -o "$out/a" --skip-open
expect 5 "bad.tsv: line 1: not a part and a structure" phantom "$meshes" --map "$folder/bad.tsv" -o "$out/a"
expect 5 "no part is left: 0 not closed, 0 left out by the map, 1 not in it" \
    phantom "$meshes/inner.OBJ" --map "$folder/one.tsv" -o "$out/a"
expect 2 "meshes: 20000 mm along x, which is more than" phantom "$meshes" -o "$out/a" --unit m --spacing 0.5
rm "$meshes/readme.txt"
expect_files "$out"

# volumes, in every unit and frame; a folder's other files are passed over
expect 0 "2 files, 2 parts" phantom "$meshes" --map "$folder/map.tsv" -o "$out/a" --spacing 1 --no-body
expect_files "$out" a.ct.nii.gz a.labels.nii.gz
expect 2 "a.ct.nii.gz: exists already (--force overwrites)" phantom "$meshes" -o "$out/a"
expect 0 " 23.000       10." volume info "$out/a.ct.nii.gz" --labels "$out/a.labels.nii.gz"
expect 0 "  1.000        5.0      5.0      5.0 femur_left" volume info --labels "$out/a.labels.nii.gz"
# frame CENTROID OPTION ...: where the larger box is, in LPS and mm, and how many ml it holds.
frame() {
    centroid=$1
    shift
    expect 0 "" phantom "$meshes/spleen.obj" -o "$out/b" -f -q --no-body "$@"
    [ -z "$said" ] || fail "-q says: $said"
    expect 0 "$centroid spleen" volume info --labels "$out/b.labels.nii.gz"
}
frame "24.000       10.0     15.0     20.0" --spacing 1
frame "24.000      -10.0    -15.0     20.0" --axes ras --spacing 1,1,2
frame "24.000       10.0    -20.0     15.0" --axes y-up --spacing 2
frame "24000.000      100.0    150.0    200.0" --unit cm --spacing 5
expect 0 "values      -999 to " volume info "$out/b.ct.nii.gz"

# what is left out is counted
expect 0 "1 parts left out: not closed" phantom "$meshes" "$folder/open.obj" -o "$out/c" --skip-open --spacing 4 --no-body
expect 0 "1 parts had holes, which were closed" phantom "$folder/open.obj" -o "$out/c" -f --cap-holes --spacing 1 --no-body
expect 0 "  0.729        4.5      4.5      4.5 open" volume info --labels "$out/c.labels.nii.gz"
expect 0 "1 parts left out by the map" phantom "$meshes" --map "$folder/less.tsv" -o "$out/c" -f --spacing 4 --no-body
expect 0 "1 parts left out: not in the map" phantom "$meshes" --map "$folder/one.tsv" -o "$out/c" -f --spacing 4 --no-body
expect 0 '"files":2,"parts":1,"capped":0,"open":0,"left_out":0,"unmapped":1,"structures":1}' \
    phantom "$meshes" --map "$folder/one.tsv" -o "$out/c" -f --spacing 4 --no-body --json

# the same seed makes the same files
expect 0 "" phantom "$meshes" -o "$out/d" --spacing 4 -q --no-body --seed 3
expect 0 "" phantom "$meshes" -o "$out/e" --spacing 4 -q --no-body --seed 3
expect 0 "" phantom "$meshes" -o "$out/f" --spacing 4 -q --no-body --seed 4
cmp "$out/d.ct.nii.gz" "$out/e.ct.nii.gz" || fail "one seed makes two CTs"
cmp -s "$out/d.ct.nii.gz" "$out/f.ct.nii.gz" && fail "two seeds make one CT"

# the analytic phantom
expect 2 "are of meshes, not of the analytic phantom" phantom analytic -o "$out/g" --unit m
expect 2 "voxels are cubes" phantom analytic -o "$out/g" --spacing 1,1,2
expect 2 "--region: 'skul' is none of the 128 categories" phantom analytic -o "$out/g" --region skul
expect 0 "g.labels.nii.gz: " phantom analytic -o "$out/g" --region patella --spacing 4
expect 0 " patella" volume info "$out/g.ct.nii.gz" --labels "$out/g.labels.nii.gz"
expect 0 " tibia" volume info --labels "$out/g.labels.nii.gz"
case $said in *skull*) fail "the head is in the box about the knees" ;; esac
finish
