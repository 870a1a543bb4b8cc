/* NIfTI: every field of the header that is used, its bad values, files cut short, and what is written. */
#include "support.h"

#include "volume/nifti.h"
#include <nifti1_io.h>

enum { NX = 3, NY = 4, NZ = 5, VOXELS = NX * NY * NZ, ROOM = 4096 };

/* A file in memory; fields of the header are changed before it is put together. */
typedef struct sample {
    nifti_1_header header;
    unsigned char voxels[VOXELS * 8];
    size_t voxel_bytes;
} sample;

/* int16 voxels 100, 101, ... on a grid of RAS spacing 1, 2, 3 mm from (-10, -20, -30). */
static sample make_sample(void)
{
    sample s = {.header = {.sizeof_hdr = 348,
                           .dim = {3, NX, NY, NZ, 1, 1, 1, 1},
                           .datatype = NIFTI_TYPE_INT16,
                           .bitpix = 16,
                           .pixdim = {1, 1, 2, 3, 1, 1, 1, 1},
                           .vox_offset = 352,
                           .xyzt_units = NIFTI_UNITS_MM,
                           .sform_code = 1,
                           .srow_x = {1, 0, 0, -10},
                           .srow_y = {0, 2, 0, -20},
                           .srow_z = {0, 0, 3, -30},
                           .magic = "n+1"},
                .voxel_bytes = VOXELS * 2};
    for (int i = 0; i < VOXELS; i++) memcpy(s.voxels + i * 2, &(int16_t){(int16_t)(100 + i)}, 2);
    return s;
}

static size_t put_together(const sample *s, unsigned char *bytes)
{
    memset(bytes, 0, ROOM);
    memcpy(bytes, &s->header, 348);
    memcpy(bytes + 352, s->voxels, s->voxel_bytes);
    return 352 + s->voxel_bytes;
}

/* Reads a copy of exactly its size, so that a sanitizer sees any read past the end. */
static fsam_status read_copy(const unsigned char *bytes, size_t size, fv_grid *grid, int16_t *hu)
{
    unsigned char *copy = malloc(size + 1);
    fv_nifti *file;
    assert_non_null(copy);
    memcpy(copy + 1, bytes, size);
    fsam_status status = fv_nifti_open_memory(copy + 1, size, "t", 1000, &file);
    if (status == FSAM_OK) {
        *grid = *fv_nifti_grid(file);
        assert_true(fv_grid_voxels(grid) <= VOXELS);
        status = fv_nifti_read_hu(file, hu);
    } else {
        assert_null(file);
    }
    fv_nifti_close(file);
    free(copy);
    return status;
}

static fsam_status read_sample(const sample *s, fv_grid *grid, int16_t *hu)
{
    unsigned char bytes[ROOM];
    size_t size = put_together(s, bytes);
    return read_copy(bytes, size, grid, hu);
}

/* RAS voxels run to the right and front: both axes are turned. */
static void test_plain(void **state)
{
    sample s = make_sample();
    fv_grid grid;
    int16_t hu[VOXELS];
    (void)state;
    expect_ok(read_sample(&s, &grid, hu));
    assert_int_equal(grid.size[0], NX);
    assert_int_equal(hu[0], 100 + NX * NY - 1);
    assert_int_equal(hu[voxel_near(&grid, 10, 20, -30)], 100);      /* RAS (-10, -20, -30) */
    assert_int_equal(hu[voxel_near(&grid, 9, 20, -30)], 101);       /* RAS (-9, ...) */
    assert_int_equal(hu[voxel_near(&grid, 10, 18, -30)], 100 + NX); /* RAS (.., -18, ..) */
    assert_int_equal(hu[voxel_near(&grid, 10, 20, -27)], 100 + NX * NY);
    expect_near(grid.world_from_voxel.m[0][3], 8, 0, "x of the first voxel");
}

