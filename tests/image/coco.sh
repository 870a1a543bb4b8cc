#!/bin/sh
# coco.sh TEST_COCO - a COCO file of the writer's, read by a decoder that shares no code with it.
command -v python3 >/dev/null 2>&1 || { echo "skipped: no python3"; exit 77; }
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
"$1" "$folder" || exit 1
said=$(python3 "$(dirname "$0")/coco_check.py" "$folder/masks.json" "$folder") || exit 1
[ "$said" = "11 masks decoded, 1 absent" ] || { echo "FAIL: $said"; exit 1; }
