/* dicom_syntax.h - the transfer syntaxes of DICOM, PS3.5 section 10 and annex A. */
#ifndef IMAGE_DICOM_SYNTAX_H
#define IMAGE_DICOM_SYNTAX_H

#include <stdbool.h>

/* How pixel data is stored. */
typedef enum fi_dicom_coding {
    FI_DICOM_NATIVE,   /* plain samples */
    FI_DICOM_RLE,      /* run lengths, PS3.5 annex G */
    FI_DICOM_JPEG,     /* and JPEG-LS: DCMTK decodes it */
    FI_DICOM_JPEG2000, /* and HTJ2K: OpenJPEG decodes it */
    FI_DICOM_DEFLATE,  /* each frame deflated by itself */
    FI_DICOM_NOT_READ
} fi_dicom_coding;

typedef struct fi_dicom_syntax {
    const char *uid;
    const char *words; /* of the compression, static */
    fi_dicom_coding coding;
    bool implicit_vr, big_endian;
    bool deflated; /* the whole data set */
    bool marked;   /* frames are JPEG code streams: each starts with a marker, and has its size in its header */
} fi_dicom_syntax;

/* NULL: unknown. */
const fi_dicom_syntax *fi_dicom_syntax_find(const char *uid);

#endif