static void set_element(sample *s, int i, int type, double value)
{
    union {
        uint8_t u8;
        int8_t i8;
        int16_t i16;
        uint16_t u16;
        int32_t i32;
        uint32_t u32;
        int64_t i64;
        uint64_t u64;
        float f32;
        double f64;
    } e;
    static const struct {
        int type, bytes;
    } sizes[] = {{NIFTI_TYPE_UINT8, 1},   {NIFTI_TYPE_INT8, 1},   {NIFTI_TYPE_INT16, 2}, {NIFTI_TYPE_UINT16, 2},
                 {NIFTI_TYPE_INT32, 4},   {NIFTI_TYPE_UINT32, 4}, {NIFTI_TYPE_INT64, 8}, {NIFTI_TYPE_UINT64, 8},
                 {NIFTI_TYPE_FLOAT32, 4}, {NIFTI_TYPE_FLOAT64, 8}};
    if (type == NIFTI_TYPE_UINT8) e.u8 = (uint8_t)value;
    if (type == NIFTI_TYPE_INT8) e.i8 = (int8_t)value;
    if (type == NIFTI_TYPE_INT16) e.i16 = (int16_t)value;
    if (type == NIFTI_TYPE_UINT16) e.u16 = (uint16_t)value;
    if (type == NIFTI_TYPE_INT32) e.i32 = (int32_t)value;
    if (type == NIFTI_TYPE_UINT32) e.u32 = (uint32_t)value;
    if (type == NIFTI_TYPE_INT64) e.i64 = (int64_t)value;
    if (type == NIFTI_TYPE_UINT64) e.u64 = (uint64_t)value;
    if (type == NIFTI_TYPE_FLOAT32) e.f32 = (float)value;
    if (type == NIFTI_TYPE_FLOAT64) e.f64 = value;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        if (sizes[k].type != type) continue;
        memcpy(s->voxels + i * sizes[k].bytes, &e, (size_t)sizes[k].bytes);
        s->voxel_bytes = (size_t)(VOXELS * sizes[k].bytes);
        s->header.datatype = (short)type;
        s->header.bitpix = (short)(8 * sizes[k].bytes);
    }
}

static void reverse(unsigned char *bytes, size_t size)
{
    for (size_t a = 0; a < size / 2; a++) {
        unsigned char kept = bytes[a];
        bytes[a] = bytes[size - 1 - a];
        bytes[size - 1 - a] = kept;
    }
}

static void test_types(void **state)
{
    static const int types[] = {NIFTI_TYPE_UINT8,   NIFTI_TYPE_INT8,   NIFTI_TYPE_INT16, NIFTI_TYPE_UINT16,
                                NIFTI_TYPE_INT32,   NIFTI_TYPE_UINT32, NIFTI_TYPE_INT64, NIFTI_TYPE_UINT64,
                                NIFTI_TYPE_FLOAT32, NIFTI_TYPE_FLOAT64};
    (void)state;
    for (size_t k = 0; k < sizeof types / sizeof *types; k++)
        for (int swapped = 0; swapped < 2; swapped++) {
            sample s = make_sample();
            fv_grid grid;
            int16_t hu[VOXELS];
            for (int i = 0; i < VOXELS; i++) set_element(&s, i, types[k], i);
            size_t bytes = s.voxel_bytes / VOXELS;
            if (swapped != 0) {
                swap_nifti_header(&s.header, 1);
                for (int i = 0; i < VOXELS; i++) reverse(s.voxels + (size_t)i * bytes, bytes);
            }
            s.header.scl_slope = 0; /* not scaled */
            expect_ok(read_sample(&s, &grid, hu));
            for (int i = 0; i < VOXELS; i++)
                assert_int_equal(hu[voxel_near(&grid, 10 - i % NX, 20 - 2 * (i / NX % NY), 3 * (i / NX / NY) - 30)], i);
        }
}

static void test_scaling(void **state)
{
    sample s = make_sample();
    fv_grid grid;
    int16_t hu[VOXELS];
    (void)state;
    s.header.scl_slope = 2;
    s.header.scl_inter = -1024;
    expect_ok(read_sample(&s, &grid, hu));
    assert_int_equal(hu[voxel_near(&grid, 10, 20, -30)], -824);
    s.header.scl_slope = NAN;
    s.header.scl_inter = NAN;
    expect_ok(read_sample(&s, &grid, hu));
    assert_int_equal(hu[voxel_near(&grid, 10, 20, -30)], 100);
    static const double values[] = {(double)NAN, 1e9, -1e9, 0.4, 0.6, -0.6, (double)INFINITY};
    static const int expected[] = {FV_HU_OUTSIDE, 32767, -32768, 0, 1, -1, 32767};
    s.header.scl_slope = 1;
    s.header.scl_inter = 0;
    for (int i = 0; i < VOXELS; i++) set_element(&s, i, NIFTI_TYPE_FLOAT64, values[i % 7]);
    expect_ok(read_sample(&s, &grid, hu));
    for (int i = 0; i < 7; i++)
        assert_int_equal(hu[voxel_near(&grid, 10 - i % NX, 20 - 2 * (i / NX), -30)], expected[i]);
}

