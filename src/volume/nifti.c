#include "volume/nifti_internal.h"

#include <math.h>
#include <nifti1_io.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of header extensions that are read; TotalSegmentator's takes 13 kB. */
enum { MOST_EXTENSIONS = 16 << 20 };

_Static_assert(sizeof(nifti_1_header) == FV_NIFTI_HEADER, "the header is read into nifticlib's structure");

/* ---- the header's fields ---- */

static fsam_status bad(const char *path, const char *field, const char *reason)
{
    return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: %s", path, field, reason);
}

/* Brings the header into this machine's byte order. */
static fsam_status check_kind(nifti_1_header *header, const char *path, fv_nifti *file, bool *pair)
{
    const unsigned char *length = (const unsigned char *)header;
    if (memcmp(length, "\x1c\x02\0\0", 4) == 0 || memcmp(length, "\0\0\x02\x1c", 4) == 0) /* 540 */
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: sizeof_hdr: NIfTI-2 is not read, only NIfTI-1", path);
    if (header->sizeof_hdr != FV_NIFTI_HEADER) {
        swap_nifti_header(header, 1);
        file->swapped = true;
    }
    if (header->sizeof_hdr != FV_NIFTI_HEADER) return bad(path, "sizeof_hdr", "not a NIfTI file");
    *pair = memcmp(header->magic, "ni1", 4) == 0;
    if (!*pair && memcmp(header->magic, "n+1", 4) != 0)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: magic: not NIfTI-1 (an ANALYZE file does not say left from right)",
                       path);
    return FSAM_OK;
}

static fsam_status check_dimensions(const nifti_1_header *header, const char *path, fv_nifti *file)
{
    int count = header->dim[0];
    if (count < 1 || count > 7) return bad(path, "dim[0]", "not in 1..7");
    for (int i = 1; i <= count; i++)
        if (header->dim[i] < 1) return fb_fail(FSAM_ERROR_FORMAT, "%s: dim[%d]: less than 1", path, i);
    for (int i = 4; i <= count; i++)
        if (header->dim[i] > 1)
            return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: dim[%d]: %d volumes in one file; only one is read", path, i,
                           header->dim[i]);
    for (int i = 0; i < 3; i++) file->size[i] = i < count ? header->dim[i + 1] : 1;
    return FSAM_OK;
}

static fsam_status check_type(const nifti_1_header *header, const char *path, fv_nifti *file)
{
    static const int types[] = {NIFTI_TYPE_UINT8,   NIFTI_TYPE_INT8,   NIFTI_TYPE_INT16, NIFTI_TYPE_UINT16,
                                NIFTI_TYPE_INT32,   NIFTI_TYPE_UINT32, NIFTI_TYPE_INT64, NIFTI_TYPE_UINT64,
                                NIFTI_TYPE_FLOAT32, NIFTI_TYPE_FLOAT64};
    int swap_bytes;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (header->datatype == types[i]) file->datatype = types[i];
    if (file->datatype == 0)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: datatype: %d is no integer or real number of at most 64 bits", path,
                       header->datatype);
    nifti_datatype_sizes(file->datatype, &file->bytes, &swap_bytes);
    if (header->bitpix != 8 * file->bytes) return bad(path, "bitpix", "does not fit the datatype");
    return FSAM_OK;
}

/* A slope of 0 means by the standard that values are not scaled; writers also leave NaN there. */
static fsam_status check_scaling(const nifti_1_header *header, const char *path, fv_nifti *file)
{
    file->slope = 1;
    if (header->scl_slope == 0 || isnan(header->scl_slope)) return FSAM_OK;
    if (!isfinite(header->scl_slope)) return bad(path, "scl_slope", "not finite");
    if (!isfinite(header->scl_inter)) return bad(path, "scl_inter", "not finite");
    file->slope = header->scl_slope;
    file->intercept = header->scl_inter;
    return FSAM_OK;
}

static double unit_mm(const nifti_1_header *header)
{
    switch (XYZT_TO_SPACE(header->xyzt_units)) {
    case NIFTI_UNITS_METER:
        return 1000;
    case NIFTI_UNITS_MICRON:
        return 0.001;
    default: /* also when it is not said */
        return 1;
    }
}

static fv_affine map_of_sform(const nifti_1_header *header)
{
    const float *rows[3] = {header->srow_x, header->srow_y, header->srow_z};
    fv_affine map;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++) map.m[i][j] = rows[i][j];
    return map;
}

static fv_affine map_of_qform(const nifti_1_header *header)
{
    const float *size = header->pixdim;
    mat44 matrix =
        nifti_quatern_to_mat44(header->quatern_b, header->quatern_c, header->quatern_d, header->qoffset_x,
                               header->qoffset_y, header->qoffset_z, size[1], size[2], size[3], size[0] < 0 ? -1 : 1);
    fv_affine map;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++) map.m[i][j] = matrix.m[i][j];
    return map;
}

