/* CTs from folders of slices that are written here byte by byte: geometry, scaling, compression, and what is refused.
 */
#include "support.h"

#include "volume/ct_read.h"
#include "volume/dicom_series.h"
#include "volume/nifti.h"
#include <sys/stat.h>

enum { COLUMNS = 5, ROWS = 4, SLICES = 6 };

/* What a slice says; text as in the file. */
typedef struct sample {
    const char *series, *modality, *position, *orientation, *spacing, *slope, *intercept, *frames;
    int rows, columns, high_bit, is_signed, padding; /* padding 0: none */
    int base;                                        /* pixel i has the stored value base + i */
} sample;

typedef struct bytes {
    unsigned char data[4096];
    size_t size;
} bytes;

static void put(bytes *b, const void *data, size_t size)
{
    assert_true(b->size + size <= sizeof b->data);
    memcpy(b->data + b->size, data, size);
    b->size += size;
}

/* An element in explicit little endian whose length has two bytes. Text is padded to an even length. */
static void put_element(bytes *b, int group, int element, const char *vr, const void *value, size_t size)
{
    size_t even = size + size % 2;
    unsigned char head[8] = {(unsigned char)group,          (unsigned char)(group >> 8), (unsigned char)element,
                             (unsigned char)(element >> 8), (unsigned char)vr[0],        (unsigned char)vr[1],
                             (unsigned char)even,           (unsigned char)(even >> 8)};
    put(b, head, 8);
    put(b, value, size);
    if (even != size) put(b, strcmp(vr, "UI") == 0 ? "\0" : " ", 1);
}

static void put_text(bytes *b, int group, int element, const char *vr, const char *text)
{
    if (text != NULL) put_element(b, group, element, vr, text, strlen(text));
}

static void put_word(bytes *b, int group, int element, int value)
{
    put_element(b, group, element, "US", (unsigned char[]){(unsigned char)value, (unsigned char)(value >> 8)}, 2);
}

static void put_meta(bytes *b, const char *instance)
{
    bytes meta = {0};
    put_text(&meta, 2, 2, "UI", "1.2.840.10008.5.1.4.1.1.2");
    put_text(&meta, 2, 3, "UI", instance);
    put_text(&meta, 2, 0x10, "UI", "1.2.840.10008.1.2.1");
    put_text(&meta, 2, 0x12, "UI", "1.2.3");
    memset(b->data, 0, 128);
    b->size = 128;
    put(b, "DICM", 4);
    put_element(b, 2, 0, "UL", (unsigned char[]){(unsigned char)meta.size, 0, 0, 0}, 4);
    put(b, meta.data, meta.size);
}

static void put_pixels(bytes *b, const sample *s)
{
    size_t count = (size_t)(s->rows * s->columns);
    unsigned char head[12] = {
        0xe0, 0x7f, 0x10, 0, 'O', 'W', 0, 0, (unsigned char)(2 * count), (unsigned char)(count >> 7)};
    put(b, head, sizeof head);
    for (size_t i = 0; i < count; i++) {
        int value = s->base + (int)i;
        put(b, (unsigned char[]){(unsigned char)value, (unsigned char)(value >> 8)}, 2);
    }
}

static void write_slice(const char *path, const sample *s)
{
    static int number;
    char instance[32];
    bytes b = {0};
    snprintf(instance, sizeof instance, "1.2.3.%d", ++number);
    put_meta(&b, instance);
    put_text(&b, 8, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.2");
    put_text(&b, 8, 0x18, "UI", instance);
    put_text(&b, 8, 0x60, "CS", s->modality);
    put_text(&b, 0x20, 0xe, "UI", s->series);
    put_text(&b, 0x20, 0x32, "DS", s->position);
    put_text(&b, 0x20, 0x37, "DS", s->orientation);
    put_word(&b, 0x28, 2, 1);
    put_text(&b, 0x28, 4, "CS", "MONOCHROME2");
    put_text(&b, 0x28, 8, "IS", s->frames);
    put_word(&b, 0x28, 0x10, s->rows);
    put_word(&b, 0x28, 0x11, s->columns);
    put_text(&b, 0x28, 0x30, "DS", s->spacing);
    put_word(&b, 0x28, 0x100, 16);
    put_word(&b, 0x28, 0x101, s->high_bit + 1);
    put_word(&b, 0x28, 0x102, s->high_bit);
    put_word(&b, 0x28, 0x103, s->is_signed);
    if (s->padding != 0) put_word(&b, 0x28, 0x120, s->padding);
    put_text(&b, 0x28, 0x1052, "DS", s->intercept);
    put_text(&b, 0x28, 0x1053, "DS", s->slope);
    put_pixels(&b, s);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(b.data, 1, b.size, file), b.size);
    fclose(file);
}

