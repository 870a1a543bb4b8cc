/* dicom_dcmtk.h - what is used of DCMTK, for C. The bytes given have passed dicom_guard.h.
 *
 * A tag is its group and element in one number: (0028,0010) is 0x00280010. Nothing is printed, no exception leaves.
 */
#ifndef IMAGE_DICOM_DCMTK_H
#define IMAGE_DICOM_DCMTK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { FI_DCMTK_REASON = 160 }; /* bytes for what went wrong, in DCMTK's words */

/* A data set's attributes, without its pixel data. */
typedef struct fi_dcmtk_set fi_dcmtk_set;
/* The data set itself, or an item of a sequence in it. Borrowed from the set. */
typedef struct fi_dcmtk_item fi_dcmtk_item;

/* Parses elements. NULL on failure, with `reason`. Owned: fi_dcmtk_close. */
fi_dcmtk_set *fi_dcmtk_parse(const unsigned char *data, size_t size, bool implicit_vr, bool big_endian,
                             char reason[FI_DCMTK_REASON]);
void fi_dcmtk_close(fi_dcmtk_set *set);
const fi_dcmtk_item *fi_dcmtk_root(const fi_dcmtk_set *set);

/* Item `index` of a sequence; NULL when there is none (also when `item` is NULL, so that calls can be chained). */
const fi_dcmtk_item *fi_dcmtk_child(const fi_dcmtk_item *item, uint32_t tag, unsigned long index);
/* Whether the element is there with a value. NULL has none. */
bool fi_dcmtk_has(const fi_dcmtk_item *item, uint32_t tag);
/* Value `index` of an element; false when there is none of that kind. Text is cut at size - 1 bytes. */
bool fi_dcmtk_text(const fi_dcmtk_item *item, uint32_t tag, unsigned long index, char *text, size_t size);
bool fi_dcmtk_number(const fi_dcmtk_item *item, uint32_t tag, unsigned long index, double *number);
/* Whole numbers of any VR that has them: US, SS, UL, SL, IS. */
bool fi_dcmtk_whole(const fi_dcmtk_item *item, uint32_t tag, unsigned long index, int64_t *number);
/* All values of an element of 16-bit words (US, SS, OW), in this machine's byte order. Borrowed from the set. */
const uint16_t *fi_dcmtk_words(const fi_dcmtk_item *item, uint32_t tag, size_t *count);

/* One compressed frame and what its data set says of it. */
typedef struct fi_dcmtk_frame {
    const char *transfer_syntax; /* UID of a JPEG or JPEG-LS syntax */
    const char *photometric;
    int rows, columns, samples;
    int bits_allocated, bits_stored, high_bit; /* allocated: 8 or 16 */
    bool is_signed;
    const unsigned char *data; /* one fragment */
    size_t size;
} fi_dcmtk_frame;

/* Decodes to rows x columns x samples interleaved cells of bits_allocated, in this machine's byte order; colours are
 * not converted. False on failure, with `reason`. `size`: of `cells`, in bytes. */
bool fi_dcmtk_decode(const fi_dcmtk_frame *frame, void *cells, size_t size, char reason[FI_DCMTK_REASON]);

#ifdef __cplusplus
}
#endif

#endif
