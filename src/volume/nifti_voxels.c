#include "volume/nifti_internal.h"

#include <math.h>
#include <nifti1_io.h>
#include <stdlib.h>
#include <string.h>

/* Puts a row of values where it belongs: value i at to[i * step]. false ends the reading. */
typedef bool store_row(const double *values, int count, void *volume, ptrdiff_t first, ptrdiff_t step);

static void swap_elements(unsigned char *bytes, int count, int size)
{
    for (int i = 0; i < count; i++, bytes += size)
        for (int a = 0, b = size - 1; a < b; a++, b--) {
            unsigned char kept = bytes[a];
            bytes[a] = bytes[b];
            bytes[b] = kept;
        }
}

#define CONVERT(type)                                                                                                  \
    for (int i = 0; i < count; i++) {                                                                                  \
        type value;                                                                                                    \
        memcpy(&value, bytes + (size_t)i * sizeof value, sizeof value);                                                \
        values[i] = (double)value;                                                                                     \
    }                                                                                                                  \
    break

/* bytes: `count` elements of a NIfTI datatype, in this machine's order. */
static void convert_elements(int datatype, const unsigned char *bytes, int count, double *values)
{
    switch (datatype) {
    case NIFTI_TYPE_UINT8:
        CONVERT(uint8_t);
    case NIFTI_TYPE_INT8:
        CONVERT(int8_t);
    case NIFTI_TYPE_INT16:
        CONVERT(int16_t);
    case NIFTI_TYPE_UINT16:
        CONVERT(uint16_t);
    case NIFTI_TYPE_INT32:
        CONVERT(int32_t);
    case NIFTI_TYPE_UINT32:
        CONVERT(uint32_t);
    case NIFTI_TYPE_INT64:
        CONVERT(int64_t);
    case NIFTI_TYPE_UINT64:
        CONVERT(uint64_t);
    case NIFTI_TYPE_FLOAT32:
        CONVERT(float);
    default: /* NIFTI_TYPE_FLOAT64: the header's check leaves no other */
        CONVERT(double);
    }
}

static fsam_status read_row(fv_nifti *file, unsigned char *bytes, double *values)
{
    int count = file->size[0];
    FB_TRY(fv_source_read(file->voxels, bytes, (size_t)count * (size_t)file->bytes));
    if (file->swapped) swap_elements(bytes, count, file->bytes);
    convert_elements(file->datatype, bytes, count, values);
    if (file->slope != 1 || file->intercept != 0)
        for (int i = 0; i < count; i++) values[i] = values[i] * file->slope + file->intercept;
    return FSAM_OK;
}

static fsam_status read_rows(fv_nifti *file, unsigned char *bytes, double *values, store_row *store, void *volume)
{
    ptrdiff_t first, step[3];
    fv_turn_steps(&file->turn, &file->grid, &first, step);
    for (int z = 0; z < file->size[2]; z++)
        for (int y = 0; y < file->size[1]; y++) {
            FB_TRY(read_row(file, bytes, values));
            if (!store(values, file->size[0], volume, first + z * step[2] + y * step[1], step[0]))
                return fb_fail(FSAM_ERROR_FORMAT, "%s: voxels: a label is no whole number in 0..65535",
                               fv_source_path(file->voxels));
        }
    return FSAM_OK;
}

static fsam_status read_voxels(fv_nifti *file, store_row *store, void *volume)
{
    size_t count = (size_t)file->size[0];
    unsigned char *bytes = malloc(count * (size_t)file->bytes);
    double *values = malloc(count * sizeof *values);
    fsam_status status = bytes == NULL || values == NULL
                             ? fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", fv_source_path(file->voxels))
                             : read_rows(file, bytes, values, store, volume);
    free(bytes);
    free(values);
    return status;
}

static bool store_hu(const double *values, int count, void *volume, ptrdiff_t first, ptrdiff_t step)
{
    int16_t *to = (int16_t *)volume + first;
    for (int i = 0; i < count; i++, to += step) {
        const double value = isnan(values[i]) ? FV_HU_OUTSIDE : values[i];
        *to = (int16_t)lrint(value < INT16_MIN ? INT16_MIN : value > INT16_MAX ? INT16_MAX : value);
    }
    return true;
}

static bool store_ids(const double *values, int count, void *volume, ptrdiff_t first, ptrdiff_t step)
{
    uint16_t *to = (uint16_t *)volume + first;
    for (int i = 0; i < count; i++, to += step) {
        if (!(values[i] >= 0 && values[i] <= UINT16_MAX)) return false;
        *to = (uint16_t)values[i];
        if (*to != values[i]) return false;
    }
    return true;
}

fsam_status fv_nifti_read_hu(fv_nifti *file, int16_t *hu)
{
    return read_voxels(file, store_hu, hu);
}

fsam_status fv_nifti_read_ids(fv_nifti *file, uint16_t *ids)
{
    return read_voxels(file, store_ids, ids);
}

fsam_status fv_nifti_read_ct(const char *path, size_t max_voxels, fv_ct *ct)
{
    fv_nifti *file;
    *ct = (fv_ct){0};
    FB_TRY(fv_nifti_open(path, max_voxels, &file));
    fsam_status status = fv_ct_make(&file->grid, path, ct);
    if (status == FSAM_OK) status = fv_nifti_read_hu(file, ct->hu);
    if (status != FSAM_OK) fv_ct_free(ct);
    fv_nifti_close(file);
    return status;
}
