#include "image/dicom_jpeg.h"

enum { SOF0 = 0xc0, DHT = 0xc4, JPG = 0xc8, DAC = 0xcc, SOF15 = 0xcf, RST0 = 0xd0, SOI = 0xd8, EOI = 0xd9, SOS = 0xda };
enum { SOF55 = 0xf7 }; /* JPEG-LS */

/* DCMTK adds 2 to a segment's length in 16 bits, and would not get on from there. */
enum { ENDLESS = 0xfffe };

static bool is_frame_header(int marker)
{
    if (marker == SOF55) return true;
    return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
}

static int get16(const unsigned char *p)
{
    return p[0] << 8 | p[1];
}

/* The segments from SOI up to the frame header stand one behind the other. *at: the frame header's marker. */
static bool find_frame_header(const unsigned char *data, size_t size, size_t *at)
{
    if (size < 2 || data[0] != 0xff || data[1] != SOI) return false;
    for (*at = 2; size - *at >= 4 && data[*at] == 0xff && data[*at + 1] >= SOF0;) {
        const int marker = data[*at + 1], length = get16(data + *at + 2);
        if (is_frame_header(marker)) return true;
        if ((marker >= RST0 && marker <= SOS) || length < 2 || length == ENDLESS) return false;
        if ((size_t)length + 2 > size - *at) return false;
        *at += (size_t)length + 2;
    }
    return false;
}

/* Starts of scans from `at` on. In entropy-coded data 0xff is followed by 0 (JPEG) or less than 0x80 (JPEG-LS). */
static int count_scans(const unsigned char *data, size_t size, size_t at)
{
    int scans = 0;
    for (; at + 1 < size; at++) {
        if (data[at] != 0xff) continue;
        if (data[at + 1] == EOI) break;
        scans += data[at + 1] == SOS;
    }
    return scans;
}

bool fi_dicom_jpeg_read(const unsigned char *data, size_t size, fi_dicom_jpeg *jpeg)
{
    size_t at;
    *jpeg = (fi_dicom_jpeg){0};
    if (!find_frame_header(data, size, &at) || size - at < 10) return false;
    jpeg->bits = data[at + 4];
    jpeg->rows = get16(data + at + 5);
    jpeg->columns = get16(data + at + 7);
    jpeg->samples = data[at + 9];
    jpeg->scans = count_scans(data, size, at);
    return true;
}
