#include "dicom_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(dicom_writer *w, const void *data, size_t size)
{
    if (size > sizeof w->data - w->size) abort();
    if (size > 0) memcpy(w->data + w->size, data, size);
    w->size += size;
}

static void put_number(dicom_writer *w, uint32_t value, size_t bytes)
{
    unsigned char little[4];
    for (size_t i = 0; i < 4; i++) little[i] = (unsigned char)(value >> 8 * i);
    put(w, little, bytes);
}

static void put_tag(dicom_writer *w, uint32_t tag)
{
    put_number(w, tag >> 16, 2);
    put_number(w, tag & 0xffff, 2);
}

void write_start(dicom_writer *w, const char *transfer_syntax)
{
    memset(w->data, 0, 128);
    w->size = 128;
    put(w, "DICM", 4);
    write_text(w, 0x00020010, "UI", transfer_syntax);
}

void write_element(dicom_writer *w, uint32_t tag, const char *vr, const void *value, size_t size)
{
    static const char long_ones[] = "OB OW OF OD SQ UN UT";
    const bool undefined = size == (size_t)-1;
    const size_t padding = undefined ? 0 : size % 2;
    put_tag(w, tag);
    put(w, vr, 2);
    if (strstr(long_ones, vr) != NULL) {
        put_number(w, 0, 2);
        put_number(w, undefined ? UINT32_MAX : (uint32_t)(size + padding), 4);
    } else {
        put_number(w, (uint32_t)(size + padding), 2);
    }
    if (undefined) return;
    put(w, value, size);
    put(w, strcmp(vr, "UI") == 0 || vr[0] == 'O' ? "" : " ", padding);
}

void write_text(dicom_writer *w, uint32_t tag, const char *vr, const char *text)
{
    write_element(w, tag, vr, text, strlen(text));
}

void write_words(dicom_writer *w, uint32_t tag, const char *vr, const uint16_t *words, size_t count)
{
    unsigned char *little = malloc(2 * count + 1);
    for (size_t i = 0; i < count; i++) {
        little[2 * i] = (unsigned char)words[i];
        little[2 * i + 1] = (unsigned char)(words[i] >> 8);
    }
    write_element(w, tag, vr, little, 2 * count);
    free(little);
}

void write_us(dicom_writer *w, uint32_t tag, unsigned value)
{
    const uint16_t word = (uint16_t)value;
    write_words(w, tag, "US", &word, 1);
}

static void put_item(dicom_writer *w, uint32_t tag, uint32_t length)
{
    put_tag(w, tag);
    put_number(w, length, 4);
}

void write_open(dicom_writer *w, uint32_t tag)
{
    write_element(w, tag, "SQ", NULL, (size_t)-1);
    put_item(w, 0xfffee000, UINT32_MAX);
}

void write_close(dicom_writer *w)
{
    put_item(w, 0xfffee00d, 0);
    put_item(w, 0xfffee0dd, 0);
}

void write_fragments_open(dicom_writer *w)
{
    write_element(w, 0x7fe00010, "OB", NULL, (size_t)-1);
    write_fragment(w, NULL, 0);
}

void write_fragment(dicom_writer *w, const void *data, size_t size)
{
    put_item(w, 0xfffee000, (uint32_t)(size + size % 2));
    put(w, data, size);
    put(w, "", size % 2);
}

void write_fragments_close(dicom_writer *w)
{
    put_item(w, 0xfffee0dd, 0);
}

void write_image(dicom_writer *w, const image_module *image)
{
    char frames[16];
    const int allocated = image->allocated != 0 ? image->allocated : 16;
    const int stored = image->stored != 0 ? image->stored : allocated;
    write_text(w, 0x00080060, "CS", image->modality != NULL ? image->modality : "OT");
    write_us(w, 0x00280002, image->samples != 0 ? (unsigned)image->samples : 1);
    write_text(w, 0x00280004, "CS", image->photometric != NULL ? image->photometric : "MONOCHROME2");
    if (image->samples > 1) write_us(w, 0x00280006, image->planar);
    snprintf(frames, sizeof frames, "%d", image->frames);
    if (image->frames != 0) write_text(w, 0x00280008, "IS", frames);
    write_us(w, 0x00280010, image->rows != 0 ? (unsigned)image->rows : 2);
    write_us(w, 0x00280011, image->columns != 0 ? (unsigned)image->columns : 3);
    write_us(w, 0x00280100, (unsigned)allocated);
    write_us(w, 0x00280101, (unsigned)stored);
    write_us(w, 0x00280102, (unsigned)(image->high_bit != 0 ? image->high_bit : stored - 1));
    write_us(w, 0x00280103, image->is_signed);
}
