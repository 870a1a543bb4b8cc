/*
 * text_corpus.h - what the text encoder learns from: every name with its texts, and which of them are kept out of
 * training to be asked about afterwards.
 *
 * Texts of a left and of a right structure that say their side in front of the noun ("left femur", "where is the right
 * thigh bone?") give, without the side, texts of the group that joins both ("femur": femurs), where there is one.
 */
#ifndef TRAIN_TEXT_CORPUS_H
#define TRAIN_TEXT_CORPUS_H

#include "text/descriptions.h"
#include <stdint.h>

typedef enum fr_text_use {
    FR_TEXT_LEARNED,
    FR_TEXT_VARIATION, /* kept out by itself, with its mirror image */
    FR_TEXT_PHRASING,  /* kept out with every text of its sentence ("give me a mask of ...") */
    FR_TEXT_USES
} fr_text_use;

typedef struct fr_text {
    char *text;
    int name; /* place in fr_text_corpus.name */
    fw_text_kind kind;
    int sentence; /* as in fw_variation */
    bool unsided; /* made from a text of one side */
    fr_text_use use;
} fr_text;

/* A category, group or family of tools. Other names that it may be confused with are places in the corpus, -1: none. */
typedef struct fr_text_name {
    const fw_name *name;
    int mirror;       /* the same on the other side */
    int lower, upper; /* the neighbouring level: L3 and L5 of L4 */
    size_t first, count;
    size_t learned; /* of its texts, which come first, those that are learned */
} fr_text_name;

typedef struct fr_text_corpus {
    fr_text_name *name;
    size_t names;
    fr_text *item; /* a name's one behind the other */
    size_t count;
} fr_text_corpus;

typedef struct fr_text_split {
    uint64_t seed;
    double variations; /* share of texts that is kept out, 0 to 0.5; a name's description never is */
    int sentences;     /* how many whole sentences are kept out */
} fr_text_split;

/* Always the same for the same texts and split. The texts must outlive it. FSAM_ERROR_ARGUMENT for a split out of
 * range. Owned: fr_text_corpus_free, also after a failure. */
fsam_status fr_text_corpus_make(const fw_texts *texts, const fr_text_split *split, fr_text_corpus *corpus);
void fr_text_corpus_free(fr_text_corpus *corpus);

/* The place of a name; -1: there is none. */
int fr_text_corpus_find(const fr_text_corpus *corpus, const char *name);

/* FNV-1a of all texts, names and uses: two corpora with one hash are the same. */
uint64_t fr_text_corpus_hash(const fr_text_corpus *corpus);

#endif