/* A quarter turn about z by quaternion, and left-handed (qfac -1): the third axis then runs to the feet. */
static void test_qform(void **state)
{
    sample s = make_sample();
    fv_grid grid;
    int16_t hu[VOXELS];
    (void)state;
    s.header.sform_code = 0;
    s.header.qform_code = 1;
    s.header.quatern_d = 0.70710678f;
    s.header.qoffset_x = 5;
    s.header.qoffset_y = 6;
    s.header.qoffset_z = 7;
    s.header.pixdim[0] = -1;
    expect_ok(read_sample(&s, &grid, hu));
    assert_true(grid.size[0] == NY && grid.size[1] == NX && grid.size[2] == NZ);
    /* RAS: i runs along +y by 1, j along -x by 2, k along -z by 3 */
    assert_int_equal(hu[voxel_near(&grid, -5, -6, 7)], 100);
    assert_int_equal(hu[voxel_near(&grid, -5, -7, 7)], 101);
    assert_int_equal(hu[voxel_near(&grid, -3, -6, 7)], 100 + NX);
    assert_int_equal(hu[voxel_near(&grid, -5, -6, 4)], 100 + NX * NY);
    s.header.xyzt_units = NIFTI_UNITS_METER;
    expect_ok(read_sample(&s, &grid, hu));
    assert_int_equal(hu[voxel_near(&grid, -5000, -7000, 7000)], 101);
}

typedef void change(nifti_1_header *header);
#define CHANGE(name, statement)                                                                                        \
    static void name(nifti_1_header *header)                                                                           \
    {                                                                                                                  \
        statement;                                                                                                     \
    }
CHANGE(long_header, header->sizeof_hdr = 349)
CHANGE(nifti_2, header->sizeof_hdr = 540)
CHANGE(no_magic, memset(header->magic, 0, 4))
CHANGE(half_pair, memcpy(header->magic, "ni1", 4))
CHANGE(no_dimensions, header->dim[0] = 0)
CHANGE(many_dimensions, header->dim[0] = 8)
CHANGE(negative, header->dim[2] = -4)
CHANGE(four, (header->dim[0] = 4, header->dim[4] = 2))
CHANGE(huge, header->dim[1] = header->dim[2] = header->dim[3] = 32767)
CHANGE(too_many, header->dim[1] = header->dim[2] = header->dim[3] = 10)
CHANGE(complex_type, header->datatype = NIFTI_TYPE_COMPLEX64)
CHANGE(long_type, header->datatype = NIFTI_TYPE_FLOAT128)
CHANGE(wrong_bits, header->bitpix = 8)
CHANGE(infinite_slope, header->scl_slope = INFINITY)
CHANGE(infinite_intercept, (header->scl_slope = 1, header->scl_inter = INFINITY))
CHANGE(no_orientation, header->sform_code = 0)
CHANGE(nan_affine, header->srow_y[3] = NAN)
CHANGE(singular, header->srow_z[2] = 0)
CHANGE(zero_spacing, (header->sform_code = 0, header->qform_code = 1, header->pixdim[2] = 0))
CHANGE(no_rotation, (header->sform_code = 0, header->qform_code = 1, header->quatern_b = NAN))
CHANGE(nan_offset, (header->sform_code = 0, header->qform_code = 1, header->qoffset_x = NAN))
CHANGE(early_voxels, header->vox_offset = 348)
CHANGE(odd_voxels, header->vox_offset = 352.5)
CHANGE(far_voxels, header->vox_offset = 1e9f)
CHANGE(nan_voxels, header->vox_offset = NAN)