static sample make_sample(void)
{
    return (sample){.series = "1.2.3.4",
                    .modality = "CT",
                    .orientation = "1\\0\\0\\0\\1\\0",
                    .spacing = "0.5\\0.75",
                    .slope = "2",
                    .intercept = "-1024",
                    .rows = ROWS,
                    .columns = COLUMNS,
                    .high_bit = 11};
}

/* Changes slice z of a series before it is written; false: leaves it out. */
typedef bool change(sample *s, int z, char *position);

/* A folder of SLICES slices, 2.5 mm apart; their names run against their positions. */
static const char *write_series(const char *name, change *alter)
{
    const char *path = in_folder(name);
    char file[300], position[64];
    assert_int_equal(mkdir(path, 0777), 0);
    for (int z = 0; z < SLICES; z++) {
        sample s = make_sample();
        s.base = 100 * z;
        snprintf(position, sizeof position, "-10\\20\\%g", 2.5 * z - 300);
        if (alter != NULL && !alter(&s, z, position)) continue;
        s.position = position;
        snprintf(file, sizeof file, "%s/s%d.dcm", path, 9 - z);
        write_slice(file, &s);
    }
    return path;
}

static void expect_series(const char *path)
{
    fv_ct ct;
    expect_ok(fv_dicom_read_ct(path, 0, &ct));
    assert_int_equal(ct.grid.size[0], COLUMNS);
    assert_int_equal(ct.grid.size[2], SLICES);
    for (int z = 0; z < SLICES; z++)
        for (int i = 0; i < ROWS * COLUMNS; i++) {
            double x = -10 + 0.75 * (i % COLUMNS), y = 20 + 0.5 * (i / COLUMNS);
            assert_int_equal(ct.hu[voxel_near(&ct.grid, x, y, 2.5 * z - 300)], 2 * (100 * z + i) - 1024);
        }
    fv_ct_free(&ct);
}

static void test_plain(void **state)
{
    (void)state;
    const char *path = write_series("plain", NULL);
    write_text(in_folder("plain/README"), "no DICOM");
    expect_series(path);
}

/* Decoders of DCMTK, where its tools are at hand to encode. */
static void test_compressed(void **state)
{
    static const char *const tools[] = {"dcmcrle", "dcmcjpeg +e1", "dcmcjpls"};
    char command[600];
    (void)state;
    for (int k = 0; k < 3; k++) {
        snprintf(command, sizeof command, "compressed%d", k);
        const char *path = write_series(command, NULL);
        snprintf(command, sizeof command, "cd '%s' && for f in *.dcm; do %s $f $f || exit 1; done >/dev/null 2>&1",
                 path, tools[k]);
        if (system(command) != 0)
            print_message("%s is not here: skipped\n", tools[k]);
        else
            expect_series(path);
    }
}

static bool sagittal(sample *s, int z, char *position)
{
    s->orientation = "0\\1\\0\\0\\0\\-1"; /* columns to the back, rows to the feet: the normal runs to the right */
    sprintf(position, "%g\\20\\50", 3.0 * z);
    return true;
}

static void test_sagittal(void **state)
{
    fv_ct ct;
    (void)state;
    expect_ok(fv_dicom_read_ct(write_series("sagittal", sagittal), 0, &ct));
    assert_true(ct.grid.size[0] == SLICES && ct.grid.size[1] == COLUMNS && ct.grid.size[2] == ROWS);
    assert_int_equal(ct.hu[voxel_near(&ct.grid, 6, 20 + 0.75 * 3, 50 - 0.5 * 2)], 2 * (200 + 2 * COLUMNS + 3) - 1024);
    fv_ct_free(&ct);
}

