/* dicom_guard.h - the outline of a DICOM file, checked before any of it reaches DCMTK.
 *
 * DCMTK calls itself once for every level of nested sequences, and believes the lengths that a file states. This walk
 * does neither: it holds its levels in an array, refuses those beyond FI_DICOM_MAX_DEPTH and every length that runs
 * past the end of what holds it, and finds where the pixel data lies, which is then read in place.
 */
#ifndef IMAGE_DICOM_GUARD_H
#define IMAGE_DICOM_GUARD_H

#include "image/codec.h"
#include "image/dicom_syntax.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { FI_DICOM_MAX_DEPTH = 32 }; /* sequences inside sequences; real files have fewer than 10 */

enum { FI_DICOM_FLOAT_PIXELS = 0x7fe00008, FI_DICOM_DOUBLE_PIXELS = 0x7fe00009, FI_DICOM_PIXELS = 0x7fe00010 };

typedef struct fi_dicom_outline {
    const fi_dicom_syntax *syntax;
    char transfer_syntax[65]; /* the UID; "" when there is no meta header */
    char sop_class[65];       /* Media Storage SOP Class UID of the meta header, or "" */
    bool implicit_vr, big_endian;

    const unsigned char *data; /* the data set up to the pixel data: of the file, or `inflated` */
    size_t size;
    unsigned char *inflated; /* owned, or NULL */

    uint32_t pixel_tag;          /* FI_DICOM_..._PIXELS, or 0: there is none */
    const unsigned char *pixels; /* the value, in the memory that `data` lies in */
    size_t pixel_bytes;          /* what is there of it */
    size_t pixel_stated;         /* what its header says, as much as pixel_bytes unless the file is cut short */
    bool pixel_words;            /* VR OW: a byte order concerns words even where samples are bytes */
    bool encapsulated;           /* fragments up to a sequence delimiter, and whatever follows it */
} fi_dicom_outline;

/* Whether the bytes look like DICOM: "DICM" after 128 bytes, or an element that a data set can start with. */
bool fi_dicom_probe(const fi_bytes *bytes);
/* Owned: fi_dicom_outline_free, also after a failure. Points into `bytes`. */
fsam_status fi_dicom_outline_read(const fi_bytes *bytes, fi_dicom_outline *outline);
void fi_dicom_outline_free(fi_dicom_outline *outline);

#ifdef __cplusplus
}
#endif

#endif
