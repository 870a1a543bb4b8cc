#!/bin/sh
# verify_clip.sh FSAM MAKE_CLIP - `fsam verify-clip`, and the way of CLIP's weights through `fsam import --clip`.
. "$(dirname "$0")/expect.sh"
"$tools" "$folder" || exit 1

# verify STATUS TEXT WEIGHTS WORD ...: with the reference and the vocabulary of this test.
verify() {
    status=$1 text=$2 weights=$3
    shift 3
    expect "$status" "$text" verify-clip "$weights" --golden "$folder" "$@"
}

expect 0 "usage: fsam verify-clip" verify-clip --help
expect 2 "WEIGHTS" verify-clip
expect 2 "--nonsense" verify-clip --nonsense
expect 4 "missing/clip_vitb32_text_golden.tsv: cannot open" verify-clip x --golden "$folder/missing"
verify 4 "none.pt: cannot open" "$folder/none.pt"
verify 4 "bpe_simple_vocab_16e6.txt.gz: cannot open" "$folder/clip.pt"

vocab="--vocab $folder/vocab.txt"
for made in clip.safetensors clip.pt; do
    verify 0 "4 vectors, 0 prompts with other tokens" "$folder/$made" $vocab
    verify 0 "verdict: as CLIP makes them" "$folder/$made" $vocab
done
verify 8 "verdict: NOT as CLIP makes them" "$folder/other.safetensors" $vocab
verify 8 "not the weights that made the reference" "$folder/other.safetensors" $vocab
verify 8 "ln_final.bias is missing" "$folder/short.safetensors" $vocab

verify 0 "" "$folder/clip.pt" $vocab -q
[ -z "$said" ] || fail "verify-clip -q says: $said"
verify 8 "not the weights that made the reference" "$folder/other.safetensors" $vocab --quiet
case $said in *verdict*) fail "verify-clip --quiet says: $said" ;; esac

printf 'l o\no w\nlo w\n' >"$folder/other.txt"
verify 8 "prompts have other tokens" "$folder/clip.pt" --vocab "$folder/other.txt"

for table in "no table" "0	a	0	low	514" "0	a	0	low	514 x" "1	a	0	low	514 516" "0	a	0	low	514 516	more"; do
    mkdir -p "$folder/bad"
    cp "$folder/clip_vitb32_text_golden_f16.npy" "$folder/bad"
    echo "$table" >"$folder/bad/clip_vitb32_text_golden.tsv"
    expect 5 "golden.tsv: line 1: " verify-clip "$folder/clip.pt" --golden "$folder/bad" $vocab
done
echo "0	a	0	low	514 516" >"$folder/bad/clip_vitb32_text_golden.tsv"
expect 8 "not one vector for each of 1 rows" verify-clip "$folder/clip.pt" --golden "$folder/bad" $vocab
: >"$folder/bad/clip_vitb32_text_golden.tsv"
expect 5 "golden.tsv: no rows" verify-clip "$folder/clip.pt" --golden "$folder/bad" $vocab

micro=../shared/fixtures/micro_official.pth
if [ -r $micro ]; then
    for made in clip.safetensors clip.pt; do
        expect 0 "parameters; left over: 0" import $micro --img-size 112 --clip "$folder/$made" $vocab \
            -o "$folder/model" --force
        verify 0 "verdict: as CLIP makes them" "$folder/model"
    done
    expect 8 "missing: $folder/short.safetensors: prompt_encoder.text_model.ln_final.bias" \
        import "$folder/model" --clip "$folder/short.safetensors" -o "$folder/m"
    expect 0 "replaced: " import "$folder/model" --clip "$folder/other.safetensors" --dtype f16 -o "$folder/m"
    verify 8 "not the weights" "$folder/m"
else
    echo "skipped: no $micro"
fi
finish
