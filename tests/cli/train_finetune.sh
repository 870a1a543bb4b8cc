#!/bin/sh
# train_finetune.sh FSAM TOOLS - `fsam train` on a user's own pictures: images and masks, COCO, beside simulated ones.
. "$(dirname "$0")/expect.sh"

words=$folder/words.safetensors
own=$folder/own
mkdir -p "$own/images" "$own/masks" "$folder/coco"
for side in 64 72 80; do
    "$tools/draw_radiograph" "$own/images/$side.png" $side 70 || exit 1
    cp "$own/images/$side.png" "$own/masks/$side.png"
done
cp "$own/images/64.png" "$folder/coco/a.png"
cat >"$folder/coco/annotations.json" <<'END_OF_COCO'
{"images": [{"id": 1, "file_name": "a.png", "width": 64, "height": 70}],
 "categories": [{"id": 1, "name": "left lung"}, {"id": 2, "name": "clip"}],
 "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[35, 15, 55, 15, 55, 50, 35, 50]]}]}
END_OF_COCO
cat >"$folder/config.json" <<'END_OF_CONFIG'
{"model": {"img_size": 56, "embed_dims": 8, "depths": [1, 1, 1, 1], "num_heads": [1, 2, 4, 8], "neck_width": 16,
           "neck_depth": 1, "prompt_dim": 32, "decoder_mlp": 32, "codebook_size": 16}}
END_OF_CONFIG
expect 0 "" train-text -o "$words" -q --width 8 --layers 1 --heads 1 --out 16 --merges 50 --steps 2
small="--set step.batch=1 --set run.checkpoint_every=100 --set run.validate_every=0 --threads 1 -q"
# shellcheck disable=SC2086 # words of options, here and below
expect 0 "" train -o "$folder/base" --words "$words" -c "$folder/config.json" -d "$own" -t heart $small \
    --set run.iterations=1 --set step.clicks=1 --set step.learn_others=0 --set step.focal=3
model=$folder/base/model.safetensors

# what is wrong
expect 2 "what its masks show must be said by --text, or by texts.txt in it" train -o "$folder/x" -m "$model" -d "$own"
expect 2 "--finetune needs --model" train -o "$folder/x" --finetune --words "$words" -d "$own" -t heart
printf 'heart\t\n' >"$own/texts.txt"
expect 5 "texts.txt:1: a category without a text" train -o "$folder/x" -m "$model" -d "$own"
printf '# the masks\nheart\tthe heart\nheart\tcor\n' >"$own/texts.txt"
mkdir -p "$folder/measured/images"
printf 'id,view,lung_frac\n' >"$folder/measured/manifest.csv"
expect 5 "measured" train -o "$folder/x" -m "$model" -d "$folder/measured"
printf 'id,view,lung_frac\na,PA,0.3\n' >"$folder/measured/manifest.csv"
expect 7 "not there to be learned from" train -o "$folder/x" -m "$model" -d "$folder/measured"
rm -rf "$folder/x"

# thirty steps lower the loss
expect 0 "" train -o "$folder/fine" -m "$model" --finetune -d "$own" $small --set run.iterations=30 \
    --set schedule.warm_up=3 --set schedule.peak=2e-3 --set targets.absent=0
for name in '"layer_decay": 0.8' '"clicks": 1' '"focal": 3.0' '"decline": "cosine"' '"iterations": 30'; do
    grep -q "$name" "$folder/fine/configuration.json" || fail "--finetune has not $name"
done
losses() {
    grep -o '"loss":[0-9.]*' "$folder/fine/log.jsonl" | sed 's/.*://' | "$@" | awk '{ sum += $1 } END { print sum / NR }'
}
first=$(losses head -n 5) last=$(losses tail -n 5)
awk "BEGIN { exit !($last < 0.8 * $first) }" || fail "the loss went from $first to $last"

# it goes on as it was begun; COCO beside simulated pictures, and own pictures for validation
expect 0 "" train -o "$folder/fine" --resume -q --set run.iterations=31
expect 0 "" simulate --phantom analytic --spacing 8 -n 2 --views 2 --size 64 --tools 0 -q -o "$folder/set"
expect 0 "" train -o "$folder/both" -m "$model" --finetune -d "$folder/coco,3" -d "$folder/set" \
    --validate "$own" $small --set run.iterations=3 --set run.validate_every=3 --set run.validate_samples=3
grep -q '"validation":{"text_iou":[^}]*"targets":[3-9],' "$folder/both/log.jsonl" || fail "the own pictures are not validated"
expect 0 "predictions.png: 3 questions" train --plot "$folder/both"
finish
