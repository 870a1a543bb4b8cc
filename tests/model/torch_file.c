#include "model/torch_file.h"
#include "base/safetensors.h"
#include "model/import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIXTURES "../shared/fixtures/"

static void need_shared(void)
{
    if (access(FIXTURES "hostile.pth", R_OK) == 0) return;
    printf("skipped: no ../shared\n");
    skip();
}

static void output_path(char path[64])
{
    snprintf(path, 64, "/tmp/fsam_import_%ld.safetensors", (long)getpid());
}

static void hostile_is_refused(void **state)
{
    (void)state;
    need_shared();
    char path[64];
    output_path(path);
    fm_import_report report;
    fm_import_options options = {.source = FIXTURES "hostile.pth", .output = path};
    assert_int_equal(fm_import(&options, &report), FSAM_ERROR_UNSUPPORTED);
    assert_non_null(strstr(fb_message(), "hostile.pth: 'evil' depends on global posix.system"));
    assert_int_not_equal(access(path, F_OK), 0);
    fm_import_report_free(&report);
}

static void lightning_is_read(void **state)
{
    (void)state;
    need_shared();
    fm_torch_file *file;
    assert_int_equal(fm_torch_open(FIXTURES "lightning_like.pth", &file), FSAM_OK);
    const fm_torch_tensor *tensor = fm_torch_find(file, "sam.mask_decoder.mask_tokens.weight");
    assert_non_null(tensor);
    assert_int_equal(tensor->count, 256);
    float data[256];
    assert_int_equal(fm_torch_read(file, tensor, data), FSAM_OK);
    fm_torch_close(file);
}

static void micro_is_imported(void **state)
{
    (void)state;
    need_shared();
    char path[64];
    output_path(path);
    fm_import_report report;
    fm_import_options options = {.source = FIXTURES "micro_official.pth",
                                 .output = path,
                                 .overwrite = true,
                                 .config = "{\"img_size\":112,\"text\":{\"heads\":2}}"};
    fsam_status status = fm_import(&options, &report);
    if (status != FSAM_OK) printf("%s\n", fb_message());
    assert_int_equal(status, FSAM_OK);
    assert_int_equal(report.unexpected.count, 0);
    fb_safetensors *file;
    assert_int_equal(fb_safetensors_open(path, &file), FSAM_OK);
    assert_int_equal(fb_safetensors_count(file), report.written);
    fb_safetensors_close(file);
    fm_import_report_free(&report);
    unlink(path);
}

static void other_sizes_do_not_fit(void **state)
{
    (void)state;
    need_shared();
    char path[64];
    output_path(path);
    fm_import_report report;
    fm_import_options options = {
        .source = FIXTURES "micro_official.pth", .output = path, .config = "{\"neck_depth\":4}"};
    assert_int_equal(fm_import(&options, &report), FSAM_ERROR_MISMATCH);
    assert_int_equal(report.missing.count, 10);
    assert_int_not_equal(access(path, F_OK), 0);
    fm_import_report_free(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(hostile_is_refused), cmocka_unit_test(lightning_is_read),
                                       cmocka_unit_test(micro_is_imported), cmocka_unit_test(other_sizes_do_not_fit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
