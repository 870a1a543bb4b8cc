/* mark_dicom.c - the mark as DICOM, explicit VR little-endian or JPEG 2000; DCMTK's tools make the other transfer
 * syntaxes of it. */
#include "../image/dicom_writer.h"
#include "mark.h"
#include "mark_jpeg2000.h"

#include <stdio.h>
#include <string.h>

enum { PIXELS = MARK_WIDTH * MARK_HEIGHT, FRAMES = 3, WITH_MARK = 1, RGB = 3 };

/* A stored value is slope * level + intercept. */
typedef struct dicom_kind {
    const char *name;
    const char *modality, *photometric; /* NULL: RF, MONOCHROME2 */
    int allocated, stored;              /* bits; allocated 0: 16 */
    int slope, intercept;
    const char *window[2];  /* centre, width; NULL: none */
    const char *rescale[2]; /* intercept, slope; NULL: none */
    int sign;               /* of the Pixel Intensity Relationship; 0: not said */
    bool is_signed, frames; /* frames: three, of which the others show the picture turned about */
    bool jpeg2000;          /* of 12 bits, slope 16, intercept 0 */
} dicom_kind;

#define WHITE "MONOCHROME1" /* 0 is white */
static const dicom_kind kinds[] = {
    {.name = "dicom-8", .allocated = 8, .stored = 8, .slope = 1},
    {.name = "dicom-12", .stored = 12, .slope = 16},
    {.name = "dicom-white", .photometric = WHITE, .stored = 12, .slope = -16, .intercept = 4095},
    /* dark 640, ground 1280, bright 3200: the window puts the ground at a half and the bright beyond its end */
    {.name = "dicom-window", .stored = 12, .slope = 16, .window = {"1280", "1281"}},
    /* 280, 1560 and 5400 after the rescale */
    {.name = "dicom-rescale", .stored = 12, .slope = 16, .window = {"1560", "2561"}, .rescale = {"-1000", "2"}},
    {.name = "dicom-falling", .stored = 12, .slope = -16, .intercept = 4095, .rescale = {"4095", "-1"}},
    {.name = "dicom-signed", .stored = 16, .slope = 16, .intercept = -2000, .is_signed = true},
    {.name = "dicom-frames", .stored = 12, .slope = 16, .frames = true},
    {.name = "dicom-jpeg2000", .stored = 12, .slope = 16, .jpeg2000 = true},
    {.name = "dicom-counts", .modality = "DX", .stored = 12, .slope = 16, .sign = 1},
    {.name = "dicom-counts-white",
     .modality = "DX",
     .photometric = WHITE,
     .stored = 12,
     .slope = -16,
     .intercept = 4095,
     .sign = 1},
    {.name = "dicom-bones", .modality = "DX", .stored = 12, .slope = 16, .sign = -1},
    {.name = "dicom-rgb", .photometric = "RGB", .allocated = 8, .stored = 8, .slope = 1},
};

static bool is_colour(const dicom_kind *kind)
{
    return kind->photometric != NULL && strcmp(kind->photometric, "RGB") == 0;
}

static void write_instance(dicom_writer *w, const dicom_kind *kind)
{
    const char *modality = kind->modality != NULL ? kind->modality : "RF";
    const bool dx = strcmp(modality, "DX") == 0;
    /* X-Ray Radiofluoroscopic, or Digital X-Ray for presentation */
    write_text(w, 0x00080016, "UI", dx ? "1.2.840.10008.5.1.4.1.1.1.1" : "1.2.840.10008.5.1.4.1.1.12.2");
    write_text(w, 0x00080018, "UI", "1.2.826.0.1.3680043.8.498.1");
    write_text(w, 0x00080060, "CS", modality);
    write_text(w, 0x00181164, "DS", "0.2\\0.1"); /* Imager Pixel Spacing: of rows, of columns */
    write_text(w, 0x0020000d, "UI", "1.2.826.0.1.3680043.8.498.2");
    write_text(w, 0x0020000e, "UI", "1.2.826.0.1.3680043.8.498.3");
}

