#!/bin/sh
# simulate_ranks.sh FSAM TOOLS MPIRUN - `mpirun -n N fsam simulate`: the same bytes as by one process, also of runs that
# go on; a rank that fails ends all with one line; Ctrl-C leaves nothing half-written.
. "$(dirname "$0")/expect.sh"
. "$(dirname "$0")/several.sh"

# same A B: two data sets have the same files, byte by byte.
same() {
    diff -r "$folder/$1" "$folder/$2" >/dev/null || fail "$2 differs from $1: $(diff -rq "$folder/$1" "$folder/$2")"
}

whole() {
    [ -z "$(find "$1" -type f ! -name '*.png' ! -name '*.json' ! -name '*.txt')" ] || fail "left: $(find "$1" -type f)"
}

small="--spacing 20 --size 48 --seed 3 --threads 1"
"$fsam" phantom analytic --spacing 20 -o "$folder/p" >/dev/null || fail "fsam phantom"
patients="--phantom analytic --patient $folder/p.ct.nii.gz,$folder/p.labels.nii.gz"

# pictures are dealt out: 7 of one scene for each of two patients
# shellcheck disable=SC2086
{
    expect 0 '"images": 14' simulate $patients $small -n 7 --preview --json -o "$folder/one"
    masks=${said#*\"masks\": }
    masks="\"masks\": ${masks%%,*},"
    several 2 0 "$masks" simulate $patients $small -n 7 --preview --json -o "$folder/two"
    same one two
    # what is there is kept, what is missing is made again
    rm "$folder/two/phantom/000001.json" "$folder/two/phantom/000004.png" "$folder/two/p/000006.json" "$folder/two/train.txt" \
        "$folder/two/phantom.preview.png"
    several 2 0 '"kept": 11, ' simulate $patients $small -n 7 --preview --json -o "$folder/two"
    case $said in *'"images": 3,'*) ;; *) fail "two ranks, going on: $said" ;; esac
    same one two
    several 3 0 '"images": 0,' simulate $patients $small -n 7 --preview --json -o "$folder/two"
    same one two

    # scenes are dealt out, each with a patient of its own
    expect 0 '"images": 8,' simulate --phantom analytic $small -n 8 --views 1 --vary --json -o "$folder/varied"
    several 2 0 '"images": 8,' simulate --phantom analytic $small -n 8 --views 1 --vary --json -o "$folder/varied two"
    same varied "varied two"

    # a patient that cannot be read, and a folder of another seed
    several 2 4 "pictures: 1 made" simulate --phantom analytic $small -n 1 --patient "$folder/no.nii,$folder/no" -o "$folder/b"
    [ "$(cat "$folder/b/train.txt")" = phantom ] || fail "train.txt lists a case that failed"
    several 2 2 "was made with others" simulate --phantom analytic --spacing 20 --size 48 --seed 4 -n 1 -o "$folder/b"
    several 2 2 "did you mean --patient?" simulate --patiant x,y -o "$folder/c"

    # the first picture of the second rank's first scene cannot be written
    mkdir -p "$folder/d/phantom/000020.png"
    several 2 4 "000020.png: is a folder" simulate --phantom analytic $small -n 400 -o "$folder/d"
    [ "$(find "$folder/d" -name '*.json' | wc -l)" -lt 300 ] || fail "a rank that failed did not end the other"
    whole "$folder/d"

    # without the module that reaches MPI nothing is begun, least of all twice
    FSAM_MPI_MODULE="$folder/none.so"
    export FSAM_MPI_MODULE
    several 2 7 "none.so" simulate --phantom analytic $small -n 2 -o "$folder/e"
    unset FSAM_MPI_MODULE
    [ ! -e "$folder/e" ] || fail "ranks that know nothing of each other made pictures"
}

# Ctrl-C, once there are pictures; then the run goes on, to fewer of them
# shellcheck disable=SC2086
"$mpirun" -n 2 "$fsam" simulate --phantom analytic $small -n 2000 -q -o "$folder/f" >"$folder/said" 2>&1 &
launcher=$!
tries=0
while [ ! -e "$folder/f/phantom/000002.json" ] && [ $tries -lt 600 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
kill -INT $launcher
wait $launcher
[ $? -ne 0 ] || fail "a run that was stopped says that it is done"
whole "$folder/f"
made=$(find "$folder/f" -name '*.png' | wc -l)
[ "$made" -ge 1 ] && [ "$made" -lt 2000 ] || fail "stopped after $made pictures of 2000"
find "$folder/f" -name '000[0-9]*' ! -name '00000[0-4].*' -exec rm {} +
# shellcheck disable=SC2086
several 2 0 '"failed": 0,' simulate --phantom analytic $small -n 5 --json -o "$folder/f"
# shellcheck disable=SC2086
expect 0 '"images": 5,' simulate --phantom analytic $small -n 5 --json -o "$folder/g"
same g f
finish
