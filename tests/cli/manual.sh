#!/bin/sh
# manual.sh FSAM - `fsam help` and `fsam manual`: the pages are what the formatters at hand take without a warning.
. "$(dirname "$0")/expect.sh"

expect 0 "usage: fsam COMMAND" help
[ "$said" = "$("$fsam" --help)" ] || fail "fsam help is not fsam --help"
expect 0 "usage: fsam import CHECKPOINT" help import
[ "$said" = "$("$fsam" import --help)" ] || fail "fsam help import is not fsam import --help"
expect 2 "fsam help: imprt: no such command; did you mean import?" help imprt
expect 2 "is one too many" help import info
expect 2 "volume: what? One of info, resample, mesh, synthesize, vary" help volume
expect 2 "volume: what? One of info, resample, mesh, synthesize, vary" volume --help
expect 2 "volume inf: no such command; there are info, resample, mesh, synthesize, vary" volume inf
expect 2 "is one too many" help volume info mesh
expect 2 "fsam: unknown option --hepl (fsam --help)" --hepl
expect 2 "fsam: segmnt: no such command; did you mean segment?" segmnt

expect 0 ".SH NAME" manual
expect 0 'fsam\-import \- make a model file' manual import
expect 2 "fsam manual: imprt: no such command" manual imprt
expect 2 "so no COMMAND" manual import --output "$folder"
expect 4 "missing/fsam.1: cannot" manual --output "$folder/missing"
expect 0 "" manual --output "$folder"
expect 2 "fsam.1: exists already" manual --output "$folder"
expect 0 "" manual -f -o "$folder"
"$fsam" manual import | cmp - "$folder/fsam-import.1" || fail "the file is not what is printed"
# one a line; those of a family have two words
commands=$("$fsam" --help | sed -n 's/^  \([a-z-]*\( [a-z][a-z]*\)\{0,1\}\)  .*/\1/p' | tr ' ' +)
[ -n "$commands" ] || fail "no commands are listed"
for command in $commands; do
    name=$(echo "$command" | tr + ' ')
    [ -s "$folder/fsam-$(echo "$command" | tr + -).1" ] || fail "no page of $name"
    expect 0 "usage: fsam $name" help $name
done

# without_words TOOL COMMAND ...: on every page TOOL, where it is installed, has nothing to say.
without_words() {
    if ! command -v "$1" >/dev/null 2>&1; then
        echo "skipped: no $1"
        return
    fi
    for page in "$folder"/*.1; do
        said=$("$@" "$page" 2>&1 >/dev/null)
        [ -z "$said" ] || fail "$*: $said"
    done
}
without_words groff -man -ww -Tutf8 -z
without_words man --warnings -l
# mandoc wants a date, which would make a page another one every day; its hints of style are about short lines
if command -v mandoc >/dev/null 2>&1; then
    said=$(mandoc -T lint -W warning "$folder"/*.1 | grep -v "missing date")
    [ -z "$said" ] || fail "mandoc: $said"
else
    echo "skipped: no mandoc"
fi
if [ -w /dev/full ]; then
    for word in --help --version help manual; do
        "$fsam" "$word" >/dev/full 2>/dev/null
        [ $? -eq 4 ] || fail "$word: a full disk is not reported"
    done
fi
finish
