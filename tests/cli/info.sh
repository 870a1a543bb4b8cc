#!/bin/sh
# info.sh FSAM TOOLS - `fsam info` on generated models and on files that are none.
. "$(dirname "$0")/expect.sh"
"$tools/make_model" micro "$(dirname "$0")/../../tools/demo_merges.txt" "$folder/m" || exit 1
"$tools/make_model" micro - "$folder/wordless" || exit 1
: >"$folder/empty"

expect 0 "usage: fsam info MODEL [OPTION ...]" info --help
expect 2 "MODEL is missing" info
expect 2 "is one too many" info "$folder/m" "$folder/m"
expect 2 "did you mean --json?" info --jsn "$folder/m"
expect 4 "missing: cannot open" info "$folder/missing"
expect 5 "empty" info "$folder/empty"
expect 0 "encoder     Swin, width 32, blocks 2 2 2 2, heads 1 2 4 8, windows of 7; neck 128 wide, 3 deep" info "$folder/m"
expect 0 "parameters  5534470: encoder 2849390, text 1953632, prompts 1868, decoder 729580" info "$folder/wordless"
expect 0 "tokenizer   yes" info "$folder/m"
expect 0 "tokenizer   none" info "$folder/wordless"
expect 0 '"tokenizer": false' info "$folder/wordless" --json
if command -v python3 >/dev/null 2>&1; then
    "$fsam" info --json "$folder/m" | python3 -c '
import json, sys
info = json.load(sys.stdin)
assert info["config"]["embed_dims"] == 32 and info["config"]["img_size"] == 112
parts = info["parameters"]
assert parts["total"] == sum(parts[name] for name in ("encoder", "text", "prompt", "decoder"))
weights = info["weights_mb"]
assert abs(weights["f32"] * 1e6 - 4 * parts["total"]) < 1
assert weights["f32"] > weights["bf16"] > weights["int8"] > weights["f32"] / 4
assert info["dtype"] == "F32" and info["tokenizer"] is True and info["names"] is None and info["license"] is None
' || fail "info --json"
fi
# what the file says of its licence does not reach the terminal raw
if command -v python3 >/dev/null 2>&1; then
    python3 -c '
import json, struct, sys
data = open(sys.argv[1], "rb").read()
size, = struct.unpack("<Q", data[:8])
header = json.loads(data[8 : 8 + size])
header["__metadata__"].update(license="a\x1b[31mb\nc", credit="d\x7fe\u009bf \u00e9")
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
open(sys.argv[2], "wb").write(struct.pack("<Q", len(text)) + text + data[8 + size :])
' "$folder/wordless" "$folder/rude" || fail "the licence could not be written"
    expect 0 "licence     a?[31mb?c" info "$folder/rude"
    expect 0 "credit      d?e?f é" info "$folder/rude"
fi
if [ -w /dev/full ]; then
    "$fsam" info "$folder/m" >/dev/full 2>"$folder/said"
    [ $? -eq 4 ] || fail "a full disk is not reported: status $?"
    grep -q "standard output: cannot be written" "$folder/said" || fail "a full disk: $(cat "$folder/said")"
fi
finish
