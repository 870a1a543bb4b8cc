/* dicom_internal.h - an opened DICOM file, shared by the parts of its reader. */
#ifndef IMAGE_DICOM_INTERNAL_H
#define IMAGE_DICOM_INTERNAL_H

#include "image/codec.h"
#include "image/dicom_dcmtk.h"
#include "image/dicom_fragments.h"
#include "image/dicom_guard.h"

/* The Image Pixel module, PS3.3 C.7.6.3, checked. */
typedef struct fi_dicom_shape {
    int rows, columns, samples, frames; /* 1 or more */
    int allocated, stored, high_bit;    /* bits; allocated 1 to 32, or 32 and 64 of floating point */
    bool is_signed, is_float;
    bool planar; /* all of one sample's plane, then the next's */
    bool halved; /* native 4:2:2: two luma samples, then their shared pair of chroma */
    char photometric[24];
} fi_dicom_shape;

typedef struct fi_dicom {
    fi_bytes bytes;
    fi_dicom_outline outline;
    fi_dcmtk_set *set; /* owned */
    const fi_dcmtk_item *root;
    fi_dicom_shape shape;
    fi_dicom_fragments fragments; /* of encapsulated pixel data */
    double *modality_table, *voi_table, *palette;
} fi_dicom;

/* The parts of opening, in the order in which they are called. */
fsam_status fi_dicom_read_shape(fi_dicom *dicom);
fsam_status fi_dicom_read_rendering(fi_dicom *dicom, fi_rendering *rendering);
void fi_dicom_read_spacing(const fi_dicom *dicom, fi_spacing *spacing);
fi_says fi_dicom_read_says(const fi_dicom *dicom, const fi_header *header);
/* Palette Color Lookup Tables -> luma. */
fsam_status fi_dicom_read_palette(fi_dicom *dicom, fi_table *palette);

/* The item that holds `tag`: the data set itself, else the first item of the functional group `group` (a sequence) that
 * all frames share, else that of the first frame. NULL: none does. */
const fi_dcmtk_item *fi_dicom_holder(const fi_dicom *dicom, uint32_t group, uint32_t tag);

fsam_status fi_dicom_read_frame(const fi_dicom *dicom, int frame, fi_take_row *take, void *context);

#endif
