/* dicom_fragments.h - encapsulated pixel data (PS3.5 A.4): which fragments make which frame. */
#ifndef IMAGE_DICOM_FRAGMENTS_H
#define IMAGE_DICOM_FRAGMENTS_H

#include "image/dicom_guard.h"

typedef struct fi_dicom_fragment {
    const unsigned char *data; /* borrowed from the outline */
    size_t size;
    size_t offset; /* of its item from the first one's, as the Basic Offset Table counts */
} fi_dicom_fragment;

typedef struct fi_dicom_fragments {
    fi_dicom_fragment *list; /* owned, without the offset table */
    size_t count;
    size_t *first; /* owned, [frames + 1]: frame f is list[first[f]] .. list[first[f + 1] - 1] */
} fi_dicom_fragments;

/* Owned: fi_dicom_fragments_free, also after a failure. */
fsam_status fi_dicom_fragments_read(const fi_dicom_outline *outline, const char *where, int frames,
                                    fi_dicom_fragments *fragments);
void fi_dicom_fragments_free(fi_dicom_fragments *fragments);

/* The bytes of a frame: in the file, or in *joined (owned: fb_free) when it has several fragments. */
fsam_status fi_dicom_fragments_join(const fi_dicom_fragments *fragments, const char *where, int frame,
                                    const unsigned char **data, size_t *size, unsigned char **joined);

#endif
