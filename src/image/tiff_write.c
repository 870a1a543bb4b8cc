#include "image/tiff_write.h"

#include "base/file.h"
#include "base/memory.h"
#include "image/tiff_open.h"
#include <stdlib.h>
#include <string.h>

/* A file in memory: libtiff goes back to fill in its directory, which an fb_writer cannot. */
typedef struct memory_file {
    unsigned char *data;
    size_t size, room, at;
} memory_file;

static bool reserve(memory_file *file, size_t size)
{
    if (size <= file->room) return true;
    const size_t room = size > 2 * file->room ? size : 2 * file->room;
    unsigned char *data = realloc(file->data, room);
    if (data == NULL) return false;
    memset(data + file->room, 0, room - file->room);
    file->data = data;
    file->room = room;
    return true;
}

static tmsize_t on_write(thandle_t handle, void *from, tmsize_t size)
{
    memory_file *file = handle;
    size_t end;
    if (size < 0 || !fb_add(file->at, (size_t)size, &end) || end > SIZE_MAX / 2 || !reserve(file, end)) return -1;
    if (size > 0) memcpy(file->data + file->at, from, (size_t)size);
    file->at = end;
    if (end > file->size) file->size = end;
    return size;
}

static tmsize_t on_read(thandle_t handle, void *to, tmsize_t size)
{
    memory_file *file = handle;
    const size_t left = file->at < file->size ? file->size - file->at : 0;
    if (size < 0) return -1;
    const size_t count = (size_t)size < left ? (size_t)size : left;
    if (count > 0) memcpy(to, file->data + file->at, count);
    file->at += count;
    return (tmsize_t)count;
}

static toff_t on_seek(thandle_t handle, toff_t offset, int whence)
{
    memory_file *file = handle;
    file->at = (size_t)offset + (whence == SEEK_CUR ? file->at : whence == SEEK_END ? file->size : 0);
    return file->at;
}

static toff_t on_size(thandle_t handle)
{
    return ((const memory_file *)handle)->size;
}

static bool set_tags(TIFF *tiff, int width, int height)
{
    enum { ROWS = 64, QUICK = 1 }; /* of deflate's levels: 0.6 of the default's time, 8 % larger */
    return TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, (uint32_t)width) == 1 &&
           TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, (uint32_t)height) == 1 &&
           TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 32) == 1 &&
           TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_IEEEFP) == 1 &&
           TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1) == 1 &&
           TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK) == 1 &&
           TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) == 1 &&
           TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, ROWS) == 1 &&
           TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE) == 1 &&
           TIFFSetField(tiff, TIFFTAG_PREDICTOR, PREDICTOR_FLOATINGPOINT) == 1 &&
           TIFFSetField(tiff, TIFFTAG_ZIPQUALITY, QUICK) == 1;
}

/* row: one, because the predictor works in place. */
static bool write_rows(TIFF *tiff, const float *gray, float *row, int width, int height)
{
    if (!set_tags(tiff, width, height)) return false;
    for (int y = 0; y < height; y++) {
        memcpy(row, gray + (size_t)y * (size_t)width, (size_t)width * sizeof *row);
        if (TIFFWriteScanline(tiff, row, (uint32_t)y, 0) != 1) return false;
    }
    return TIFFFlush(tiff) == 1;
}

static fsam_status encode(const char *path, const float *gray, int width, int height, memory_file *file)
{
    static const fi_tiff_stream stream = {.read = on_read, .write = on_write, .seek = on_seek, .size = on_size};
    fi_tiff_log log = {0};
    float *row = fb_alloc((size_t)width, sizeof *row);
    TIFF *tiff = row != NULL ? fi_tiff_open(path, "wm", &stream, file, &log) : NULL;
    const bool written = tiff != NULL && write_rows(tiff, gray, row, width, height);
    if (tiff != NULL) fi_tiff_close(tiff);
    fb_free(row);
    if (written) return FSAM_OK;
    return fb_fail(FSAM_ERROR_MEMORY, "%s: TIFF: %s", path, log.error[0] != '\0' ? log.error : "out of memory");
}

fsam_status fi_tiff_write_float(const char *path, bool overwrite, const float *gray, int width, int height)
{
    memory_file file = {0};
    if (width < 1 || height < 1)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: size: %d x %d cannot be written", path, width, height);
    fsam_status status = encode(path, gray, width, height, &file);
    if (status == FSAM_OK) status = fb_file_write(path, overwrite, file.data, file.size);
    free(file.data);
    return status;
}
