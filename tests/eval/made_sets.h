/* made_sets.h - small data sets in the test's folder, one of each kind. */
#ifndef TESTS_EVAL_MADE_SETS_H
#define TESTS_EVAL_MADE_SETS_H

#include "../folder.h"

#include "base/file.h"
#include "base/status.h"
#include "eval/data_set.h"
#include "image/png.h"
#include <sys/stat.h>

enum { MADE_WIDTH = 12, MADE_HEIGHT = 8, MADE_PIXELS = MADE_WIDTH * MADE_HEIGHT };

static inline void assert_ok(fsam_status status)
{
    if (status != FSAM_OK) fail_msg("%s", fb_message());
}

static inline void write_file(const char *name, const char *text)
{
    assert_ok(fb_file_write(in_folder(name), true, text, strlen(text)));
}

/* A box x0 .. x1 - 1, y0 .. y1 - 1 of `value` on 0, as a gray PNG; what the file is called does not matter. */
static inline void write_box(const char *name, int value, int x0, int y0, int x1, int y1)
{
    uint8_t gray[MADE_PIXELS] = {0};
    for (int y = y0; y < y1; y++) memset(gray + y * MADE_WIDTH + x0, value, (size_t)(x1 - x0));
    assert_ok(fi_png_write_gray8(in_folder(name), true, gray, MADE_WIDTH, MADE_HEIGHT));
}

static inline void make_folders(const char *name)
{
    char path[64];
    static const char *const parts[] = {"", "/images", "/masks"};
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", name, parts[i]);
        assert_true(mkdir(in_folder(path), 0755) == 0);
    }
}

/* Two pictures; the lungs of the second lie a pixel further right. The heart, 1, is no lung. */
static inline void make_chest(void)
{
    make_folders("chest");
    write_file("chest/manifest.csv", "id,view,lung_frac\na,PA,0.3\nb,AP,0.3\n");
    write_box("chest/images/a.jpg", 200, 2, 1, 8, 6);
    write_box("chest/images/b.jpg", 200, 3, 1, 9, 6);
    write_box("chest/masks/a.png", 4, 2, 1, 8, 6);
    write_box("chest/masks/b.png", 4, 3, 1, 9, 6);
}

/* Two frames; the second has no femur. */
static inline void make_hip(void)
{
    make_folders("hip");
    write_file("hip/manifest.csv", "image,mask,structure,note\n"
                                   "f1.png,f1__l.png,left_hemipelvis,\"a, b\"\n"
                                   "f1.png,f1__f.png,right_femur,\n"
                                   "f2.png,f2__l.png,left_hemipelvis,\n");
    write_box("hip/images/f1.png", 90, 0, 0, 6, 4);
    write_box("hip/images/f2.png", 90, 1, 0, 7, 4);
    write_box("hip/masks/f1__l.png", 255, 0, 0, 6, 4);
    write_box("hip/masks/f1__f.png", 1, 8, 5, 12, 8);
    write_box("hip/masks/f2__l.png", 255, 1, 0, 7, 4);
}

static inline void make_pairs(void)
{
    make_folders("pairs");
    write_box("pairs/images/one.png", 100, 0, 0, 3, 3);
    write_box("pairs/images/two.png", 100, 0, 0, 3, 3);
    write_box("pairs/masks/two.tif", 7, 1, 1, 3, 3);
    write_box("pairs/masks/one.png", 0, 0, 0, 0, 0);
}

/* A box as polygons and a run-length mask of one category, another category in the first picture only, and a third
 * nowhere. */
static inline void make_coco(const char *file_name)
{
    char text[2048];
    snprintf(
        text, sizeof text,
        "{\"images\": [{\"id\": 7, \"file_name\": \"%s\", \"width\": 12, \"height\": 8},"
        " {\"id\": 3, \"file_name\": \"q.png\", \"width\": 12, \"height\": 8}],"
        " \"annotations\": [{\"id\": 1, \"image_id\": 7, \"category_id\": 2, \"segmentation\": [[0, 0, 4, 0, 4, 2, "
        "0, 2]]}, {\"id\": 2, \"image_id\": 3, \"category_id\": 2, \"segmentation\": {\"size\": [8, 12], \"counts\": "
        "[0, 8, 88]}}, {\"id\": 3, \"image_id\": 7, \"category_id\": 2, \"segmentation\": {\"size\": [8, 12], "
        "\"counts\": [95, 1]}}, {\"id\": 4, \"image_id\": 7, \"category_id\": 5, \"segmentation\": {\"size\": [8, 12],"
        " \"counts\": [8, 2, 86]}}],"
        " \"categories\": [{\"id\": 5, \"name\": \"left lung\"}, {\"id\": 2, \"name\": \"heart\"}, {\"id\": 9, "
        "\"name\": \"liver\"}]}",
        file_name);
    (void)mkdir(in_folder("coco"), 0755);
    (void)mkdir(in_folder("coco/images"), 0755);
    write_file("coco/instances.json", text);
    write_box("coco/p.png", 100, 0, 0, 4, 2);
    write_box("coco/images/q.png", 100, 0, 0, 1, 8);
}

static inline fe_set *open_made(const char *name, const fe_set_options *options)
{
    fe_set *set = NULL;
    assert_ok(fe_set_open(in_folder(name), options, &set));
    return set;
}

#endif
