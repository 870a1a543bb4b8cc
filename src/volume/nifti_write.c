#include "volume/nifti_internal.h"

#include <math.h>
#include <nifti1_io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the header ---- */

static void set_sform(nifti_1_header *header, const fv_affine *ras)
{
    float *rows[3] = {header->srow_x, header->srow_y, header->srow_z};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++) rows[i][j] = (float)ras->m[i][j];
    header->sform_code = NIFTI_XFORM_SCANNER_ANAT;
}

/* A rotation cannot express axes that are not at right angles; the qform is then left out. */
static void set_qform(nifti_1_header *header, const fv_affine *ras)
{
    mat44 matrix = {{{0}}};
    float *d = header->pixdim, tolerance = 0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++) matrix.m[i][j] = (float)ras->m[i][j];
    matrix.m[3][3] = 1;
    nifti_mat44_to_quatern(matrix, &header->quatern_b, &header->quatern_c, &header->quatern_d, &header->qoffset_x,
                           &header->qoffset_y, &header->qoffset_z, &d[1], &d[2], &d[3], &d[0]);
    mat44 back = nifti_quatern_to_mat44(header->quatern_b, header->quatern_c, header->quatern_d, header->qoffset_x,
                                        header->qoffset_y, header->qoffset_z, d[1], d[2], d[3], d[0]);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) tolerance = fmaxf(tolerance, fabsf(back.m[i][j] - matrix.m[i][j]) / d[j + 1]);
    header->qform_code = tolerance < 1e-4f ? NIFTI_XFORM_SCANNER_ANAT : NIFTI_XFORM_UNKNOWN;
}

static nifti_1_header header_of(const fv_grid *grid, int datatype, int bits, size_t extension)
{
    nifti_1_header header = {.sizeof_hdr = FV_NIFTI_HEADER, .regular = 'r', .dim = {3, 1, 1, 1, 1, 1, 1, 1}};
    fv_affine ras = grid->world_from_voxel;
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 4; j++) ras.m[i][j] = -ras.m[i][j];
    for (int i = 0; i < 3; i++) header.dim[i + 1] = (short)grid->size[i];
    header.datatype = (short)datatype;
    header.bitpix = (short)bits;
    header.vox_offset = (float)(FV_NIFTI_START + extension);
    header.scl_slope = 1;
    header.xyzt_units = NIFTI_UNITS_MM;
    for (int i = 0; i < 8; i++) header.pixdim[i] = 1;
    set_qform(&header, &ras);
    set_sform(&header, &ras);
    memcpy(header.magic, "n+1", 4);
    return header;
}

/* ---- the table of labels ---- */

/* Text between "<![CDATA[" and "]]>"; where it holds the end mark itself, it is taken apart. */
static void print_cdata(FILE *out, const char *text)
{
    fputs("<![CDATA[", out);
    for (; *text != '\0'; text++) {
        if (strncmp(text, "]]>", 3) == 0) {
            fputs("]]]]><![CDATA[", out);
            text++;
        } else {
            fputc(*text, out);
        }
    }
    fputs("]]>", out);
}

/* An extension with its length and code, a multiple of 16 bytes long. Owned; NULL when memory is exhausted. */
static char *label_extension(const fv_labels *labels, size_t *size)
{
    char *bytes = NULL;
    FILE *out = open_memstream(&bytes, size);
    if (out == NULL) return NULL;
    fwrite("\0\0\0\0\0\0\0\0", 1, 8, out);
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?><CaretExtension><VolumeInformation Index=\"0\"><LabelTable>\n",
          out);
    for (int k = 1; k <= labels->count; k++) {
        fprintf(out, "<Label Key=\"%d\">", k);
        print_cdata(out, labels->structure[k - 1].name);
        fputs("</Label>\n", out);
    }
    fputs("</LabelTable></VolumeInformation></CaretExtension>\n", out);
    while (ftell(out) % 16 != 0) fputc(' ', out);
    bool good = ferror(out) == 0;
    if (fclose(out) != 0 || !good) {
        free(bytes);
        return NULL;
    }
    memcpy(bytes, (int32_t[]){(int32_t)*size, NIFTI_ECODE_CARET}, 8);
    return bytes;
}

/* ---- files ---- */

static fsam_status write_head(fv_sink *sink, const nifti_1_header *header, const char *extension, size_t size)
{
    FB_TRY(fv_sink_write(sink, header, sizeof *header));
    FB_TRY(fv_sink_write(sink, extension != NULL ? "\1\0\0\0" : "\0\0\0\0", 4));
    return fv_sink_write(sink, extension, size);
}

static fsam_status finish(fv_sink *sink, fsam_status status)
{
    if (status == FSAM_OK) return fv_sink_commit(sink);
    fv_sink_abort(sink);
    return status;
}

fsam_status fv_nifti_write_ct(const fv_ct *ct, const char *path, bool overwrite)
{
    fv_sink *sink;
    nifti_1_header header = header_of(&ct->grid, NIFTI_TYPE_INT16, 16, 0);
    FB_TRY(fv_sink_open(path, overwrite, &sink));
    fsam_status status = write_head(sink, &header, NULL, 0);
    if (status == FSAM_OK) status = fv_sink_write(sink, ct->hu, fv_grid_voxels(&ct->grid) * sizeof *ct->hu);
    return finish(sink, status);
}

/* Labels of at most 255 structures, a byte each. */
static fsam_status write_bytes(fv_sink *sink, const uint16_t *label, size_t count)
{
    uint8_t bytes[4096];
    for (size_t done = 0; done < count;) {
        size_t part = count - done < sizeof bytes ? count - done : sizeof bytes;
        for (size_t i = 0; i < part; i++) bytes[i] = (uint8_t)label[done + i];
        FB_TRY(fv_sink_write(sink, bytes, part));
        done += part;
    }
    return FSAM_OK;
}

static fsam_status write_labels(const fv_labels *labels, fv_sink *sink, const char *extension, size_t size)
{
    bool narrow = labels->count <= UINT8_MAX;
    size_t count = fv_grid_voxels(&labels->grid);
    nifti_1_header header =
        header_of(&labels->grid, narrow ? NIFTI_TYPE_UINT8 : NIFTI_TYPE_UINT16, narrow ? 8 : 16, size);
    FB_TRY(write_head(sink, &header, extension, size));
    if (narrow) return write_bytes(sink, labels->label, count);
    return fv_sink_write(sink, labels->label, count * sizeof *labels->label);
}

fsam_status fv_nifti_write_labels(const fv_labels *labels, const char *path, bool overwrite)
{
    fv_sink *sink;
    size_t size;
    FB_TRY(fv_sink_open(path, overwrite, &sink));
    char *extension = label_extension(labels, &size);
    fsam_status status = extension == NULL ? fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path)
                                           : write_labels(labels, sink, extension, size);
    free(extension);
    return finish(sink, status);
}