/* nifticlib would turn a spacing that is 0, negative or no number into 1. */
static fsam_status check_qform(const nifti_1_header *header, const char *path)
{
    static const char *const names[] = {"pixdim[1]", "pixdim[2]", "pixdim[3]"};
    for (int i = 0; i < 3; i++)
        if (!(header->pixdim[i + 1] > 0) || !isfinite(header->pixdim[i + 1]))
            return bad(path, names[i], "not positive and finite");
    if (!(fabsf(header->quatern_b) <= 1.01f && fabsf(header->quatern_c) <= 1.01f && fabsf(header->quatern_d) <= 1.01f))
        return bad(path, "quatern_b, quatern_c, quatern_d", "no rotation");
    return FSAM_OK;
}

static fsam_status find_map(const nifti_1_header *header, const char *path, fv_affine *map)
{
    fv_affine inverse;
    const char *field = "srow_x, srow_y, srow_z";
    if (header->sform_code > 0) {
        *map = map_of_sform(header);
    } else if (header->qform_code > 0) {
        FB_TRY(check_qform(header, path));
        *map = map_of_qform(header);
        field = "qoffset_x, qoffset_y, qoffset_z";
    } else {
        return fb_fail(FSAM_ERROR_UNSUPPORTED,
                       "%s: qform_code, sform_code: both 0, so that the patient's left and right are not known", path);
    }
    double unit = unit_mm(header);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++) map->m[i][j] *= i < 2 ? -unit : unit; /* RAS to LPS */
    if (!fv_affine_invert(map, &inverse)) return bad(path, field, "not finite, or singular");
    return FSAM_OK;
}

static fsam_status check_header(nifti_1_header *header, const char *path, size_t max_voxels, fv_nifti *file)
{
    fv_grid grid;
    FB_TRY(check_dimensions(header, path, file));
    FB_TRY(check_type(header, path, file));
    FB_TRY(check_scaling(header, path, file));
    memcpy(grid.size, file->size, sizeof grid.size);
    FB_TRY(find_map(header, path, &grid.world_from_voxel));
    FB_TRY(fv_grid_check(&grid, path, max_voxels));
    file->turn = fv_grid_turn(&grid, &file->grid);
    return FSAM_OK;
}

/* ---- what lies between header and voxels ---- */

static int32_t extension_number(const fv_nifti *file, const unsigned char *bytes)
{
    uint32_t number;
    memcpy(&number, bytes, sizeof number);
    return (int32_t)(file->swapped ? __builtin_bswap32(number) : number);
}

/* Keeps the first extension that has a table of labels. One that is malformed ends the search: voxels do not need it.
 */
static fsam_status keep_label_table(fv_nifti *file, const unsigned char *bytes, size_t size, const char *path)
{
    static const char mark[] = "<LabelTable";
    while (size >= 8) {
        int32_t length = extension_number(file, bytes);
        if (length < 8 || (size_t)length > size) return FSAM_OK;
        size_t text = (size_t)length - 8;
        if (memmem(bytes + 8, text, mark, sizeof mark - 1) != NULL) {
            file->label_table = strndup((const char *)bytes + 8, text);
            return file->label_table != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
        }
        bytes += length;
        size -= (size_t)length;
    }
    return FSAM_OK;
}

/* `size` bytes of extensions come next in the source. */
static fsam_status read_extensions(fv_nifti *file, fv_source *source, size_t size)
{
    const char *path = fv_source_path(source);
    if (size > MOST_EXTENSIONS)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: vox_offset: more than %d bytes before the voxels", path,
                       MOST_EXTENSIONS);
    if (size > fv_source_most(source)) return bad(path, "vox_offset", "beyond the end of the file");
    unsigned char *bytes = malloc(size + 1);
    if (bytes == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    fsam_status status = fv_source_read(source, bytes, size);
    if (status == FSAM_OK) status = keep_label_table(file, bytes, size, path);
    free(bytes);
    return status;
}

/* Goes on from the header of a single file to its voxels. */
static fsam_status go_to_voxels(fv_nifti *file, double vox_offset)
{
    unsigned char extender[4];
    const char *path = fv_source_path(file->voxels);
    if (vox_offset == 0) vox_offset = FV_NIFTI_START; /* written so by some, and cannot mean anything else */
    if (!(vox_offset >= FV_NIFTI_START) || vox_offset > 1e9 || vox_offset != floor(vox_offset))
        return bad(path, "vox_offset", "no whole number from 352 on");
    size_t between = (size_t)vox_offset - FV_NIFTI_START;
    FB_TRY(fv_source_read(file->voxels, extender, sizeof extender));
    return extender[0] != 0 ? read_extensions(file, file->voxels, between) : fv_source_skip(file->voxels, between);
}

