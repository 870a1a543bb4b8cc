/* scenes.h - records of pictures with boxes as structures. */
#ifndef TESTS_TRAIN_SCENES_H
#define TESTS_TRAIN_SCENES_H

#include "support.h"

#include "train/shown.h"

typedef struct box {
    const char *name;
    fs_kind kind;
    int x, y, width, height;
} box;

enum { SCENE_SIDE = 64 };

static inline fi_rle box_mask(int side, int x, int y, int width, int height)
{
    uint8_t *mask = calloc((size_t)side * (size_t)side, 1);
    fi_rle rle;
    for (int row = y; row < y + height; row++)
        for (int column = x; column < x + width; column++) mask[row * side + column] = 1;
    expect_ok(fi_rle_encode(mask, side, side, &rle));
    free(mask);
    return rle;
}

/* A complete record of SCENE_SIDE x SCENE_SIDE pixels, each structure with two texts. Owned: fs_record_free. */
static inline fs_record scene_record(const box *boxes, int count, const char *unmasked)
{
    fs_record record = {.width = SCENE_SIDE, .height = SCENE_SIDE, .simulated = true, .unmasked_known = true};
    record.annotation = calloc((size_t)count + 1, sizeof *record.annotation);
    record.unmasked_name = calloc(1, sizeof *record.unmasked_name);
    for (int i = 0; i < count; i++) {
        fs_annotation *a = &record.annotation[record.count++];
        *a = (fs_annotation){.category = strdup(boxes[i].name), .kind = boxes[i].kind, .texts = 2};
        a->text = calloc(2, sizeof *a->text);
        a->text[0] = strdup(boxes[i].name);
        assert_true(asprintf(&a->text[1], "show %s\nplease", boxes[i].name) > 0);
        a->mask = box_mask(SCENE_SIDE, boxes[i].x, boxes[i].y, boxes[i].width, boxes[i].height);
    }
    if (unmasked != NULL) record.unmasked_name[record.unmasked++] = strdup(unmasked);
    return record;
}

/* Owned: fr_shown_free. */
static inline fr_shown scene_shown(const box *boxes, int count, const char *unmasked, fr_lexicon *lexicon)
{
    fs_record record = scene_record(boxes, count, unmasked);
    fr_shown shown;
    expect_ok(fr_shown_take(&record, lexicon, &shown));
    fs_record_free(&record);
    return shown;
}

#endif
