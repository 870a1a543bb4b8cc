#!/bin/sh
# train_plot.sh FSAM - `fsam train --plot`: curves and predictions of runs that are whole, at work, cut or broken.
. "$(dirname "$0")/expect.sh"

words=$folder/words.safetensors
set=$folder/set
run=$folder/run
expect 0 "" train-text -o "$words" -q --width 8 --layers 1 --heads 1 --out 16 --merges 50 --steps 2
expect 0 "" simulate --phantom analytic --spacing 8 -n 4 --views 4 --size 64 --tools 0 -q -o "$set"
cp "$set/train.txt" "$set/val.txt"
cat >"$folder/config.json" <<'ENDOFCONFIG'
{"model": {"img_size": 56, "embed_dims": 8, "depths": [1, 1, 1, 1], "num_heads": [1, 2, 4, 8], "neck_width": 16,
           "neck_depth": 1, "prompt_dim": 32, "decoder_mlp": 32, "codebook_size": 16},
 "step": {"batch": 1, "clicks": 1, "learn_others": 0}, "schedule": {"warm_up": 2}, "targets": {"count": 2},
 "run": {"iterations": 2, "checkpoint_every": 1, "validate_every": 2, "validate_samples": 4}}
ENDOFCONFIG
expect 0 "" train -o "$run" --words "$words" -c "$folder/config.json" -d "$set" --validate "$set" -q

is_png() {
    [ "$(head -c 4 "$1" | tail -c 3)" = PNG ] || fail "$1 is no PNG"
    rm -f "$1"
}

expect 0 "2 of 2 iterations; best validation: IoU 0." train --plot "$run"
case $said in *"predictions.png: 4 questions, mean IoU 0."*) ;; *) fail "--plot says: $said" ;; esac
is_png "$run/curves.png"
is_png "$run/predictions.png"
expect 0 "" train --plot "$run" -q
[ -z "$said" ] || fail "-q says: $said"
is_png "$run/predictions.png"

# another model and other pictures; no model but checkpoints; none at all
expect 0 "4 questions" train --plot "$run" -m "$run/start.safetensors" --validate "$set"
rm "$run/best.safetensors" "$run/model.safetensors"
expect 0 "4 questions" train --plot "$run"
rm "$run"/checkpoint-*.safetensors "$run/predictions.png"
expect 0 "no model yet" train --plot "$run"
[ ! -e "$run/predictions.png" ] || fail "predictions of no model"

# a log that is being written, and a bad one
printf '{"iteration":3,"lo' >>"$run/log.jsonl"
expect 0 "2 of 2 iterations" train --plot "$run"
printf '\n' >>"$run/log.jsonl"
expect 5 "log.jsonl:4: " train --plot "$run"

# what is wrong
expect 4 "nowhere/configuration.json: cannot open" train --plot "$folder/nowhere"
expect 2 "--plot trains nothing" train --plot "$run" -o "$folder/other"
finish
