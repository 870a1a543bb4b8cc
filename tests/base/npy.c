/* Reading NumPy files; every malformed case with its message. */
#include "base/npy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROOM = 512 };

/* A file in memory: magic, version, the header's length, header, `bytes` of zeros. */
static size_t compose(unsigned char *file, int version, const char *header, size_t bytes)
{
    size_t start = version == 1 ? 10 : 12, length = strlen(header);
    assert_true(start + length + bytes <= ROOM);
    memset(file, 0, ROOM);
    memcpy(file, "\x93NUMPY", 6);
    file[6] = (unsigned char)version;
    file[8] = (unsigned char)length;
    memcpy(file + start, header, length);
    return start + length + bytes;
}

/* Opens a copy of exactly its size, so that a sanitizer sees any read past the end. */
static fsam_status open_copy(const unsigned char *data, size_t size, fb_npy **file, unsigned char **copy)
{
    *copy = malloc(size + 1);
    assert_non_null(*copy);
    memcpy(*copy + 1, data, size);
    fb_message_clear();
    return fb_npy_open_memory(*copy + 1, size, "t", file);
}

static void expect_refused(const unsigned char *data, size_t size, fsam_status status, const char *message)
{
    fb_npy *file;
    unsigned char *copy;
    assert_int_equal(open_copy(data, size, &file, &copy), status);
    assert_null(file);
    if (strstr(fb_message(), message) == NULL) fail_msg("said: %s, expected: %s", fb_message(), message);
    free(copy);
}

#define HEADER(descr, order, shape) "{'descr': " descr ", 'fortran_order': " order ", 'shape': " shape ", }\n"

static void test_malformed(void **state)
{
    static const struct {
        const char *header;
        size_t bytes;
        fsam_status status;
        const char *message;
    } cases[] = {
        {"", 0, FSAM_ERROR_FORMAT, "t: the header is no dictionary"},
        {"{", 0, FSAM_ERROR_FORMAT, "t: the header has a field that is none of"},
        {"{}", 0, FSAM_ERROR_FORMAT, "t: the header lacks"},
        {"{'shape' (1,)}", 4, FSAM_ERROR_FORMAT, "t: a field of the header has no value"},
        {"{'shape': (1,), 'shape': (1,)}", 4, FSAM_ERROR_FORMAT, "t: a field of the header is there twice"},
        {"{'shape': (1,) 'descr': '<f4'}", 4, FSAM_ERROR_FORMAT, "t: the header does not end"},
        {HEADER("'<f4'", "0", "(1,)"), 4, FSAM_ERROR_FORMAT, "t: fortran_order is neither"},
        {HEADER("'<f4'", "True", "(1,)"), 4, FSAM_ERROR_UNSUPPORTED, "t: fortran_order: only"},
        {HEADER("'>f4'", "False", "(1,)"), 4, FSAM_ERROR_UNSUPPORTED, "t: descr: only"},
        {HEADER("'<i4'", "False", "(1,)"), 4, FSAM_ERROR_UNSUPPORTED, "t: descr: only"},
        {HEADER("'<f4'", "False", "1"), 4, FSAM_ERROR_FORMAT, "t: shape is no tuple"},
        {HEADER("'<f4'", "False", "(-1,)"), 4, FSAM_ERROR_FORMAT, "t: shape is not of whole numbers"},
        {HEADER("'<f4'", "False", "(1 2)"), 8, FSAM_ERROR_FORMAT, "t: shape does not end"},
        {HEADER("'<f4'", "False", "(1,1,1,1,1,1,1,1,1)"), 4, FSAM_ERROR_FORMAT, "t: shape has more than 8"},
        {HEADER("'<f4'", "False", "(99999999999999999999,)"), 4, FSAM_ERROR_FORMAT, "t: shape is not of whole numbers"},
        {HEADER("'<f4'", "False", "(4294967296,4294967296)"), 0, FSAM_ERROR_FORMAT, "t: shape overflows"},
        {HEADER("'<f8'", "False", "(4611686018427387904,)"), 0, FSAM_ERROR_FORMAT, "t: shape overflows"},
        {HEADER("'<f4'", "False", "(2,)"), 7, FSAM_ERROR_FORMAT, "t: 7 bytes of data, the shape needs 8"},
        {HEADER("'<f4'", "False", "(2,)"), 9, FSAM_ERROR_FORMAT, "t: 9 bytes of data, the shape needs 8"},
    };
    unsigned char data[ROOM];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int version = 1; version <= 3; version++)
            expect_refused(data, compose(data, version, cases[i].header, cases[i].bytes), cases[i].status,
                           cases[i].message);
    expect_refused(data, compose(data, 4, "{}", 0), FSAM_ERROR_UNSUPPORTED, "t: version 4");
}

static void test_cut_short(void **state)
{
    unsigned char data[ROOM];
    (void)state;
    size_t size = compose(data, 2, HEADER("'<f4'", "False", "(3,)"), 12);
    for (size_t cut = 0; cut < size; cut++) expect_refused(data, cut, FSAM_ERROR_FORMAT, "t: ");
}

static void test_well_formed(void **state)
{
    static const uint16_t halves[6] = {0x3c00, 0, 0xc000, 0, 0, 0x3800};
    unsigned char data[ROOM], *copy;
    fb_npy *file;
    float out[6];
    (void)state;
    size_t size = compose(data, 1, HEADER("'<f2'", "False", "(2, 3)"), sizeof halves);
    memcpy(data + size - sizeof halves, halves, sizeof halves);
    assert_int_equal(open_copy(data, size, &file, &copy), FSAM_OK);
    const fb_tensor *tensor = fb_npy_tensor(file);
    assert_true(tensor->ndim == 2 && tensor->dim[0] == 2 && tensor->dim[1] == 3 && tensor->count == 6);
    fb_tensor_to_f32(tensor, out);
    assert_true(out[0] == 1 && out[2] == -2 && out[5] == 0.5f);
    fb_npy_close(file);
    free(copy);
    size = compose(data, 3, "{'shape':(),'fortran_order':False,'descr':'<f8'}", 8);
    assert_int_equal(open_copy(data, size, &file, &copy), FSAM_OK);
    assert_int_equal(fb_npy_tensor(file)->count, 1);
    fb_npy_close(file);
    fb_npy_close(NULL);
    free(copy);
    assert_int_equal(fb_npy_open("/tmp/fsam-no-such-folder/a.npy", &file), FSAM_ERROR_IO);
    assert_null(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_malformed), cmocka_unit_test(test_cut_short),
                                       cmocka_unit_test(test_well_formed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
