#!/bin/sh
# demo.sh FSAM TOOLS BUILD - tools/demo.sh with a model and without one: what it leaves, and that its page needs nothing else.
. "$(dirname "$0")/expect.sh"
mkdir "$folder/build"
ln -s "$3" "$folder/build/release"
"$tools/make_model" micro tools/demo_merges.txt "$folder/m" || exit 1

BUILD=$folder/build MODEL=$folder/m sh tools/demo.sh >"$folder/said" 2>&1 || fail "with a model: $(cat "$folder/said")"
grep -q "$folder/build/demo/index.html " "$folder/said" || fail "it does not say where: $(cat "$folder/said")"
mv "$folder/build/demo" "$folder/moved"
page=$folder/moved/index.html
for part in '<h2>chest</h2>' '<h2>skull</h2>' 'lungs: <b>' 'left femur: <b>'; do
    grep -qF "$part" "$page" || fail "no $part in the page"
done
sed 's/<img /\n&/g' "$page" | sed -n 's/^<img src="\([^"]*\)".*/\1/p' | sort -u >"$folder/links"
[ "$(grep -c '\.overlay\.png$' "$folder/links")" -eq 4 ] || fail "not four overlays: $(cat "$folder/links")"
while read -r link; do
    case $link in /* | *..* | *:*) fail "$link is no relative link" ;; esac
    [ -s "$folder/moved/$link" ] || fail "$link is not there"
done <"$folder/links"
[ "$(wc -l <"$folder/moved/answers.jsonl")" -eq 4 ] || fail "not four answers"

# texts cannot break the page, and what is absent shows no mask
printf '%s\n' '{"image": "a/x.png", "files": {"overlay": "d/x.overlay.png"}, "answers": [
 {"prompt": {"text": "<b>&\"heart"}, "verdict": "absent", "score": 0.125, "files": {"mask": "d/x.heart.png"}}]}' | tr '\n' ' ' |
    "$tools/make_page" d "a < b" >"$folder/small.html" || fail "make_page"
for part in '<p>a &lt; b</p>' '&lt;b&gt;&amp;&quot;heart: <b>not in this image</b>, score 0.12' '<img src="x.overlay.png"'; do
    grep -qF "$part" "$folder/small.html" || fail "no $part in $(cat "$folder/small.html")"
done
grep -q 'x.heart.png' "$folder/small.html" && fail "the mask of what is absent is shown"
echo nonsense | "$tools/make_page" d >/dev/null 2>&1
[ $? -eq 5 ] || fail "nonsense is no failure"

BUILD=$folder/build MODEL=$folder/none sh tools/demo.sh >"$folder/said" 2>&1 || fail "without a model: $(cat "$folder/said")"
grep -q "UNTRAINED" "$folder/said" || fail "the weights are not said to be untrained"
[ -s "$folder/build/demo/chest.overlay.png" ] || fail "no overlay"
finish