static bool signed_padded(sample *s, int z, char *position)
{
    (void)z;
    (void)position;
    s->is_signed = 1;
    s->high_bit = 15;
    s->padding = 0x10000 - 2000;
    s->base = z == 0 ? -2001 : -500;
    s->slope = z == 0 ? "1" : "0.5"; /* each slice has its own */
    s->intercept = "0";
    return true;
}

static void test_signed(void **state)
{
    fv_ct ct;
    (void)state;
    expect_ok(fv_dicom_read_ct(write_series("signed", signed_padded), 0, &ct));
    assert_int_equal(ct.hu[0], -2001);
    assert_int_equal(ct.hu[1], FV_HU_OUTSIDE);
    assert_int_equal(ct.hu[2], -1999);
    assert_int_equal(ct.hu[ROWS * COLUMNS], -250);
    fv_ct_free(&ct);
}

static bool without_third(sample *s, int z, char *position)
{
    (void)s;
    (void)position;
    return z != 2;
}

static bool twice(sample *s, int z, char *position)
{
    (void)s;
    if (z == 4) sprintf(position, "-10\\20\\%g", 2.5 * 3 - 300);
    return true;
}

static bool uneven(sample *s, int z, char *position)
{
    (void)s;
    if (z == 5) sprintf(position, "-10\\20\\%g", 2.5 * 5 - 301);
    return true;
}

static bool tilted(sample *s, int z, char *position)
{
    s->orientation = "1\\0\\0\\0\\0.9961947\\-0.0871557"; /* 5 degrees, moved along the table */
    sprintf(position, "-10\\20\\%g", 2.5 * z - 300);
    return true;
}

static bool two_series(sample *s, int z, char *position)
{
    (void)position;
    if (z == 3) s->series = "1.2.3.5";
    return true;
}

static bool two_sizes(sample *s, int z, char *position)
{
    (void)position;
    if (z == 3) s->rows = 3;
    return true;
}

static bool two_orientations(sample *s, int z, char *position)
{
    (void)position;
    if (z == 3) s->orientation = "1\\0\\0\\0\\0\\-1";
    return true;
}

static bool two_spacings(sample *s, int z, char *position)
{
    (void)position;
    if (z == 3) s->spacing = "0.5\\0.5";
    return true;
}

static bool no_position(sample *s, int z, char *position)
{
    (void)s;
    if (z == 3) strcpy(position, "1\\2");
    return true;
}

static bool skewed(sample *s, int z, char *position)
{
    (void)position;
    if (z == 3) s->orientation = "1\\0\\0\\0.5\\0.8\\0";
    return true;
}

static bool magnetic(sample *s, int z, char *position)
{
    (void)position;
    if (z == 3) s->modality = "MR";
    return true;
}

static bool no_intercept(sample *s, int z, char *position)
{
    (void)position;
    if (z == 3) s->intercept = NULL;
    return true;
}

static bool two_frames(sample *s, int z, char *position)
{
    (void)position;
    if (z == 3) s->frames = "2";
    return true;
}

static bool only_one(sample *s, int z, char *position)
{
    (void)s;
    (void)position;
    return z == 3;
}

