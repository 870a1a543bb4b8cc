#!/bin/sh
# finish.sh FSAM - `fsam finish` as a user has it: a model that can be passed on, of a run, and again of that file.
. "$(dirname "$0")/expect.sh"
export SOURCE_DATE_EPOCH=1700000000

words=$folder/words.safetensors
set=$folder/set
run=$folder/run
expect 0 "" train-text -o "$words" -q --width 8 --layers 1 --heads 1 --out 16 --merges 50 --steps 2
expect 0 "" simulate --phantom analytic --spacing 8 -n 2 --views 2 --size 64 --tools 0 -q -o "$set"
cp -r "$set" "$folder/held"
cp "$set/train.txt" "$folder/held/val.txt"
cat >"$folder/config.json" <<'END'
{"model": {"img_size": 56, "embed_dims": 8, "depths": [1, 1, 1, 1], "num_heads": [1, 2, 4, 8], "neck_width": 16,
           "neck_depth": 1, "prompt_dim": 32, "decoder_mlp": 32, "codebook_size": 16},
 "step": {"batch": 1, "clicks": 1, "learn_others": 0}, "targets": {"count": 2},
 "run": {"iterations": 2, "validate_every": 1, "validate_samples": 1}}
END
expect 0 "" train -o "$run" --words "$words" -c "$folder/config.json" -d "$set,2" --validate "$folder/held" -q

expect 2 "RUN is missing" finish
expect 2 "--output FILE is needed" finish "$run"
expect 4 "nowhere: No such file" finish "$folder/nowhere" -o "$folder/m"
expect 4 "has neither best.safetensors nor model.safetensors (yet)" finish "$set" -o "$folder/m"
expect 2 "is an input, and would be overwritten" finish "$run/best.safetensors" -o "$run/best.safetensors" -f
expect 2 "was not validated: --data DIR says what to measure" finish "$run/start.safetensors" -o "$folder/m"
expect 4 "none: No such file" finish "$run" -o "$folder/m" --data "$folder/none"
expect 7 "not an encoder of texts" finish "$run" -o "$folder/m" --words "$run/best.safetensors"
SOURCE_DATE_EPOCH=soon expect 2 "SOURCE_DATE_EPOCH: 'soon' is no number of seconds" finish "$run" -o "$folder/m"

# the file says what it is, and the same every time
finish_run() {
    expect 0 "" finish "$run" -o "$1" --words "$words" --license "CC BY 4.0" --release 3 --credit "the testers" --threads 1 -q
}
finish_run "$folder/m.safetensors"
[ -z "$said" ] || fail "-q says: $said"
expect 2 "exists already (--force overwrites)" finish "$run" -o "$folder/m.safetensors"
mkdir "$folder/again"
# stopped while it measures, it leaves nothing behind, and a file of a user's beside the output is no business of its
echo mine >"$folder/again/m.safetensors.unfinished"
many=
for i in 1 2 3 4 5 6 7 8 9 10; do many="$many --data $folder/held --data $folder/held --data $folder/held --data $folder/held"; done
# shellcheck disable=SC2086 # words of options
"$fsam" finish "$run" -o "$folder/again/m.safetensors" --threads 1 $many -q &
process=$!
is_measuring() {
    for rough in "$folder/again/m.safetensors".tmp-????????; do [ -s "$rough" ] && return 0; done
    return 1
}
until is_measuring || ! kill -0 "$process" 2>/dev/null; do sleep 0.01; done
kill -TERM "$process"
wait "$process"
[ $? -eq 143 ] || fail "a signal does not stop it"
expect_files "$folder/again" m.safetensors.unfinished
finish_run "$folder/again/m.safetensors"
cmp "$folder/m.safetensors" "$folder/again/m.safetensors" || fail "a second time another file comes out"
expect_files "$folder/again" m.safetensors m.safetensors.unfinished
[ "$(cat "$folder/again/m.safetensors.unfinished")" = mine ] || fail "a file of the user's is overwritten"
expect 0 "model       m, version 3, 2023-11-14" info "$folder/m.safetensors"
for part in "BF16" "bone dark" "licence     CC BY 4.0" "made by fsam, free of others' rights; the testers; encoder of texts" \
    "encoder of texts, trained on fsam's own descriptions" "of what is in view and refuses"; do
    case $said in *"$part"*) ;; *) fail "no $part in: $said" ;; esac
done

# what it says of its threshold is what `fsam evaluate` measures, and `fsam segment` goes by it
expect 0 "" evaluate -m "$folder/m.safetensors" --data "$folder/held" --prompts text --precision f32 -q --json "$folder/numbers.json"
expect 3 "products in" segment -m "$folder/m.safetensors" -t lungs -t "left foot" -v -o "$folder/out" \
    "$folder/held/phantom/000000.png" --min-score 1
