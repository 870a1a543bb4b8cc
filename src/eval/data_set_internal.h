/* data_set_internal.h - what the kinds of data sets share. */
#ifndef EVAL_DATA_SET_INTERNAL_H
#define EVAL_DATA_SET_INTERNAL_H

#include "eval/data_set.h"

/* A kind of data set. */
typedef struct fe_form {
    const char *kind, *licence;
    bool masks;
    bool (*fits)(const char *path);   /* NULL: what the manifest's columns say */
    const char *column[3];            /* that manifest.csv must have */
    fsam_status (*open)(fe_set *set); /* fills in count and content; what it leaves on failure is closed */
    void (*close)(void *content);     /* NULL is allowed */
    /* Fills in name and targets of the case, and *image, the path of the picture, which is owned (free); also of what a
     * failure leaves. */
    fsam_status (*read)(const fe_set *set, size_t index, fe_case *c, char **image);
    fi_says says;     /* what is bright, where a picture's file says nothing */
    bool intensities; /* pictures hold linear intensities, also where their files do not say so */
} fe_form;

extern const fe_form fe_chest, fe_hip, fe_simulated, fe_folders, fe_coco, fe_pictures;

struct fe_set {
    char *path, *name;
    fe_set_options options;
    char **text; /* that the options point to */
    const fe_form *form;
    size_t count;
    void *content;
    fw_texts *texts; /* for other words; NULL: those of the set are taken */
};

/* The path FOLDER/NAME, or FOLDER/SUB/NAME; sub may be NULL. Owned: free. NULL when out of memory. */
char *fe_path(const char *folder, const char *sub, const char *name);
bool fe_is_file(const char *folder, const char *name);
bool fe_is_folder(const char *folder, const char *name);
static inline fsam_status fe_no_memory(const char *where)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
}

/* Names of the regular files of a folder, sorted by bytes, hidden ones left out; their ends with ".json" and so on
 * wanted, or all (NULL). Owned: fe_list_free. */
typedef struct fe_list {
    size_t count;
    char **name;
} fe_list;
fsam_status fe_list_read(const char *folder, const char *end, fe_list *list);
void fe_list_free(fe_list *list);

/* Room for `count` targets without names and masks. */
fsam_status fe_case_make(fe_case *c, const char *name, size_t count);
/* Names one. FSAM_ERROR_MEMORY is the only failure. */
fsam_status fe_target_name(fe_target *target, const char *category, const char *text, fs_kind kind);
/* Copies texts that ask for what is not there. */
fsam_status fe_case_absent(fe_case *c, const char *const *text, size_t count);

/* The mask of a picture file: pixels whose stored value is `value`, or not 0 when that is negative. */
fsam_status fe_mask_read(const char *path, int value, fi_rle *mask);

#endif