static void test_malformed(void **state)
{
    static const struct {
        change *change;
        fsam_status status;
        const char *field, *reason;
    } cases[] = {
        {long_header, FSAM_ERROR_FORMAT, "t: sizeof_hdr: ", "not a NIfTI file"},
        {nifti_2, FSAM_ERROR_UNSUPPORTED, "t: sizeof_hdr: ", "NIfTI-2"},
        {no_magic, FSAM_ERROR_UNSUPPORTED, "t: magic: ", "ANALYZE"},
        {half_pair, FSAM_ERROR_FORMAT, "t: magic: ", "pair"},
        {no_dimensions, FSAM_ERROR_FORMAT, "t: dim[0]: ", "1..7"},
        {many_dimensions, FSAM_ERROR_FORMAT, "t: dim[0]: ", "1..7"},
        {negative, FSAM_ERROR_FORMAT, "t: dim[2]: ", "less than 1"},
        {four, FSAM_ERROR_UNSUPPORTED, "t: dim[4]: ", "2 volumes"},
        {huge, FSAM_ERROR_MEMORY, "t: size: ", "more than 1000 voxels"},
        {too_many, FSAM_ERROR_FORMAT, "t: dim: ", "more voxels than the file can hold"},
        {complex_type, FSAM_ERROR_UNSUPPORTED, "t: datatype: ", "32"},
        {long_type, FSAM_ERROR_UNSUPPORTED, "t: datatype: ", "1536"},
        {wrong_bits, FSAM_ERROR_FORMAT, "t: bitpix: ", "datatype"},
        {infinite_slope, FSAM_ERROR_FORMAT, "t: scl_slope: ", "finite"},
        {infinite_intercept, FSAM_ERROR_FORMAT, "t: scl_inter: ", "finite"},
        {no_orientation, FSAM_ERROR_UNSUPPORTED, "t: qform_code, sform_code: ", "left and right"},
        {nan_affine, FSAM_ERROR_FORMAT, "t: srow_x, srow_y, srow_z: ", "not finite"},
        {singular, FSAM_ERROR_FORMAT, "t: srow_x, srow_y, srow_z: ", "singular"},
        {zero_spacing, FSAM_ERROR_FORMAT, "t: pixdim[2]: ", "positive"},
        {no_rotation, FSAM_ERROR_FORMAT, "t: quatern_b", "rotation"},
        {nan_offset, FSAM_ERROR_FORMAT, "t: qoffset_x", "not finite"},
        {early_voxels, FSAM_ERROR_FORMAT, "t: vox_offset: ", "352"},
        {odd_voxels, FSAM_ERROR_FORMAT, "t: vox_offset: ", "352"},
        {far_voxels, FSAM_ERROR_FORMAT, "t: ", "ends early"},
        {nan_voxels, FSAM_ERROR_FORMAT, "t: vox_offset: ", "352"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sample s = make_sample();
        fv_grid grid;
        int16_t hu[VOXELS];
        cases[i].change(&s.header);
        fsam_status status = read_sample(&s, &grid, hu);
        expect_message(cases[i].field, cases[i].reason);
        assert_int_equal(status, cases[i].status);
    }
}

/* Cut after every byte, plain and compressed. */
static void test_cut(void **state)
{
    sample s = make_sample();
    unsigned char bytes[ROOM];
    fv_grid grid;
    int16_t hu[VOXELS];
    (void)state;
    size_t size = put_together(&s, bytes);
    for (size_t cut = 0; cut < size; cut++) {
        assert_int_equal(read_copy(bytes, cut, &grid, hu), FSAM_ERROR_FORMAT);
        expect_message("t: ", "");
    }
    expect_ok(read_copy(bytes, size, &grid, hu));
    fv_ct ct = {.grid = grid, .hu = hu};
    expect_ok(fv_nifti_write_ct(&ct, in_folder("cut.nii.gz"), true));
    FILE *file = fopen(in_folder("cut.nii.gz"), "rb");
    assert_non_null(file);
    size = fread(bytes, 1, ROOM, file);
    fclose(file);
    expect_ok(read_copy(bytes, size, &grid, hu));
    for (size_t cut = 0; cut + 9 < size; cut++) /* without gzip's checksum nothing is amiss */
        assert_int_equal(read_copy(bytes, cut, &grid, hu), FSAM_ERROR_FORMAT);
    for (size_t at = 12; at < size; at += 7) { /* damage: refused or read, nothing else */
        bytes[at] ^= 0x55;
        (void)read_copy(bytes, size, &grid, hu);
        bytes[at] ^= 0x55;
    }
}

static void test_write_ct(void **state)
{
    static const char *const names[] = {"ct.nii", "ct.nii.gz"};
    fv_grid grid = fv_grid_upright((int[]){NX, NY, NZ}, (double[]){0.5, 0.75, 2}, (double[]){-3, 4, 50});
    fv_ct ct, back;
    (void)state;
    grid.world_from_voxel.m[2][1] = 0.125; /* a little oblique */
    expect_ok(fv_ct_make(&grid, "ct", &ct));
    for (int i = 0; i < VOXELS; i++) ct.hu[i] = (int16_t)(13 * i - 1000);
    for (int k = 0; k < 2; k++) {
        expect_ok(fv_nifti_write_ct(&ct, in_folder(names[k]), false));
        assert_int_equal(fv_nifti_write_ct(&ct, in_folder(names[k]), false), FSAM_ERROR_ARGUMENT);
        expect_ok(fv_nifti_read_ct(in_folder(names[k]), 0, &back));
        assert_true(fv_grid_same(&grid, &back.grid));
        assert_memory_equal(ct.hu, back.hu, VOXELS * sizeof *ct.hu);
        fv_ct_free(&back);
    }
    fv_ct_free(&ct);
}

/* nifticlib reads what is written as we do: both transforms, and the voxels. */
static void test_independent_reader(void **state)
{
    fv_grid grid = fv_grid_upright((int[]){NX, NY, NZ}, (double[]){0.5, 0.75, 2}, (double[]){-3, 4, 50});
    fv_ct ct;
    (void)state;
    expect_ok(fv_ct_make(&grid, "ct", &ct));
    ct.hu[voxel_at(&grid, 2, 1, 3)] = 77;
    expect_ok(fv_nifti_write_ct(&ct, in_folder("other.nii.gz"), true));
    nifti_image *image = nifti_image_read(in_folder("other.nii.gz"), 1);
    assert_non_null(image);
    assert_true(image->qform_code > 0 && image->sform_code > 0);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++) {
            double expected = grid.world_from_voxel.m[i][j] * (i < 2 ? -1 : 1);
            expect_near((double)image->sto_xyz.m[i][j], expected, 1e-5, "sform");
            expect_near((double)image->qto_xyz.m[i][j], expected, 1e-5, "qform");
        }
    assert_int_equal(((int16_t *)image->data)[voxel_at(&grid, 2, 1, 3)], 77);
    nifti_image_free(image);
    fv_ct_free(&ct);
}

