#include "image/nifti_labels.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include <nifti1.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

fsam_status fi_labels_make(int width, int height, fi_labels *labels)
{
    size_t pixels = 0;
    memset(labels, 0, sizeof *labels);
    if (width < 1 || height < 1 || !fb_multiply((size_t)width, (size_t)height, &pixels))
        return fb_fail(FSAM_ERROR_ARGUMENT, "labels: size: %d x %d is no picture", width, height);
    *labels = (fi_labels){.width = width,
                          .height = height,
                          .label = fb_alloc(pixels, sizeof *labels->label),
                          .logit = fb_alloc(pixels, sizeof *labels->logit)};
    if (labels->label != NULL && labels->logit != NULL) return FSAM_OK;
    fi_labels_free(labels);
    return fb_fail(FSAM_ERROR_MEMORY, "labels: size: no memory for %d x %d pixels", width, height);
}

void fi_labels_free(fi_labels *labels)
{
    fb_free(labels->label);
    fb_free(labels->logit);
    memset(labels, 0, sizeof *labels);
}

void fi_labels_take(fi_labels *labels, uint16_t label, const float *band, int top, int count)
{
    const size_t width = (size_t)labels->width, first = (size_t)top * width, pixels = (size_t)count * width;
    for (size_t i = 0; i < pixels; i++) {
        if (!(band[i] > labels->logit[first + i])) continue; /* also none that is not a number */
        labels->logit[first + i] = band[i];
        labels->label[first + i] = label;
    }
}

/* A file being written, through zlib when `compressed`. */
typedef struct output {
    const char *path;
    fb_writer *writer;
    bool compressed;
    z_stream stream;
} output;

/* Passes `size` bytes on; `flush` is zlib's: Z_FINISH with the last of them. */
static fsam_status write_deflated(output *out, const void *data, size_t size, int flush)
{
    unsigned char buffer[16384];
    out->stream.next_in = (unsigned char *)data;
    out->stream.avail_in = (uInt)size;
    do {
        out->stream.next_out = buffer;
        out->stream.avail_out = sizeof buffer;
        if (deflate(&out->stream, flush) == Z_STREAM_ERROR)
            return fb_fail(FSAM_ERROR_INTERNAL, "%s: compression failed", out->path);
        FB_TRY(fb_writer_write(out->writer, buffer, sizeof buffer - out->stream.avail_out));
    } while (out->stream.avail_out == 0);
    return FSAM_OK;
}

static fsam_status put(output *out, const void *data, size_t size)
{
    return out->compressed ? write_deflated(out, data, size, Z_NO_FLUSH) : fb_writer_write(out->writer, data, size);
}

/* NIfTI's (RAS) axes of a picture whose x and y run as LPS's do: a half turn about z. */
static void set_orientation(nifti_1_header *header, float dx, float dy)
{
    header->qform_code = header->sform_code = NIFTI_XFORM_SCANNER_ANAT;
    header->quatern_d = 1;
    header->pixdim[0] = 1; /* qfac: z is not flipped */
    header->pixdim[1] = dx;
    header->pixdim[2] = dy;
    header->pixdim[3] = 1;
    header->srow_x[0] = -dx;
    header->srow_y[1] = -dy;
    header->srow_z[2] = 1;
}

static nifti_1_header make_header(const fi_labels *labels, const fi_nifti_options *options, size_t extension)
{
    const bool known = options->row_mm > 0 && options->column_mm > 0, wide = options->name_count > UINT8_MAX;
    nifti_1_header header = {.sizeof_hdr = sizeof header,
                             .regular = 'r',
                             .dim = {3, (short)labels->width, (short)labels->height, 1, 1, 1, 1, 1},
                             .intent_code = NIFTI_INTENT_LABEL,
                             .datatype = wide ? DT_UINT16 : DT_UINT8,
                             .bitpix = wide ? 16 : 8,
                             .scl_slope = 1,
                             .cal_max = (float)options->name_count,
                             .xyzt_units = known ? NIFTI_UNITS_MM : NIFTI_UNITS_UNKNOWN,
                             .descrip = "labels by fsam " FSAM_VERSION,
                             .magic = "n+1"};
    header.vox_offset = (float)(sizeof header + sizeof(nifti1_extender) + extension);
    set_orientation(&header, known ? (float)options->column_mm : 1, known ? (float)options->row_mm : 1);
    return header;
}

