#!/bin/sh
# volume.sh FSAM - `fsam volume info, resample, mesh, synthesize, vary` on two boxes of known place and size, which `fsam phantom`
# makes into a CT and labels.
. "$(dirname "$0")/expect.sh"

# box FILE X0 X1: from (X0, 0, 0) to (X1, 20, 40) mm
box() {
    {
        for z in 0 40; do for y in 0 20; do for x in "$2" "$3"; do echo "v $x $y $z"; done; done; done
        printf 'f 1 3 4 2\nf 1 2 6 5\nf 2 4 8 6\nf 4 3 7 8\nf 3 1 5 7\nf 5 6 8 7\n'
    } >"$1"
}
out=$folder/out
mkdir "$folder/meshes" "$out" "$folder/empty"
box "$folder/meshes/kidney_left.obj" 20 40
box "$folder/meshes/odd name.obj" -40 -10
"$fsam" phantom "$folder/meshes" -o "$folder/p" --spacing 2 --no-body -q || fail "no phantom"
ct=$folder/p.ct.nii.gz
labels=$folder/p.labels.nii.gz
head -c 2000 "$ct" >"$folder/cut.nii.gz"
printf 'odd name\tspleen\nkidney_left\t-\n' >"$folder/map.tsv"

# info
expect 2 "CT or --labels is missing" volume info
expect 2 "are of --labels, which is not given" volume info "$ct" --standard-ids
expect 4 "missing.nii: cannot open" volume info "$folder/missing.nii"
expect 5 "cut.nii.gz: " volume info "$folder/cut.nii.gz"
expect 5 "empty: " volume info "$folder/empty"
expect 0 "spacing     2 x 2 x 2 mm" volume info "$ct"
expect 0 "orientation along the patient's axes" volume info "$ct"
expect 0 "structures  2, of which 1 are among the 128 categories" volume info "$ct" --labels "$labels"
expect 0 "     16.000       30.0     10.0     20.0 kidney_left" volume info --labels "$labels"
expect 0 "     24.000      -25.0     10.0     20.0 odd name" volume info --labels "$labels"
expect 0 "structures  1, of which 1 are" volume info --labels "$labels" --map "$folder/map.tsv"
expect 0 '"name":"kidney_left","category":true,"voxels":2000,"volume_ml":16,"centroid_mm":[30,10,20]}' \
    volume info --labels "$labels" --json
expect 0 '"hu":null' volume info --labels "$labels" --json
expect 0 '"hu":{"min":-1000,"max":' volume info "$ct" --json

printf '1\tspleen\n' >"$folder/names.tsv"
expect 8 "p.labels.nii.gz: labels: no name for 2" volume info --labels "$labels" --names "$folder/names.tsv"
box "$folder/far.obj" 900 940
"$fsam" phantom "$folder/far.obj" -o "$folder/far" --spacing 2 --no-body -q || fail "no second phantom"
expect 8 "far.labels.nii.gz: labels: none of them lies within the CT" \
    volume info "$ct" --labels "$folder/far.labels.nii.gz"