static void test_pair(void **state)
{
    sample s = make_sample();
    fv_ct ct;
    (void)state;
    memcpy(s.header.magic, "ni1", 4);
    s.header.vox_offset = 16;
    FILE *file = fopen(in_folder("pair.hdr"), "wb");
    fwrite(&s.header, 1, 348, file);
    fclose(file);
    assert_int_equal(fv_nifti_read_ct(in_folder("pair.hdr"), 0, &ct), FSAM_ERROR_IO);
    expect_message(in_folder("pair.img.gz"), "cannot open");
    file = fopen(in_folder("pair.img"), "wb");
    fwrite("0123456789abcdef", 1, 16, file);
    fwrite(s.voxels, 1, s.voxel_bytes, file);
    fclose(file);
    expect_ok(fv_nifti_read_ct(in_folder("pair.hdr"), 0, &ct));
    assert_int_equal(ct.hu[voxel_near(&ct.grid, 10, 20, -30)], 100);
    fv_ct_free(&ct);
    expect_ok(fv_nifti_read_ct(in_folder("pair.img"), 0, &ct));
    assert_int_equal(ct.hu[voxel_near(&ct.grid, 10, 20, -30)], 100);
    fv_ct_free(&ct);
    assert_int_equal(fv_nifti_read_ct(in_folder("nothing.nii"), 0, &ct), FSAM_ERROR_IO);
}

static void test_ids(void **state)
{
    sample s = make_sample();
    unsigned char bytes[ROOM];
    uint16_t ids[VOXELS];
    fv_nifti *file;
    (void)state;
    for (int bad = 0; bad < 3; bad++) {
        for (int i = 0; i < VOXELS; i++) set_element(&s, i, NIFTI_TYPE_FLOAT32, i * 1000);
        if (bad == 1) set_element(&s, 5, NIFTI_TYPE_FLOAT32, 1.5);
        if (bad == 2) set_element(&s, 5, NIFTI_TYPE_FLOAT32, -1);
        size_t size = put_together(&s, bytes);
        expect_ok(fv_nifti_open_memory(bytes, size, "t", 0, &file));
        assert_null(fv_nifti_label_table(file));
        assert_int_equal(fv_nifti_read_ids(file, ids), bad != 0 ? FSAM_ERROR_FORMAT : FSAM_OK);
        if (bad != 0) expect_message("t: voxels: ", "0..65535");
        if (bad == 0) assert_int_equal(ids[voxel_near(fv_nifti_grid(file), 10, 20, -27)], NX * NY * 1000);
        fv_nifti_close(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_plain),     cmocka_unit_test(test_types),
                                       cmocka_unit_test(test_scaling),   cmocka_unit_test(test_qform),
                                       cmocka_unit_test(test_malformed), cmocka_unit_test(test_cut),
                                       cmocka_unit_test(test_write_ct),  cmocka_unit_test(test_independent_reader),
                                       cmocka_unit_test(test_pair),      cmocka_unit_test(test_ids)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
