#!/bin/sh
# describe.sh FSAM - `fsam describe`: what it lists, and what it makes of the answers of a language model's stand-in.
. "$(dirname "$0")/expect.sh"

expect 0 "usage: fsam describe [NAME ...]" describe --help
expect 0 "femur_left                   category" describe
expect 0 "pedicle_screw                tool" describe
expect 0 "  lay           patient's left thigh bone" describe femur_left
expect 0 "  joins gluteus_maximus_right gluteus_medius_right gluteus_minimus_right" describe gluteus_right
expect 0 "  joins every tool" describe surgical_tools
expect 2 "nothing: no such category, group or tool" describe nothing
expect 2 "are of --endpoint" describe -o "$folder/x"
expect 2 "--model NAME is needed" describe --endpoint http://127.0.0.1:1/v1
expect 2 "--output FILE is needed" describe --endpoint http://127.0.0.1:1/v1 --model m
expect 4 "missing.txt: cannot open" describe --texts "$folder/missing.txt"
printf '[femur_left]\ntext lay: my left drumstick\n' >"$folder/own.txt"
expect 0 "  lay           my left drumstick" describe --texts "$folder/own.txt" femur_left
printf '[femur]\n' >"$folder/own.txt"
expect 5 "own.txt:1: [femur]: femur is no name that is known" describe --texts "$folder/own.txt"
rm "$folder/own.txt"

if ! command -v python3 >/dev/null 2>&1; then
    echo "skipped: the answers of an endpoint (no python3)"
    finish
fi
"$fsam" describe --json | python3 -c '
import json, sys
names = json.load(sys.stdin)["names"]
assert len([n for n in names if n["kind"] == "category"]) == 128
assert len([n for n in names if n["kind"] == "group"]) == 38
assert all(len(n["variations"]) >= 30 for n in names)
' || fail "describe --json"

mkfifo "$folder/in" "$folder/out"
python3 "$(dirname "$0")/endpoint.py" <"$folder/in" >"$folder/out" &
exec 3>"$folder/in"
read -r port <"$folder/out"
rm "$folder/in" "$folder/out"
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
mine=$folder/mine.txt

# answer STATUS TEXT KIND WORD ...: asks the stand-in for that kind of answer
answer() {
    status=$1 text=$2 url=http://127.0.0.1:$port/$3/v1
    shift 3
    expect "$status" "$text" describe --endpoint "$url" --model m -o "$mine" "$@"
}
answer 4 "HTTP status 500" error femur_left
answer 4 "HTTP status 302" moved femur_left
answer 4 "HTTP status 401" key femur_left
answer 4 "imeout" slow --timeout 0.3 femur_left
answer 5 "an empty answer" empty femur_left
answer 5 "a NUL byte" nul femur_left
answer 5 "chat/completions: " html femur_left
answer 5 "no text at choices[0].message.content" bare femur_left
answer 6 "answers with more than 1048576 bytes" large femur_left
answer 0 "0 added, 1 refused (the last: too short or too long)" deep femur_left
answer 2 "nothing: no such category" array nothing
answer 2 "the environment has no FSAM_TEST_NO_KEY" key femur_left --key-env FSAM_TEST_NO_KEY
expect 2 "neither http:// nor https://" describe --endpoint file:///etc/passwd --model m -o "$mine" femur_left
expect 4 "127.0.0.1:1/v1/chat/completions: " describe --endpoint http://127.0.0.1:1/v1 --model m -o "$mine" femur_left
expect_files "$folder"

answer 0 "femur_left: 4 added, 10 refused" array femur_left
[ "$(cat "$mine")" = "
[femur_left]
text lay: the left drumstick bone
text question: any sign of the left femur there?
text lay: left femur shaft and head, please
text lay: LEFT DRUMSTICK BONE" ] || fail "the file holds: $(cat "$mine")"
expect 0 "  question      any sign of the left femur there?" describe --texts "$mine" femur_left
answer 0 "femur_left: 0 added, 14 refused" array femur_left
printf '# kept' >>"$mine"
answer 0 "vertebrae_C6: 3 added, 1 refused (the last: another number)" lines vertebrae_C6
grep -q '^# kept$' "$mine" || fail "the user's line is gone"
grep -q '^text lay: vertebra C6, sixth down$' "$mine" || fail "the file holds: $(cat "$mine")"
FSAM_TEST_KEY=secret
export FSAM_TEST_KEY
answer 0 "femur_left: 1 added, 0 refused" key --key-env FSAM_TEST_KEY femur_left
answer 0 "stent: 1 added" echo stent
grep -q '^text lay: m!$' "$mine" || fail "the model's name is not sent: $(cat "$mine")"
exec 3>&-
wait
expect_files "$folder" mine.txt
finish