/* A header extension: its size and code, then the text, filled up with zeros to a multiple of 16 bytes. NIfTI's code 6
 * is plain ASCII, and JSON can be. Owned: free(); NULL when out of memory. */
static char *make_extension(const fi_nifti_options *options, size_t *size)
{
    enum { CODE_COMMENT = 6, HEAD = 8, STEP = 16 };
    json_t *names = json_object();
    bool good = names != NULL;
    for (size_t i = 0; good && i < options->name_count; i++) {
        char key[24];
        snprintf(key, sizeof key, "%zu", i + 1);
        good = json_object_set_new(names, key, fb_json_text(options->names[i])) == 0;
    }
    char *text = good ? json_dumps(names, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
    json_decref(names);
    if (text == NULL) return NULL;
    *size = (HEAD + strlen(text) + 1 + STEP - 1) / STEP * STEP;
    char *extension = calloc(1, *size);
    if (extension != NULL) {
        const int32_t head[2] = {(int32_t)*size, CODE_COMMENT};
        memcpy(extension, head, sizeof head);
        memcpy(extension + HEAD, text, strlen(text) + 1);
    }
    free(text);
    return extension;
}

static fsam_status put_rows(output *out, const fi_labels *labels, bool wide)
{
    const size_t width = (size_t)labels->width;
    uint8_t *row = fb_alloc(width, 1);
    fsam_status status = row != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "%s: no memory for a row", out->path);
    for (int y = 0; y < labels->height && status == FSAM_OK; y++) {
        const uint16_t *from = labels->label + (size_t)y * width;
        for (size_t x = 0; x < width; x++) row[x] = (uint8_t)from[x];
        status = wide ? put(out, from, width * sizeof *from) : put(out, row, width);
    }
    fb_free(row);
    return status;
}

static fsam_status put_all(output *out, const fi_labels *labels, const fi_nifti_options *options)
{
    size_t size = 0;
    char *extension = make_extension(options, &size);
    if (extension == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory for its names", out->path);
    const nifti_1_header header = make_header(labels, options, size);
    const nifti1_extender extender = {{1}};
    fsam_status status = put(out, &header, sizeof header);
    if (status == FSAM_OK) status = put(out, &extender, sizeof extender);
    if (status == FSAM_OK) status = put(out, extension, size);
    if (status == FSAM_OK) status = put_rows(out, labels, options->name_count > UINT8_MAX);
    free(extension);
    return status;
}

static fsam_status put_file(output *out, const fi_labels *labels, const fi_nifti_options *options)
{
    enum { GZIP_WINDOW = 15 + 16, MEMORY_LEVEL = 8 }; /* zlib's largest window, its gzip format; its default */
    if (!out->compressed) return put_all(out, labels, options);
    if (deflateInit2(&out->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory to compress it", out->path);
    fsam_status status = put_all(out, labels, options);
    if (status == FSAM_OK) status = write_deflated(out, NULL, 0, Z_FINISH);
    deflateEnd(&out->stream);
    return status;
}

static bool ends_with(const char *path, const char *ending)
{
    const size_t length = strlen(path), wanted = strlen(ending);
    return length >= wanted && strcmp(path + length - wanted, ending) == 0;
}

fsam_status fi_nifti_write_labels(const char *path, const fi_labels *labels, const fi_nifti_options *options)
{
    output out = {.path = path, .compressed = ends_with(path, ".gz")};
    if (labels->width > FI_NIFTI_MOST_SIDE || labels->height > FI_NIFTI_MOST_SIDE)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: size: %d x %d, and NIfTI-1 holds %d a side", path, labels->width,
                       labels->height, FI_NIFTI_MOST_SIDE);
    if (options->name_count > FI_MOST_LABELS)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: labels: %zu, the most are %d", path, options->name_count,
                       FI_MOST_LABELS);
    FB_TRY(fb_writer_open(path, options->overwrite, &out.writer));
    const fsam_status status = put_file(&out, labels, options);
    if (status == FSAM_OK) return fb_writer_commit(out.writer);
    fb_writer_abort(out.writer);
    return status;
}
