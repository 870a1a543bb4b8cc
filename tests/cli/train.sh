#!/bin/sh
# train.sh FSAM - `fsam train` as a user has it: a new model from an encoder of texts and a data set, cut and gone on with.
. "$(dirname "$0")/expect.sh"

words=$folder/words.safetensors
set=$folder/set
config=$folder/config.json
expect 0 "" train-text -o "$words" -q --width 8 --layers 1 --heads 1 --out 16 --merges 50 --steps 2
expect 0 "" simulate --phantom analytic --spacing 8 -n 4 --views 4 --size 64 --tools 0 -q -o "$set"
cat >"$config" <<'END'
{"model": {"img_size": 56, "embed_dims": 8, "depths": [1, 1, 1, 1], "num_heads": [1, 2, 4, 8], "neck_width": 16,
           "neck_depth": 1, "prompt_dim": 32, "decoder_mlp": 32, "codebook_size": 16},
 "step": {"batch": 1, "clicks": 1, "learn_others": 0}, "schedule": {"warm_up": 2}, "targets": {"count": 2},
 "run": {"iterations": 4, "checkpoint_every": 2, "validate_every": 2, "validate_samples": 1}}
END

# what is wrong is said before anything is trained
expect 2 "--output DIR is missing" train
expect 2 "neither --model nor --words" train -o "$folder/a" -d "$set"
expect 2 "--words and --init are for a new model" train -o "$folder/a" -m x --words y
expect 2 "step.bach: no such setting" train -o "$folder/a" --words "$words" -c "$config" --set step.bach=1
expect 2 "'step' is not section.name=value" train -o "$folder/a" --words "$words" --set step
expect 2 "configuration: stop: no such section" train -o "$folder/a" --words "$words" --set stop.a=1
expect 2 "targets: count: 0 is not within 1..128" train -o "$folder/a" --words "$words" -c "$config" --set targets.count=0
expect 2 "data: pool: is no number" train -o "$folder/a" --words "$words" -c "$config" --set data.pool=many
expect 2 "nothing to learn from" train -o "$folder/a" --words "$words" -c "$config"
expect 2 "run.hold: no parameter is nothing" train -o "$folder/a" --words "$words" -c "$config" -d "$set" \
    --set 'run.hold=["nothing"]'
expect 4 "nowhere/ct.nii.gz: cannot read the file of patient nowhere" train -o "$folder/none" --words "$words" \
    -c "$config" -d "$set" --patient "$folder/nowhere/ct.nii.gz,$folder/nowhere/labels.nii.gz"
[ ! -e "$folder/none" ] || fail "a run of a patient that is not there has made its folder"
expect 4 "missing.json: cannot open" train -o "$folder/a" --words "$words" -c "$folder/missing.json"

expect 8 "val.txt lists no picture (of less than ten patients" train -o "$folder/a" --words "$words" -c "$config" \
    -d "$set" --validate "$set"

# a run, one that is cut and goes on, and both come to the same model
expect 0 "" train -o "$folder/whole" --words "$words" -c "$config" -d "$set" -q
[ -z "$said" ] || fail "-q says: $said"
expect 2 "holds a run already (--resume goes on)" train -o "$folder/whole"
expect 0 "" train -o "$folder/cut" --words "$words" -c "$config" -d "$set" -q --set run.iterations=3
expect 0 "" train -o "$folder/cut" --resume -q --set run.iterations=4
[ "$(grep -c '"loss":' "$folder/cut/log.jsonl")" -eq 4 ] || fail "the log has not four iterations"
cmp "$folder/whole/configuration.json" "$folder/cut/configuration.json" || fail "the configurations differ"
cmp "$folder/whole/model.safetensors" "$folder/cut/model.safetensors" || fail "the models differ"
expect 0 "56" info "$folder/whole/model.safetensors"

# a run that was cut before its first checkpoint begins again, without being told of its words and data again
mkdir "$folder/early"
cp "$folder/whole/start.safetensors" "$folder/whole/configuration.json" "$folder/early"
expect 0 "" train -o "$folder/early" --resume -q
cmp "$folder/whole/model.safetensors" "$folder/early/model.safetensors" || fail "the run that began again differs"
expect 2 "neither --model nor --words" train -o "$folder/nothing" --resume -d "$set"

# Ctrl-C and kill end a run after the iteration at hand, with a checkpoint and their own status
for signal in INT:130 TERM:143; do
    rm -rf "$folder/stopped"
    "$fsam" train -o "$folder/stopped" --words "$words" -c "$config" -d "$set" --set run.iterations=1000000 \
        --set run.checkpoint_every=1000000 >"$folder/stopped.txt" 2>&1 &
    run=$!
    while ! grep -q '"loss":' "$folder/stopped/log.jsonl" 2>/dev/null && kill -0 $run 2>/dev/null; do sleep 0.1; done
    expect 2 "another fsam train is at work in it" train -o "$folder/stopped" --resume
    kill -${signal%:*} $run
    wait $run
    got=$?
    [ $got -eq "${signal#*:}" ] || fail "stopped by ${signal%:*}: status $got"
    grep -q '^stopped after [0-9]* of 1000000; --resume goes on$' "$folder/stopped.txt" ||
        fail "stopped by ${signal%:*}: said $(cat "$folder/stopped.txt")"
    ls "$folder/stopped" | grep -q '^checkpoint-0.*\.safetensors$' || fail "stopped by ${signal%:*}: no checkpoint"
done

# the configurations of the default model have no setting that is not known: the first is a new model's, the others go on
# with one, and each comes as far as to look for something to learn from
stages=0
for file in models/default/*.json; do
    stages=$((stages + 1))
    case $file in
    */1-*) expect 2 "nothing to learn from" train -o "$folder/default" --words "$words" -c "$file" ;;
    *) expect 2 "nothing to learn from" train -o "$folder/default" -m "$folder/whole/model.safetensors" -c "$file" ;;
    esac
done
[ $stages -eq 3 ] || fail "models/default has $stages configurations"
sed 's/"groups"/"group"/' models/default/2-words.json >"$folder/misspelt.json"
expect 2 "targets: there is no group" train -o "$folder/default" -m "$folder/whole/model.safetensors" \
    -c "$folder/misspelt.json"
# sizes of a model that are not known mean nothing, so these are held against all that a model has
unknown() {
    sed -n '/"model"/,/}/p' "$1" | grep -o '"[a-z_]*":' | while read -r name; do
        grep -q "$name" "$folder/whole/configuration.json" || echo "$name"
    done
}
[ -z "$(unknown models/default/1-backbone.json)" ] || fail "no sizes: $(unknown models/default/1-backbone.json)"
sed 's/"prompt_dim"/"prompt_dims"/' models/default/1-backbone.json >"$folder/misspelt.json"
[ "$(unknown "$folder/misspelt.json")" = '"prompt_dims":' ] || fail "a misspelt size is not found"

# the model is trained further, and validated; and straight from a patient
cp -r "$set" "$folder/held"
cp "$set/train.txt" "$folder/held/val.txt"
expect 0 "2 of 2: " train -o "$folder/more" -m "$folder/whole/model.safetensors" -d "$set" -c "$config" \
    --validate "$folder/held" --set run.iterations=2 --set model.img_size=112
grep -q '"img_size": 56' "$folder/more/configuration.json" || fail "the configuration has not the model's sizes"
expect 0 "" train -o "$folder/straight" -m "$folder/whole/model.safetensors" --patient analytic -c "$config" -q \
    --set run.iterations=1 --set data.spacing_mm=8 --set data.pixels=64 --set data.pool=2 --set data.views=2 \
    --set data.vary=0
finish
