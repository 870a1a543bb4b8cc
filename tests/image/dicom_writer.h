/* dicom_writer.h - small DICOM files made in memory, explicit VR little-endian. */
#ifndef TESTS_IMAGE_DICOM_WRITER_H
#define TESTS_IMAGE_DICOM_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WRITER_ROOM = 1 << 19 };

typedef struct dicom_writer {
    unsigned char data[WRITER_ROOM];
    size_t size;
} dicom_writer;

/* Preamble, prefix and a meta header with this transfer syntax. */
void write_start(dicom_writer *w, const char *transfer_syntax);
/* Pads the value to an even length. A size of -1: the undefined length, with nothing behind it. */
void write_element(dicom_writer *w, uint32_t tag, const char *vr, const void *value, size_t size);
void write_text(dicom_writer *w, uint32_t tag, const char *vr, const char *text);
void write_us(dicom_writer *w, uint32_t tag, unsigned value);
/* `count` 16-bit words. */
void write_words(dicom_writer *w, uint32_t tag, const char *vr, const uint16_t *words, size_t count);
/* A sequence and its first item, both of undefined length; and their ends. */
void write_open(dicom_writer *w, uint32_t tag);
void write_close(dicom_writer *w);
/* Pixel data in fragments: an empty offset table first, then each, then the end. */
void write_fragments_open(dicom_writer *w);
void write_fragment(dicom_writer *w, const void *data, size_t size);
void write_fragments_close(dicom_writer *w);

/* What the Image Pixel module says. 0 stands for: rows 2, columns 3, samples 1, allocated 16, stored as allocated, high
 * bit below stored, one frame (not written). */
typedef struct image_module {
    const char *modality, *photometric; /* NULL: OT, MONOCHROME2 */
    int rows, columns, samples, frames, allocated, stored, high_bit;
    bool is_signed, planar;
} image_module;
void write_image(dicom_writer *w, const image_module *image);

#endif