case $said in *"present from a score of "*) ;; *) fail "no threshold in: $said" ;; esac
if command -v python3 >/dev/null 2>&1; then
    "$fsam" info --json "$folder/m.safetensors" >"$folder/info.json"
    "$fsam" segment -m "$folder/m.safetensors" -t lungs -t heart -t spine -t "left foot" -t pelvis --json -q --precision f32 \
        --no-masks --no-overlay "$folder/held/phantom/000000.png" >"$folder/answers.json"
    grep -q "$folder" "$folder/info.json" && fail "the file tells of folders of this machine"
    python3 -c "import json, sys
info, numbers, answers = [json.load(open(path)) for path in sys.argv[1:]]
threshold = info['thresholds']
assert threshold['present'] == info['present_threshold'] > 0 and threshold['keep'] == 0.9 and threshold['sets'] == ['held']
assert threshold['kept'] >= 0.9
own = numbers['sets']['held']['absent']['at_model_threshold']
for mine, other in (('kept', 'kept'), ('rejected', 'rejected'), ('present', 'threshold')):
    assert abs(threshold[mine] - own[other]) < 1e-5, (threshold, own)
absent = numbers['sets']['held']['absent']
assert (threshold['present_n'], threshold['absent_n']) == (absent['present_n'], absent['absent_n'])
assert absent['threshold'] - 1e-4 <= threshold['present'] <= absent['threshold']
for answer in answers['answers']:
    assert answer['area_px'] > 0 if answer['verdict'] == 'present' else answer['area_px'] == 0
    assert answer['verdict'] == 'absent' or answer['score'] >= threshold['present']
    assert answer['score'] < threshold['present'] or answer['verdict'] == 'present'
training = info['training']
assert training['data']['folders'] == ['set,2'] and training['run']['iterations'] == 2
assert training['sources'][0]['licence'] == 'made by fsam, free of others\' rights' and training['sources'][0]['pictures'] == 2
assert training['from']['file'] == 'best.safetensors' and training['from']['iteration'] in (1, 2)
assert 'heart' in info['names'] and 'lungs' in info['names'] and info['names'] == sorted(info['names'])
assert info['words']['seed'] == 1 and info['model']['date'] == '2023-11-14'
" "$folder/info.json" "$folder/numbers.json" "$folder/answers.json" || fail "what the file says is not so"
fi

# a run on one's own pictures, whose masks the run's --text names, else texts.txt
own=$folder/own
mkdir -p "$own/images" "$own/masks"
cp "$set/phantom/000000.png" "$own/images/a.png"
cp "$set/phantom/000000.png" "$own/masks/a.png"
expect 0 "" train -o "$folder/fine" -m "$run/best.safetensors" --finetune -d "$own" -d "$set" -t heart -t cor --validate "$own" \
    --validate "$folder/held" --set step.batch=1 --set run.iterations=1 --set run.validate_every=1 --set run.validate_samples=1 -q
expect 0 "1 of 2 cases and own sets say no licence" finish "$folder/fine" -o "$folder/fine.safetensors"
expect 0 "" info --json "$folder/fine.safetensors"
case $said in *'"names": null'*) ;; *) fail "names that nobody has listed: $said" ;; esac
case $said in *'"set":"own"'* | *'"set": "own"'*) ;; *) fail "no set of one's own in: $said" ;; esac
expect 2 "own: what its masks show must be said by texts.txt in it" finish "$run" -o "$folder/own.safetensors" --data "$own"
printf 'heart\tthe heart\n' >"$own/texts.txt"
expect 2 "own: says of no structure that it is not in view" finish "$run" -o "$folder/own.safetensors" --data "$own"
expect 0 "" finish "$run" -o "$folder/own.safetensors" --data "$own" --data "$folder/held" -q
rm -rf "$own" "$folder/fine" "$folder/fine.safetensors" "$folder/own.safetensors"

# of a finished file what it says stays, its data sets not needed; another share is another threshold
rm -rf "$set"
expect 4 "set: No such file" finish "$run" -o "$folder/m" --words "$words"
expect 0 "keeps 100.0 % of" finish "$folder/m.safetensors" -o "$folder/all.safetensors" --data "$folder/held" --keep 100 \
    --limit 1 --dtype f32
case $said in *"(1 picture,"*) ;; *) fail "--limit 1 says: $said" ;; esac
expect 0 "credit      made by fsam, free of others' rights; the testers; encoder of texts" info "$folder/all.safetensors"
for part in "licence     CC BY 4.0" "model       m, version 3, 2023-11-14"; do
    case $said in *"$part"*) ;; *) fail "no $part in: $said" ;; esac
done
expect_files "$folder" again all.safetensors answers.json config.json held info.json m.safetensors numbers.json out run words.safetensors
finish
