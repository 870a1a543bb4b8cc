#include "image/dicom_jpeg.h"

enum { SOI = 0xd8, RST0 = 0xd0, EOI = 0xd9, SOS = 0xda, DHT = 0xc4, JPG = 0xc8, DAC = 0xcc, SOF0 = 0xc0, SOF15 = 0xcf };
enum { SOF55 = 0xf7 }; /* JPEG-LS */

static bool is_frame_header(int marker)
{
    if (marker == SOF55) return true;
    return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
}

static int get16(const unsigned char *p)
{
    return p[0] << 8 | p[1];
}

/* The place of the next marker's code, or `size`. Codes below 0xc0 do not occur between segments: in entropy-coded data
 * they are stuffing, of JPEG (00) and JPEG-LS (below 0x80). */
static size_t next_marker(const unsigned char *data, size_t size, size_t at)
{
    for (; at + 1 < size; at++)
        if (data[at] == 0xff && data[at + 1] >= SOF0 && data[at + 1] != 0xff) return at + 1;
    return size;
}

bool fi_dicom_jpeg_read(const unsigned char *data, size_t size, fi_dicom_jpeg *jpeg)
{
    bool found = false;
    *jpeg = (fi_dicom_jpeg){0};
    for (size_t at = next_marker(data, size, 0); at < size; at = next_marker(data, size, at)) {
        const int marker = data[at++];
        if (marker == EOI) break;
        if (marker >= RST0 && marker <= SOI) continue; /* no length follows */
        if (size - at < 2) break;
        if (marker == SOS) jpeg->scans++;
        if (is_frame_header(marker) && !found && size - at >= 8) {
            found = true;
            jpeg->bits = data[at + 2];
            jpeg->rows = get16(data + at + 3);
            jpeg->columns = get16(data + at + 5);
            jpeg->samples = data[at + 7];
        }
        const size_t length = (size_t)get16(data + at);
        at = length < size - at ? at + length : size;
    }
    return found;
}
