#!/bin/sh
# Checks that no #include in src/ runs up the house: a floor may include itself and the floors below it, never one
# beside it or above it. Prints every offender as FILE:LINE and exits 1 when there is one.
set -u
cd "$(dirname "$0")/.." || exit 2
find src -type f \( -name '*.[ch]' -o -name '*.inc' -o -name '*.cu' -o -name '*.cuh' -o -name '*.cc' \) -exec awk '
    BEGIN {
        count = split("base:1 tensor:2 image:2 volume:2.5 text:3 xray:3 model:4 scene:4 eval:5 train:6 api:6 app:7 " \
                      "serve:8 cli:9", pair, " ")
        for (i = 1; i <= count; i++) {
            split(pair[i], part, ":")
            height[part[1]] = part[2]
        }
    }
    function offence(text) {
        print FILENAME ":" FNR ": " text
        bad = 1
    }
    FNR == 1 {
        split(FILENAME, path, "/")
        here = path[2]
        if (!(here in height)) offence("src/" here " is no floor that tools/check_floors.sh knows")
    }
    /^[ \t]*#[ \t]*include[ \t]*"/ {
        name = $0
        sub(/^[^"]*"/, "", name)
        sub(/".*/, "", name)
        if (name ~ /(^|\/)\.\.\//) offence("\"" name "\" climbs with ..; name it from src/")
        slash = index(name, "/")
        if (!slash) next
        there = substr(name, 1, slash - 1)
        if (there in height && here in height && there != here && height[there] + 0 >= height[here] + 0)
            offence(here " (floor " height[here] ") includes \"" name "\" (floor " height[there] ")")
    }
    END { exit bad }
' {} +
