/* categories.h - the anatomical structures that have a name here: the 128 categories, and a few more that people ask
 * for, each with its code in SNOMED CT.
 *
 * Names and ids of the categories are TotalSegmentator's (version 2, task `total`: 1 to 117, in its order), and for the
 * bones of the limbs FluoroSeg's (301 to 311, sides not told apart). Other data sets number them otherwise: go by name.
 */
#ifndef BASE_CATEGORIES_H
#define BASE_CATEGORIES_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { FB_CATEGORIES = 128 };

typedef enum fb_side { FB_SIDE_NONE, FB_SIDE_LEFT, FB_SIDE_RIGHT } fb_side; /* of the patient */

typedef enum fb_kind {
    FB_KIND_ORGAN,
    FB_KIND_VESSEL,
    FB_KIND_BONE, /* and cartilage */
    FB_KIND_MUSCLE,
    FB_KIND_LESION,
    FB_KIND_REGION /* a part of the body: hand, pelvis, spine */
} fb_kind;

/* A coded concept as DICOM has it (PS3.3, 8.8). All are static; `value` is NULL where there is none. */
typedef struct fb_code {
    const char *scheme;  /* "SCT": SNOMED CT */
    const char *value;   /* "71341001" */
    const char *meaning; /* "Femur" */
} fb_code;

typedef struct fb_structure {
    int id;              /* 1 to 117, 301 to 311; 0: not one of the 128 */
    const char *name;    /* "femur_left" */
    const char *display; /* "Left femur" */
    fb_kind kind;
    fb_side side; /* FB_SIDE_NONE also for both at once */
    bool paired;  /* no side in its name, but there is a left and a right one ("tibia") */
    /* What DICOM SEG says of it: Segmented Property Category and Type. */
    fb_code category, type;
    /* Anatomic Region, where the type alone does not say it (of a cyst, the kidney); a side is then the region's and
     * not the type's. */
    fb_code region;
} fb_structure;

/* The categories, index 0 to FB_CATEGORIES - 1, in the order of their ids; NULL beyond. Borrowed, as all are. */
const fb_structure *fb_category_at(size_t index);
/* By exact name ("femur_left") or id; NULL when no category has it. */
const fb_structure *fb_category_find(const char *name);
const fb_structure *fb_category_find_id(int id);

/* The categories, then the other structures; NULL beyond. */
const fb_structure *fb_structure_at(size_t index);

/* The code of "Left" or "Right"; value NULL for FB_SIDE_NONE. */
fb_code fb_side_code(fb_side side);
/* SNOMED CT's "Anatomical Structure", which is all that can be said of what has no name here. */
fb_code fb_anatomical_structure_code(void);

/* What a text names, and which side of it: that of the structure's own name, or the one that the text gives to a paired
 * structure ("left tibia"). */
typedef struct fb_named {
    const fb_structure *structure; /* NULL: nothing that is known here */
    fb_side side;
} fb_named;

/* The structure that a text (UTF-8) names: "left femur", "Femur, left", "femur_left", "the left femur?", "L4",
 * "vertebra L4", "4th lumbar vertebra", "left lung lower lobe", "lungs". Case, punctuation, articles and the order of
 * words do not count, nor do plurals and a few synonyms of single words; every other word must be one of the
 * structure's name, and every word of the name must be there. Nothing is guessed. */
fb_named fb_structure_named(const char *text);

#ifdef __cplusplus
}
#endif

#endif
