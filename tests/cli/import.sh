#!/bin/sh
# import.sh FSAM - the command line of `fsam import`: what it says, its exit status, and what it leaves behind.
fsam=$1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
wrong=0

# expect STATUS TEXT WORD ...: runs fsam; its status and a part of what it prints must be these.
expect() {
    status=$1 text=$2
    shift 2
    said=$("$fsam" "$@" 2>&1)
    got=$?
    case $said in *"$text"*) found=1 ;; *) found=0 ;; esac
    if [ $got -ne "$status" ] || [ $found -eq 0 ]; then
        echo "FAIL: fsam $*: status $got (expected $status), said: $said (expected: $text)"
        wrong=1
    fi
}

expect 0 "usage: fsam" --help
expect 0 "fsam 0." --version
expect 2 "no such command" nonsense
expect 0 "usage: fsam import" import --help
expect 2 "one checkpoint is needed" import -o "$folder/x"
expect 2 "-o MODEL.safetensors is needed" import x.pth
expect 2 "--img-size" import --img-size 0 -o "$folder/x" x.pth
expect 4 "missing.pth: cannot open" import "$folder/missing.pth" -o "$folder/x"
: >"$folder/empty.pth"
expect 5 "empty.pth" import "$folder/empty.pth" -o "$folder/x"
echo "no archive" >"$folder/text.pth"
expect 5 "text.pth" import "$folder/text.pth" -o "$folder/x"
[ ! -e "$folder/x" ] || { echo "FAIL: a failed import left a file"; wrong=1; }

fixtures=../shared/fixtures
if [ -r $fixtures/micro_official.pth ]; then
    echo '{"img_size": 112, "text": {"heads": 2}}' >"$folder/config.json"
    expect 0 "parameters; left over: 0" import $fixtures/micro_official.pth --config "$folder/config.json" -o "$folder/m"
    expect 2 "exists already" import $fixtures/micro_official.pth --config "$folder/config.json" -o "$folder/m"
    expect 7 "posix.system" import $fixtures/hostile.pth -o "$folder/h"
    expect 8 "missing: " import $fixtures/lightning_like.pth -o "$folder/l"
    left=$(ls "$folder" | tr '\n' ' ')
    [ "$left" = "config.json empty.pth m text.pth " ] || { echo "FAIL: left behind: $left"; wrong=1; }
else
    echo "skipped: no $fixtures"
fi
exit $wrong