static void test_refused(void **state)
{
    static const struct {
        change *change;
        fsam_status status;
        const char *file, *reason;
    } cases[] = {
        {without_third, FSAM_ERROR_MISMATCH, "/s6.dcm: (0020,0032) ImagePositionPatient: ", "slices are missing"},
        {twice, FSAM_ERROR_MISMATCH, "/s6.dcm: (0020,0032) ImagePositionPatient: ", "s5.dcm too"},
        {uneven, FSAM_ERROR_MISMATCH, "/s4.dcm: (0020,0032) ImagePositionPatient: ", "1.50 mm"},
        {tilted, FSAM_ERROR_UNSUPPORTED, "/s8.dcm: (0018,1120) GantryDetectorTilt: ", "shifted by 0.22 mm"},
        {two_series, FSAM_ERROR_MISMATCH, "/s6.dcm: (0020,000e) SeriesInstanceUID: ", "s4.dcm"},
        {two_sizes, FSAM_ERROR_MISMATCH, "/s6.dcm: (0028,0010) Rows ", "s4.dcm"},
        {two_orientations, FSAM_ERROR_MISMATCH, "/s6.dcm: (0020,0037) ImageOrientationPatient ", "s4.dcm"},
        {two_spacings, FSAM_ERROR_MISMATCH, "/s6.dcm: (0028,0030) PixelSpacing ", "s4.dcm"},
        {no_position, FSAM_ERROR_FORMAT, "/s6.dcm: (0020,0032) ImagePositionPatient: ", "missing"},
        {skewed, FSAM_ERROR_FORMAT, "/s6.dcm: (0020,0037) ImageOrientationPatient: ", "right angles"},
        {magnetic, FSAM_ERROR_UNSUPPORTED, "/s6.dcm: (0008,0060) Modality: ", "not CT"},
        {no_intercept, FSAM_ERROR_FORMAT, "/s6.dcm: (0028,1052) RescaleIntercept: ", "missing"},
        {two_frames, FSAM_ERROR_UNSUPPORTED, "/s6.dcm: (0028,0008) NumberOfFrames: ", "several frames"},
        {only_one, FSAM_ERROR_FORMAT, ": ", "a single slice"},
    };
    char name[32], where[300];
    fv_ct ct;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(name, sizeof name, "refused%zu", i);
        const char *path = write_series(name, cases[i].change);
        snprintf(where, sizeof where, "%s%s", path, cases[i].file);
        fsam_status status = fv_dicom_read_ct(path, 0, &ct);
        expect_message(where, cases[i].reason);
        assert_int_equal(status, cases[i].status);
        assert_null(ct.hu);
    }
}

/* A folder and a file, told apart. */
static void test_either(void **state)
{
    fv_ct series, file;
    (void)state;
    expect_ok(fv_ct_read(write_series("either", NULL), 0, &series));
    expect_ok(fv_nifti_write_ct(&series, in_folder("either.nii.gz"), false));
    expect_ok(fv_ct_read(in_folder("either.nii.gz"), 0, &file));
    assert_true(fv_grid_same(&series.grid, &file.grid));
    assert_memory_equal(series.hu, file.hu, fv_grid_voxels(&file.grid) * sizeof *file.hu);
    fv_ct_free(&series);
    fv_ct_free(&file);
    assert_int_equal(fv_ct_read(in_folder("neither"), 0, &file), FSAM_ERROR_IO);
}

static void test_limits(void **state)
{
    fv_ct ct;
    (void)state;
    const char *path = write_series("limits", NULL);
    assert_int_equal(fv_dicom_read_ct(path, ROWS * COLUMNS * SLICES - 1, &ct), FSAM_ERROR_MEMORY);
    assert_int_equal(fv_dicom_read_ct(in_folder("nowhere"), 0, &ct), FSAM_ERROR_IO);
    assert_int_equal(fv_dicom_read_ct(folder, 0, &ct), FSAM_ERROR_FORMAT);
    expect_message(folder, "no DICOM files");
}

/* A slice cut short anywhere makes the series an error, or none at all. */
static void test_cut(void **state)
{
    fv_ct ct;
    unsigned char data[4096];
    (void)state;
    const char *path = write_series("cut", NULL);
    FILE *file = fopen(in_folder("cut/s9.dcm"), "rb");
    size_t size = fread(data, 1, sizeof data, file);
    fclose(file);
    for (size_t cut = 132; cut < size; cut += 11) {
        file = fopen(in_folder("cut/s9.dcm"), "wb");
        fwrite(data, 1, cut, file);
        fclose(file);
        assert_int_not_equal(fv_dicom_read_ct(path, 0, &ct), FSAM_OK);
        expect_message(path, "s9.dcm");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_plain),    cmocka_unit_test(test_compressed),
                                       cmocka_unit_test(test_sagittal), cmocka_unit_test(test_signed),
                                       cmocka_unit_test(test_refused),  cmocka_unit_test(test_either),
                                       cmocka_unit_test(test_limits),   cmocka_unit_test(test_cut)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
