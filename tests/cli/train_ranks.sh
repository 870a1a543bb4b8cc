#!/bin/sh
# train_ranks.sh FSAM TOOLS MPIRUN - `mpirun -n N fsam train`: the same numbers as by one process, but for rounding, and
# any number of processes goes on; what goes wrong is one line, and the last checkpoint stays good.
. "$(dirname "$0")/expect.sh"
. "$(dirname "$0")/several.sh"

# alike ONE OTHER ...: two runs are the same but for rounding (runs_alike.py).
alike() {
    command -v python3 >/dev/null 2>&1 || {
        echo "skipped: the numbers of runs (no python3)"
        return
    }
    one=$folder/$1 other=$folder/$2
    shift 2
    python3 "$(dirname "$0")/runs_alike.py" "$one" "$other" "$@" || fail "$other is not as $one"
}

words=$folder/words.safetensors
set=$folder/set
config=$folder/config.json
expect 0 "" train-text -o "$words" -q --width 8 --layers 1 --heads 1 --out 16 --merges 50 --steps 2
expect 0 "" simulate --phantom analytic --spacing 8 -n 4 --views 4 --size 64 --tools 0 -q -o "$set"
cp "$set/train.txt" "$set/val.txt"
# Answers alone: a click, which is drawn where an answer errs, may move by its rounding. AdamW's eps is such that nothing
# moves where a gradient is rounding alone, as that of a bias before a norm.
cat >"$config" <<'END_OF_FILE'
{"model": {"img_size": 56, "embed_dims": 8, "depths": [1, 1, 1, 1], "num_heads": [1, 2, 4, 8], "neck_width": 16,
           "neck_depth": 1, "prompt_dim": 32, "decoder_mlp": 32, "codebook_size": 16},
 "step": {"batch": 3, "clicks": 0, "learn_others": 0}, "optimiser": {"eps": 1e-3}, "schedule": {"warm_up": 2},
 "targets": {"count": 2},
 "run": {"iterations": 4, "checkpoint_every": 2, "validate_every": 2, "validate_samples": 3}}
END_OF_FILE
train="train --words $words -c $config -d $set --threads 1"

# shellcheck disable=SC2086
{
    expect 0 "4 of 4: " $train --validate "$set" -o "$folder/one"
    several 2 0 "4 of 4: " $train --validate "$set" -o "$folder/two"
    [ "$(printf '%s\n' "$said" | grep -c 'of 4: ')" -eq 2 ] || fail "two ranks say: $said"
    alike one two
    [ "$(grep -c '"loss":' "$folder/two/log.jsonl")" -eq 4 ] || fail "not rank 0 alone wrote the log"
    cmp "$folder/one/configuration.json" "$folder/two/configuration.json" || fail "the configurations differ"

    # which rows of the codebook are revived does not depend on when checkpoints are written
    revive="--set step.revive=2 --set run.iterations=6"
    several 2 0 "" $train -o "$folder/often" -q $revive --set run.checkpoint_every=1
    several 2 0 "" $train -o "$folder/seldom" -q $revive --set run.checkpoint_every=1000
    grep -o '"loss":[^,]*' "$folder/often/log.jsonl" >"$folder/often.losses"
    grep -o '"loss":[^,]*' "$folder/seldom/log.jsonl" | cmp - "$folder/often.losses" || fail "checkpoints change what is revived"

    # cut, and gone on with by another number of ranks
    several 2 0 "" $train --validate "$set" -o "$folder/cut" -q --set run.iterations=2
    several 3 0 "" train -o "$folder/cut" --resume -q --threads 1 --set run.iterations=3
    expect 0 "" train -o "$folder/cut" --resume -q --threads 1 --set run.iterations=4
    alike one cut

    # what is wrong is said once, and nothing is begun
    several 2 2 "--output DIR is missing" $train
    several 2 2 "step.batch: 1 images cannot be dealt out to 2 ranks" $train -o "$folder/a" --set step.batch=1
    several 2 2 "step.bach: no such setting" $train -o "$folder/a" --set step.bach=1
    several 2 2 "holds a run already (--resume goes on)" $train -o "$folder/two"
    several 2 4 "cannot open" $train -o "$folder/b" --init "$folder/none.safetensors"
    several 2 2 "did you mean --resume?" train --resum
    several 2 4 "$folder/none/configuration.json: cannot open" train --plot "$folder/none"
    [ ! -e "$folder/a" ] || fail "a run that cannot be has made its folder"
}

# begin FOLDER: two ranks begin a run without end; their numbers are in FOLDER.0 and FOLDER.1. Waits for a checkpoint.
begin() {
    "$mpirun" -n 2 sh -c 'echo $$ >"$0.$OMPI_COMM_WORLD_RANK"; exec "$@"' "$folder/$1" "$fsam" train --words "$words" \
        -c "$config" -d "$set" --threads 1 -o "$folder/$1" --set run.iterations=1000000 >"$folder/said" 2>&1 &
    launcher=$!
    tries=0
    while [ ! -e "$folder/$1/checkpoint-000000002.safetensors" ] && [ $tries -lt 600 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
}

# one rank is asked to stop: all do, with a checkpoint
begin asked
expect 2 "another fsam train is at work in it" train -o "$folder/asked" --resume
kill -TERM "$(cat "$folder/asked.1")"
wait $launcher
got=$?
[ $got -eq 143 ] || fail "stopped: status $got"
grep -q '^stopped after [0-9]* of 1000000; --resume goes on$' "$folder/said" || fail "stopped: said $(cat "$folder/said")"

# one rank is killed: the others end, and the run goes on from its last checkpoint
begin killed
kill -KILL "$(cat "$folder/killed.1")"
wait $launcher
[ $? -ne 0 ] || fail "a run of which a rank was killed says that it is done"
last=$(find "$folder/killed" -name 'checkpoint-*.safetensors' | sort | tail -n 1)
last=${last##*-}
last=$(printf '%s' "${last%.safetensors}" | sed 's/^0*//')
expect 0 "" train -o "$folder/killed" --resume -q --threads 1 --set run.iterations=$((last + 1))
finish