# resample
expect 2 "--output FILE is missing" volume resample "$ct" --spacing 2
expect 2 "--spacing or --like is wanted, one of them" volume resample "$ct" -o "$out/a.nii"
expect 2 "--spacing or --like is wanted, one of them" volume resample "$ct" -o "$out/a.nii" --spacing 2 --like "$ct"
expect 2 "ends in neither .nii nor .nii.gz" volume resample "$ct" -o "$out/a.png" --spacing 2
expect 2 "is an input, and would be overwritten" volume resample "$ct" -o "$ct" --spacing 2 --force
expect 2 "--spacing: '-1'" volume resample "$ct" -o "$out/a.nii" --spacing -1
expect 5 "cut.nii.gz: " volume resample "$folder/cut.nii.gz" -o "$out/a.nii" --spacing 2
expect_files "$out"
expect 0 "" volume resample "$ct" -o "$out/a.nii.gz" --spacing 1,2,4
expect 0 "spacing     1 x 2 x 4 mm" volume info "$out/a.nii.gz"
expect 2 "a.nii.gz: exists already" volume resample "$ct" -o "$out/a.nii.gz" --spacing 2
expect 0 "" volume resample "$labels" --labels -o "$out/b.nii" --spacing 1
expect 0 "     16.000       30.0     10.0     20.0 kidney_left" volume info --labels "$out/b.nii"
expect 0 "" volume resample "$out/b.nii" --labels --like "$ct" -o "$out/c.nii.gz"
cmp "$out/c.nii.gz" "$labels" || fail "labels do not come back from a finer grid"
rm "$out"/*

# mesh
expect 2 "--output DIR is missing" volume mesh "$labels"
expect 2 "--structure: there is no liver in it" volume mesh "$labels" -o "$out/m" -s liver
expect 2 "--smooth: '-1' is no whole number" volume mesh "$labels" -o "$out/m" --smooth -1
expect_files "$out"
expect 0 "kidney_left.stl: " volume mesh "$labels" -o "$out/m"
expect_files "$out/m" "kidney_left.stl odd-name.stl"
expect 2 "kidney_left.stl: exists already" volume mesh "$labels" -o "$out/m"
expect 0 "" volume mesh "$labels" -o "$out/n" -s "odd name" -s "odd name" --smooth 0 -q
expect_files "$out/n" odd-name.stl
# the surface makes the same voxels again: it lies half a voxel within the box's faces, about the same centres
expect 0 "1 parts" phantom "$out/n" -o "$out/again" --spacing 2 --no-body
expect 0 "-25.0     10.0     20.0 odd-name" volume info --labels "$out/again.labels.nii.gz"
rm -r "$out"/*

# synthesize: the CT that `fsam phantom` made of the same structures
expect 2 "--output FILE is missing" volume synthesize "$labels"
expect 2 "ends in neither .nii nor .nii.gz" volume synthesize "$labels" -o "$out/s.png"
expect 2 "is an input, and would be overwritten" volume synthesize "$labels" -o "$labels" --force
expect 5 "cut.nii.gz: " volume synthesize "$folder/cut.nii.gz" -o "$out/s.nii" --standard-ids
expect_files "$out"
expect 0 "" volume synthesize "$labels" -o "$out/s.nii.gz" --no-body
cmp "$out/s.nii.gz" "$ct" || fail "the same labels make another CT"
expect 2 "s.nii.gz: exists already" volume synthesize "$labels" -o "$out/s.nii.gz"
expect 0 "" volume synthesize "$labels" -o "$out/t.nii.gz" --no-body --seed 1
cmp -s "$out/s.nii.gz" "$out/t.nii.gz" && fail "two seeds make one CT"
expect 0 "" volume synthesize "$labels" -o "$out/s.nii.gz" --force
cmp -s "$out/s.nii.gz" "$ct" && fail "there is no body"
rm "$out"/*

# vary
expect 2 "CT or --labels is missing" volume vary -o "$out/v"
expect 2 "--output PREFIX is missing" volume vary "$ct"
expect 2 "--deform: 30 mm is not less than 0.4 of --control, 70 mm" volume vary "$ct" -o "$out/v" --deform 30
expect 2 "--mirror: '2' is no number from 0 to 1" volume vary "$ct" -o "$out/v" --mirror 2
expect_files "$out"
expect 0 "" volume vary "$ct" --labels "$labels" -o "$out/v" --deform 0 --scale 0 --density 0 --mineral 0 --mirror 0
cmp "$out/v.ct.nii.gz" "$ct" && cmp "$out/v.labels.nii.gz" "$labels" || fail "no variation is one"
expect 2 "v.labels.nii.gz: exists already" volume vary --labels "$labels" -o "$out/v"
expect 0 "" volume vary --labels "$labels" -o "$out/w" --deform 0 --scale 0 --mirror 1
expect_files "$out" v.ct.nii.gz v.labels.nii.gz w.labels.nii.gz
expect 0 "16.000      -30.0     10.0     20.0 kidney_right" volume info --labels "$out/w.labels.nii.gz"
expect 0 "" volume vary "$ct" -o "$out/x" --seed 5
expect 0 "" volume vary "$ct" -o "$out/y" --seed 5
expect 0 "" volume vary "$ct" -o "$out/z" --seed 5 --number 1
cmp "$out/x.ct.nii.gz" "$out/y.ct.nii.gz" || fail "one seed makes two patients"
cmp -s "$out/x.ct.nii.gz" "$out/z.ct.nii.gz" && fail "two numbers make one patient"
finish
