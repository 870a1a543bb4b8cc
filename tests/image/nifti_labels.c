/* Label maps: where masks overlap, and what nifticlib reads back. */
#include "image/nifti_labels.h"

#include "support.h"

#include <math.h>
#include <nifti1_io.h>

static void make(int width, int height, fi_labels *labels)
{
    assert_int_equal(fi_labels_make(width, height, labels), FSAM_OK);
}

/* The greatest logit has the pixel, the first of equal ones, and only above 0. */
static void test_overlap(void **state)
{
    static const float first[] = {-1, 2, 2, 0, NAN, 1}, second[] = {1, 3, 2, 0, 1, 0.5f};
    fi_labels labels;
    (void)state;
    make(3, 2, &labels);
    fi_labels_take(&labels, 7, first, 0, 2);
    fi_labels_take(&labels, 300, second, 0, 1); /* in two bands */
    fi_labels_take(&labels, 300, second + 3, 1, 1);
    assert_memory_equal(labels.label, ((uint16_t[]){300, 300, 7, 0, 300, 7}), 12);
    fi_labels_free(&labels);
    assert_null(labels.label);
    assert_int_equal(fi_labels_make(0, 3, &labels), FSAM_ERROR_ARGUMENT);
}

/* What a reader has to know of the file, which has one pixel of label `number` at (3, 1) of 5 x 4. */
static nifti_image *write_and_read(const char *path, const fi_nifti_options *options, uint16_t number)
{
    fi_labels labels;
    float logits[20] = {0};
    logits[1 * 5 + 3] = 1;
    make(5, 4, &labels);
    fi_labels_take(&labels, number, logits, 0, 4);
    assert_int_equal(fi_nifti_write_labels(path, &labels, options), FSAM_OK);
    fi_labels_free(&labels);
    nifti_image *image = nifti_image_read(path, 1);
    assert_non_null(image);
    assert_int_equal(image->ndim, 3);
    assert_int_equal(image->nx, 5);
    assert_int_equal(image->ny, 4);
    assert_int_equal(image->nz, 1);
    assert_int_equal(image->intent_code, NIFTI_INTENT_LABEL);
    assert_int_equal(nifti_nim_is_valid(image, 0), 1);
    return image;
}

/* Both transforms say that x runs to the patient's left and y to the back: LPS. */
static void check_orientation(const nifti_image *image, double dx, double dy)
{
    const double expected[4][4] = {{-dx, 0, 0, 0}, {0, -dy, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    int i, j, k;
    assert_true(image->qform_code > 0 && image->sform_code > 0);
    for (int row = 0; row < 4; row++)
        for (int column = 0; column < 4; column++) {
            assert_float_equal(image->sto_xyz.m[row][column], expected[row][column], 1e-6);
            assert_float_equal(image->qto_xyz.m[row][column], expected[row][column], 1e-6);
        }
    nifti_mat44_to_orientation(image->qto_xyz, &i, &j, &k);
    assert_int_equal(i, NIFTI_R2L);
    assert_int_equal(j, NIFTI_A2P);
    assert_int_equal(k, NIFTI_I2S);
}

static void check_names(const nifti_image *image, const char *json)
{
    assert_int_equal(image->num_ext, 1);
    assert_int_equal(image->ext_list[0].ecode, NIFTI_ECODE_COMMENT);
    assert_int_equal(image->ext_list[0].esize % 16, 0);
    assert_string_equal(image->ext_list[0].edata, json); /* ends in zeros */
}

static void test_bytes(const char *name)
{
    static const char *const names[] = {"left lung", "c\xc5\x93ur \"x\"", "bad \xff"};
    const fi_nifti_options options = {.row_mm = 0.2, .column_mm = 0.25, .names = names, .name_count = 3};
    const char *path = in_folder(name);
    nifti_image *image = write_and_read(path, &options, 2);
    assert_int_equal(image->datatype, DT_UINT8);
    assert_int_equal(image->xyz_units, NIFTI_UNITS_MM);
    assert_float_equal(image->dx, 0.25, 1e-6);
    assert_float_equal(image->dy, 0.2, 1e-6);
    check_orientation(image, 0.25, 0.2);
    check_names(image, "{\"1\":\"left lung\",\"2\":\"c\\u0153ur \\\"x\\\"\",\"3\":\"bad ?\"}");
    for (int i = 0; i < 20; i++) assert_int_equal(((const uint8_t *)image->data)[i], i == 8 ? 2 : 0);
    nifti_image_free(image);
    unlink(path);
}

static void test_plain(void **state)
{
    (void)state;
    test_bytes("a.nii");
}

static void test_compressed(void **state)
{
    (void)state;
    test_bytes("a.nii.gz");
}

/* More labels than a byte holds; no distance known. */
static void test_wide(void **state)
{
    static const char *names[256];
    const fi_nifti_options options = {.names = names, .name_count = 256};
    const char *path = in_folder("a.nii.gz");
    (void)state;
    for (int i = 0; i < 256; i++) names[i] = "n";
    nifti_image *image = write_and_read(path, &options, 256);
    assert_int_equal(image->datatype, DT_UINT16);
    assert_int_equal(image->xyz_units, NIFTI_UNITS_UNKNOWN);
    check_orientation(image, 1, 1);
    for (int i = 0; i < 20; i++) assert_int_equal(((const uint16_t *)image->data)[i], i == 8 ? 256 : 0);
    nifti_image_free(image);
    unlink(path);
}

static void test_refused(void **state)
{
    const fi_nifti_options options = {0};
    const char *path = in_folder("a.nii");
    fi_labels labels;
    (void)state;
    make(32768, 1, &labels);
    assert_int_equal(fi_nifti_write_labels(path, &labels, &options), FSAM_ERROR_UNSUPPORTED);
    expect_message(path, "size: 32768 x 1, and NIfTI-1 holds 32767 a side");
    fi_labels_free(&labels);
    make(3, 2, &labels);
    assert_int_equal(fi_nifti_write_labels(path, &labels, &(fi_nifti_options){.name_count = 65536}),
                     FSAM_ERROR_ARGUMENT);
    expect_message(path, "labels: 65536, the most are 65535");
    assert_int_equal(fi_nifti_write_labels(path, &labels, &options), FSAM_OK);
    assert_int_equal(fi_nifti_write_labels(path, &labels, &options), FSAM_ERROR_ARGUMENT);
    expect_message(path, "exists already");
    fi_labels_free(&labels);
    unlink(path);
}

/* With a path as argument: writes a file there for nifti_labels.sh. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_overlap), cmocka_unit_test(test_plain),
                                       cmocka_unit_test(test_compressed), cmocka_unit_test(test_wide),
                                       cmocka_unit_test(test_refused)};
    if (argc == 2) {
        static const char *const names[] = {"spine"};
        const fi_nifti_options options = {.row_mm = 0.2, .column_mm = 0.25, .names = names, .name_count = 1};
        nifti_image_free(write_and_read(argv[1], &options, 1));
        return 0;
    }
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
