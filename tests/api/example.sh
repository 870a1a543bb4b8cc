#!/bin/sh
# example.sh SEGMENT TOOLS SOURCE - the example program: its answer, its picture, its statuses.
segment=$1 tools=$2 source=$3
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
wrong=0

# expect STATUSES TEXT WORD ...: runs the example; its status and a part of what it prints must be these.
expect() {
    statuses=$1 text=$2
    shift 2
    said=$("$segment" "$@" 2>&1)
    got=$?
    case $said in *"$text"*) found=1 ;; *) found=0 ;; esac
    case " $statuses " in *" $got "*) ;; *) found=0 ;; esac
    if [ $found -eq 0 ]; then
        echo "FAIL: segment $*: status $got (expected one of $statuses), said: $said (expected: $text)"
        wrong=1
    fi
}

"$tools/make_model" micro "$source/tools/demo_merges.txt" "$folder/model" || exit 1
"$tools/draw_radiograph" "$folder/picture.png" 150 100 || exit 1
expect 2 "usage"
# whether an untrained model sees a lung is its own affair
expect "0 3" "score" "$folder/model" "$folder/picture.png" "left lung" "$folder/mask.pgm"
[ "$(head -c 15 "$folder/mask.pgm" 2>/dev/null)" = "$(printf 'P5\n150 100\n255\n')" ] ||
    { echo "FAIL: no 150 x 100 PGM"; wrong=1; }
[ "$(wc -c <"$folder/mask.pgm")" -eq 15015 ] || { echo "FAIL: the PGM's size"; wrong=1; }
expect 4 "missing: cannot open" "$folder/missing" "$folder/picture.png" "left lung" "$folder/mask.pgm"
expect 5 "picture.png" "$folder/picture.png" "$folder/picture.png" "left lung" "$folder/mask.pgm"
expect 2 "text: it is empty" "$folder/model" "$folder/picture.png" " " "$folder/mask.pgm"
exit $wrong