static void write_module(dicom_writer *w, const dicom_kind *kind)
{
    const uint16_t sign = (uint16_t)kind->sign;
    write_us(w, 0x00280002, is_colour(kind) ? RGB : 1);
    write_text(w, 0x00280004, "CS", kind->photometric != NULL ? kind->photometric : "MONOCHROME2");
    if (is_colour(kind)) write_us(w, 0x00280006, 0);
    if (kind->frames) write_text(w, 0x00280008, "IS", "3");
    write_us(w, 0x00280010, MARK_HEIGHT);
    write_us(w, 0x00280011, MARK_WIDTH);
    write_us(w, 0x00280100, kind->allocated == 8 ? 8 : 16);
    write_us(w, 0x00280101, (unsigned)kind->stored);
    write_us(w, 0x00280102, (unsigned)kind->stored - 1);
    write_us(w, 0x00280103, kind->is_signed);
    if (kind->sign != 0) write_words(w, 0x00281041, "SS", &sign, 1);
    if (kind->window[0] != NULL) write_text(w, 0x00281050, "DS", kind->window[0]);
    if (kind->window[0] != NULL) write_text(w, 0x00281051, "DS", kind->window[1]);
    if (kind->rescale[0] != NULL) write_text(w, 0x00281052, "DS", kind->rescale[0]);
    if (kind->rescale[0] != NULL) write_text(w, 0x00281053, "DS", kind->rescale[1]);
}

static void write_pixels(dicom_writer *w, const dicom_kind *kind)
{
    static uint16_t words[FRAMES * PIXELS];
    static unsigned char bytes[RGB * PIXELS];
    const size_t count = (kind->frames ? FRAMES : 1) * (size_t)PIXELS;
    for (size_t i = 0; i < count; i++) {
        const size_t pixel = kind->frames && i / PIXELS != WITH_MARK ? PIXELS - 1 - i % PIXELS : i % PIXELS;
        const int level = mark_level((int)(pixel % MARK_WIDTH), (int)(pixel / MARK_WIDTH));
        const int value = kind->slope * level + kind->intercept;
        words[i] = (uint16_t)value;
        if (is_colour(kind))
            mark_colour(level, bytes + RGB * i);
        else if (kind->allocated == 8)
            bytes[i] = (unsigned char)value;
    }
    if (kind->allocated == 8)
        write_element(w, 0x7fe00010, "OB", bytes, count * (is_colour(kind) ? RGB : 1));
    else
        write_words(w, 0x7fe00010, "OW", words, count);
}

static bool write_jpeg2000(dicom_writer *w)
{
    static unsigned char stream[2 * PIXELS];
    const size_t size = mark_jpeg2000(stream, sizeof stream);
    write_fragments_open(w);
    write_fragment(w, stream, size);
    write_fragments_close(w);
    return size > 0;
}

bool mark_draw_dicom(const char *kind, const char *path)
{
    static dicom_writer writer;
    size_t i = 0;
    while (i < sizeof kinds / sizeof *kinds && strcmp(kinds[i].name, kind) != 0) i++;
    if (i == sizeof kinds / sizeof *kinds) return false;
    write_start(&writer, kinds[i].jpeg2000 ? "1.2.840.10008.1.2.4.90" : "1.2.840.10008.1.2.1");
    write_instance(&writer, &kinds[i]);
    write_module(&writer, &kinds[i]);
    if (!kinds[i].jpeg2000)
        write_pixels(&writer, &kinds[i]);
    else if (!write_jpeg2000(&writer))
        return false;
    FILE *file = fopen(path, "wb");
    if (file == NULL) return false;
    const bool whole = fwrite(writer.data, 1, writer.size, file) == writer.size;
    return fclose(file) == 0 && whole;
}