/* ---- pairs ---- */

static bool ends_in(const char *path, const char *end)
{
    size_t length = strlen(path), end_length = strlen(end);
    return length >= end_length && strcmp(path + length - end_length, end) == 0;
}

/* `path` with its end replaced, NULL when memory is exhausted. Owned. */
static char *with_end(const char *path, const char *end, const char *new_end)
{
    char *result;
    int kept = (int)(strlen(path) - strlen(end));
    return asprintf(&result, "%.*s%s", kept, path, new_end) < 0 ? NULL : result;
}

/* The pair's other file: X.img for X.hdr, and the reverse; compressed or not, whichever there is. */
static fsam_status open_other(const char *path, const char *own, const char *other, fv_source **source)
{
    char ends[2][8];
    for (int gz = 0; gz < 2; gz++) {
        snprintf(ends[0], sizeof ends[0], "%s%s", own, gz != 0 ? ".gz" : "");
        if (!ends_in(path, ends[0])) continue;
        for (int k = 0; k < 2; k++) {
            snprintf(ends[1], sizeof ends[1], "%s%s", other, k != 0 ? ".gz" : "");
            char *name = with_end(path, ends[0], ends[1]);
            if (name == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
            fsam_status status = fv_source_open(name, source);
            free(name);
            if (status == FSAM_OK) return FSAM_OK;
        }
        return FSAM_ERROR_IO; /* and the message of the last attempt */
    }
    return fb_fail(FSAM_ERROR_FORMAT, "%s: magic: one file of a pair, but its name does not end in \"%s\"", path, own);
}

/* ---- opening ---- */

/* Reads the header at the beginning of `source`, which it takes over when it holds the voxels too. */
static fsam_status read_header(fv_source **source, bool may_pair, size_t max_voxels, fv_nifti *file)
{
    nifti_1_header header;
    bool pair;
    const char *path = fv_source_path(*source);
    FB_TRY(fv_source_read(*source, &header, sizeof header));
    FB_TRY(check_kind(&header, path, file, &pair));
    FB_TRY(check_header(&header, path, max_voxels, file));
    if (!pair) {
        file->voxels = *source;
        *source = NULL;
        return go_to_voxels(file, header.vox_offset);
    }
    if (!may_pair) return bad(path, "magic", "one file of a pair");
    FB_TRY(open_other(path, ".hdr", ".img", &file->voxels));
    if (!(header.vox_offset >= 0 && header.vox_offset <= 1e9f)) return bad(path, "vox_offset", "not in 0..1e9");
    return fv_source_skip(file->voxels, (size_t)header.vox_offset);
}

/* Before anything is allocated for them: the file must be able to hold the voxels. */
static fsam_status check_length(const fv_nifti *file)
{
    if (fv_grid_voxels(&file->grid) > fv_source_most(file->voxels) / (size_t)file->bytes)
        return bad(fv_source_path(file->voxels), "dim", "more voxels than the file can hold");
    return FSAM_OK;
}

/* Takes over the source. */
static fsam_status open_source(fv_source *source, bool may_pair, size_t max_voxels, fv_nifti **result)
{
    fv_nifti *file = calloc(1, sizeof *file);
    fsam_status status = file == NULL ? fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", fv_source_path(source))
                                      : read_header(&source, may_pair, max_voxels, file);
    fv_source_close(source);
    if (status == FSAM_OK) status = check_length(file);
    if (status == FSAM_OK)
        *result = file;
    else
        fv_nifti_close(file);
    return status;
}

fsam_status fv_nifti_open(const char *path, size_t max_voxels, fv_nifti **file)
{
    fv_source *source;
    *file = NULL;
    if (ends_in(path, ".img") || ends_in(path, ".img.gz"))
        FB_TRY(open_other(path, ".img", ".hdr", &source));
    else
        FB_TRY(fv_source_open(path, &source));
    return open_source(source, true, max_voxels, file);
}

fsam_status fv_nifti_open_memory(const void *data, size_t size, const char *where, size_t max_voxels, fv_nifti **file)
{
    fv_source *source;
    *file = NULL;
    FB_TRY(fv_source_open_memory(data, size, where, &source));
    return open_source(source, false, max_voxels, file);
}

void fv_nifti_close(fv_nifti *file)
{
    if (file == NULL) return;
    fv_source_close(file->voxels);
    free(file->label_table);
    free(file);
}

const fv_grid *fv_nifti_grid(const fv_nifti *file)
{
    return &file->grid;
}

const char *fv_nifti_label_table(const fv_nifti *file)
{
    return file->label_table;
}
