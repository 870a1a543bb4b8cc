#!/bin/sh
# import.sh FSAM - the command line of `fsam import`: what it says, its exit status, and what it leaves behind.
. "$(dirname "$0")/expect.sh"

expect 0 "usage: fsam" --help
expect 0 "fsam 0." --version
expect 2 "no such command" nonsense
expect 0 "usage: fsam import" import --help
expect 2 "CHECKPOINT is missing" import -o "$folder/x"
expect 2 "--output FILE is needed" import x.pth
expect 2 "--img-size" import --img-size 0 -o "$folder/x" x.pth
expect 4 "missing.pth: cannot open" import "$folder/missing.pth" -o "$folder/x"
: >"$folder/empty.pth"
expect 5 "empty.pth" import "$folder/empty.pth" -o "$folder/x"
echo "no archive" >"$folder/text.pth"
expect 5 "text.pth" import "$folder/text.pth" -o "$folder/x"
expect 4 "not a regular file" import "$folder" -o "$folder/x"
printf '\200\002\212\nl\374\234F\371 j\250P\031.' >"$folder/legacy.pth"
expect 7 "torch.save before PyTorch 1.6" import "$folder/legacy.pth" -o "$folder/x"
expect 2 "--dtype" import --dtype f8 -o "$folder/x" x.pth
# a tensor's name must not reach the terminal as it is
header='{"\u001b]0;owned\u0007":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}'
printf "\\$(printf %o ${#header})\0\0\0\0\0\0\0%s\0\0\0\0" "$header" >"$folder/escape.st"
expect 8 "left over: $folder/escape.st: ?]0;owned?" import "$folder/escape.st" -o "$folder/x"
case $said in *"$(printf '\033')"*) fail "an escape is printed" ;; esac
rm "$folder/escape.st"
expect_files "$folder" empty.pth legacy.pth text.pth

# interrupted WORD ...: Ctrl-C while fsam writes "$folder/i" ends it with 130 and nothing is left. A run that is over
# before the signal comes says nothing, so it is tried a few times.
interrupted() {
    for try in 1 2 3 4 5 6 7 8 9 10; do
        "$fsam" "$@" -o "$folder/i" >"$folder/said" 2>&1 &
        child=$!
        while [ -z "$(ls "$folder" | grep '^i')" ] && kill -0 $child 2>/dev/null; do :; done
        kill -INT $child 2>/dev/null
        wait $child
        got=$?
        left=$(ls "$folder" | grep '^i')
        rm -f "$folder/i" "$folder/said"
        [ $got -eq 0 ] && continue
        [ $got -eq 130 ] && [ -z "$left" ] && return
        fail "interrupted: status $got, left behind: $left"
        return
    done
    echo "skipped: the import was never caught at work"
}

fixtures=../shared/fixtures
if [ -r $fixtures/micro_official.pth ]; then
    micro=$fixtures/micro_official.pth
    echo '{"img_size": 112, "text": {"heads": 2}}' >"$folder/config.json"
    expect 0 "parameters; left over: 0" import $micro --config "$folder/config.json" -o "$folder/m"
    expect 2 "exists already" import $micro --config "$folder/config.json" -o "$folder/m"
    expect 0 "no tokenizer" import $micro --config "$folder/config.json" -o "$folder/m" --force
    expect 0 "parameters; left over: 0" import "$folder/m" --dtype bf16 -o "$folder/m16"
    [ "$(wc -c <"$folder/m16")" -lt "$(wc -c <"$folder/m")" ] || fail "bf16 is not smaller"
    expect 8 "no Swin backbone" import "$folder/m" --swin $fixtures/lightning_like.pth -o "$folder/s"
    expect 8 "no CLIP text tower" import "$folder/m" --clip $fixtures/lightning_like.pth -o "$folder/s"
    expect 0 "" import "$folder/m" --clip $micro -o "$folder/c" -q
    [ -z "$said" ] || fail "import -q says: $said"
    expect 8 "missing: " import $fixtures/lightning_like.pth -o "$folder/l" --quiet
    case $said in *"left over: "*) fail "import --quiet says: $said" ;; esac
    expect 0 "replaced" import "$folder/m" --clip $micro -o "$folder/c" -f
    expect 4 "none.pth: cannot open" import "$folder/m" --clip "$folder/none.pth" -o "$folder/s"
    expect 7 "posix.system" import $fixtures/hostile.pth -o "$folder/h"
    expect 8 "missing: $fixtures/lightning_like.pth: " import $fixtures/lightning_like.pth -o "$folder/l"
    interrupted import $micro --config "$folder/config.json"
    expect_files "$folder" c config.json empty.pth legacy.pth m m16 text.pth
else
    echo "skipped: no $fixtures"
fi
finish
