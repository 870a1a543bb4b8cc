/* verify_clip.h - whether weights are CLIP's, and this program's tokenizer and tower its: held against vectors that
 * CLIP itself made. */
#ifndef MODEL_VERIFY_CLIP_H
#define MODEL_VERIFY_CLIP_H

#include "base/status.h"
#include <stddef.h>

typedef struct fm_clip_check {
    size_t vectors;
    size_t other_tokens;                     /* prompts that the tokenizer gives other ids than the reference's */
    double worst_distance, mean_distance;    /* 1 - cosine */
    double worst_relative;                   /* |ours - theirs| / |theirs| */
    char worst_prompt[80], other_prompt[80]; /* the worst vector's; the first with other tokens, "" for none */
} fm_clip_check;

/* The reference is float16, and so was the arithmetic behind it, whose errors are some thousandths of a vector; other
 * weights, or another activation, are off by more than a tenth. */
#define FM_CLIP_DISTANCE 1e-4
#define FM_CLIP_RELATIVE 2e-2

/* `weights`: CLIP's .pt, a state dict, safetensors, or a model file. `golden`: the folder of the reference (golden.h).
 * `vocab`: the tokenizer's merges; NULL: those of the model file, else bpe_simple_vocab_16e6.txt.gz in `golden`.
 * FSAM_ERROR_MISMATCH when the weights are incomplete, a vector differs by more than the limits above, or a prompt has
 * other tokens; then the check is filled all the same. */
fsam_status fm_verify_clip(const char *weights, const char *golden, const char *vocab, fm_clip_check *check);

#endif
