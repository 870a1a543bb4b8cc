/*
 * shown.h - what is seen in a picture, with what can be asked about it: a record made small, so that thousands can be
 * kept in memory.
 */
#ifndef TRAIN_SHOWN_H
#define TRAIN_SHOWN_H

#include "scene/phrases.h"
#include "scene/record.h"

/* The names that can be asked for, numbered as fw_name_at numbers them, what they have to do with each other, and texts
 * that many pictures share. Safe from many threads at once. */
typedef struct fr_lexicon fr_lexicon;

enum { FR_MOST_NAMES = 1024 }; /* of a lexicon */

/* Owned: fr_lexicon_free, after all that was made with it. */
fsam_status fr_lexicon_make(fr_lexicon **lexicon);
void fr_lexicon_free(fr_lexicon *lexicon);
/* For src/scene, which gives pictures their texts. Borrowed. */
const fs_phrases *fr_lexicon_phrases(const fr_lexicon *lexicon);
int fr_lexicon_count(const fr_lexicon *lexicon);
const fw_name *fr_lexicon_name(const fr_lexicon *lexicon, int index);
/* -1: there is no such name. */
int fr_lexicon_find(const fr_lexicon *lexicon, const char *name);
/* The name on the other side, the same for what has no side; -1 for what is on one side only. */
int fr_lexicon_mirror(const fr_lexicon *lexicon, int index);
/* Equal for names that differ in side and number alone: ribs, lumbar vertebrae. */
int fr_lexicon_family(const fr_lexicon *lexicon, int index);
/* The number in a name, as 4 of "rib_left_4"; 0: none. */
int fr_lexicon_number(const fr_lexicon *lexicon, int index);
/* The categories that it joins; of a category itself, of a tool none. Borrowed. */
const int *fr_lexicon_members(const fr_lexicon *lexicon, int index, int *count);
/* Texts to ask with, the plain description first: lines, parted by '\n'. */
const char *fr_lexicon_texts(const fr_lexicon *lexicon, int index);
/* A copy of `text` that is kept once, however often it is asked for; NULL when out of memory. */
const char *fr_lexicon_keep(fr_lexicon *lexicon, const char *text);

/* How many lines a text has, and one of them (0 is the first; owned: free). */
int fr_texts_count(const char *texts);
char *fr_texts_line(const char *texts, int line);

typedef struct fr_structure {
    const char *name; /* kept by the lexicon, as `texts` is */
    int index;        /* in the lexicon; -1: it does not have it */
    fs_kind kind;
    fi_rle mask;       /* without a pixel: it is known not to be in the picture */
    const char *texts; /* lines; never empty */
} fr_structure;

/* Owned: fr_shown_free. All zero: empty. */
typedef struct fr_shown {
    int width, height;
    int count;
    fr_structure *structure; /* [count] */
    bool complete;           /* all that is seen is named, also what has no mask */
    bool chosen;             /* structures are those that somebody cared for, maybe a single one: a sample that has few
                              * of them is not filled up with bad prompts */
    int unmasked;
    int *unmasked_index; /* [unmasked]: names in the picture without a mask, in the lexicon */
} fr_shown;

/* Takes the masks from the record. Groups that a record lacks, as FluoroSeg's do, are joined from their members, where
 * two or more are there. */
fsam_status fr_shown_take(fs_record *record, fr_lexicon *lexicon, fr_shown *shown);
void fr_shown_free(fr_shown *shown);
/* Bytes that it takes, texts not counted. */
size_t fr_shown_bytes(const fr_shown *shown);

/* All pixels of `count` masks of one size. count is 1 or more. Owned: fi_rle_free. */
fsam_status fr_mask_union(const fi_rle *const *masks, int count, fi_rle *joined);

#endif
