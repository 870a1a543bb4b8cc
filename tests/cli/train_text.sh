#!/bin/sh
# train_text.sh FSAM - the command line of `fsam train-text`: what it says, its exit status, and what it leaves behind.
. "$(dirname "$0")/expect.sh"

expect 0 "usage: fsam train-text" train-text --help
expect 2 "--output FILE is needed" train-text
expect 2 "--width" train-text -o "$folder/x" --width 0
expect 2 "one too many" train-text -o "$folder/x" word
small="--width 8 --layers 1 --heads 2 --out 8 --merges 10 --rows 80 --batch 4"
# shellcheck disable=SC2086 # words of options
expect 5 "text.heads: 3 does not divide the width 8" train-text -o "$folder/x" $small --heads 3
expect 4 "cannot be" train-text -o "$folder/x" $small --log "$folder/no/log"
expect_files "$folder"

expect 0 "kept-out sentences" train-text -o "$folder/x" $small --steps 2 --log "$folder/log" --ask "left femur"
case $said in *'"left femur": '*) ;; *) fail "--ask is not answered: $said" ;; esac
expect_files "$folder" log x
case $(cat "$folder/log") in '{"step":1,"texts":'*) ;; *) fail "log: $(cat "$folder/log")" ;; esac
expect 0 "without: kept-out texts" train-text --measure "$folder/x" --codebook 8 --steps 2
expect 2 "--output does not go with --measure" train-text --measure "$folder/x" -o "$folder/y"
expect 4 "missing: cannot open" train-text --measure "$folder/missing"
expect 2 "exists; --force" train-text -o "$folder/x" $small --steps 2

# What is written in one go and what is cut and goes on is the same but for its date.
expect 0 '"vocabulary": 524' train-text -o "$folder/whole" $small --steps 60 --json
"$fsam" train-text -o "$folder/cut" $small --steps 60 -q --save-every 0 &
child=$!
while [ ! -e "$folder/cut.state" ] && kill -0 $child 2>/dev/null; do :; done
kill -9 $child 2>/dev/null
wait $child 2>/dev/null
expect 0 "" train-text -o "$folder/cut" -f $small --steps 60 -q --resume
tail -c 4096 "$folder/whole" >"$folder/a"
tail -c 4096 "$folder/cut" >"$folder/b"
cmp -s "$folder/a" "$folder/b" || fail "a training that was cut came to other values"
[ ! -e "$folder/cut.state" ] || fail "the state is left"
printf 'x' >"$folder/new.state"
expect 5 "new.state" train-text -o "$folder/new" $small --steps 2 --resume
finish
