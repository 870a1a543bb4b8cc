/* inputs.c - files, folders and patterns as inputs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "cli/inputs.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/fsam-inputs-XXXXXX";

static void make_file(const char *name)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
}

static int make_tree(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL || chdir(folder) != 0) return -1;
    if (mkdir("d", 0777) != 0 || mkdir("d/sub", 0777) != 0 || mkdir("d/.git", 0777) != 0 || mkdir("none", 0777) != 0)
        return -1;
    static const char *const files[] = {"d/b",      "d/a.png", "d/B",   "d/.hidden", "d/sub/z.png",
                                        "d/.git/x", "c.png",   "[1].p", "1.p"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) make_file(files[i]);
    if (symlink("..", "d/sub/up") != 0 || symlink("../c.png", "d/link.png") != 0) return -1;
    return mkfifo("d/pipe", 0666);
}

static int remove_tree(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return chdir("/") != 0 || system(command) != 0 ? -1 : 0;
}

/* All words together, doubles taken out. */
static void expect_inputs(const char *const *words, bool recursive, const char *const *expected)
{
    cli_inputs inputs = {0};
    for (; *words != NULL; words++) assert_int_equal(cli_inputs_add(&inputs, *words, recursive), FSAM_OK);
    assert_int_equal(cli_inputs_unique(&inputs), FSAM_OK);
    for (size_t i = 0; i < inputs.count; i++) {
        assert_non_null(expected[i]);
        assert_string_equal(inputs.item[i].path, expected[i]);
    }
    assert_null(expected[inputs.count]);
    cli_inputs_free(&inputs);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void folders(void **state)
{
    (void)state;
    expect_inputs(LIST("d"), false, LIST("d/B", "d/a.png", "d/b", "d/link.png"));
    expect_inputs(LIST("d//"), false, LIST("d/B", "d/a.png", "d/b", "d/link.png"));
    expect_inputs(LIST("d"), true, LIST("d/B", "d/a.png", "d/b", "d/link.png", "d/sub/z.png"));
}

static void patterns(void **state)
{
    (void)state;
    expect_inputs(LIST("d/*.png"), false, LIST("d/a.png", "d/link.png"));
    expect_inputs(LIST("[d]"), false, LIST("d/B", "d/a.png", "d/b", "d/link.png"));
    expect_inputs(LIST("[1].p"), false, LIST("[1].p")); /* a file of that very name */
    expect_inputs(LIST("[1-2].p"), false, LIST("1.p"));
}

/* A file is taken once, where it comes first; names of nothing are left to whoever opens them. */
static void doubles(void **state)
{
    (void)state;
    expect_inputs(LIST("missing", "d/b", "c.png", "d", "./d/../d/a.png", "missing"), false,
                  LIST("missing", "d/b", "c.png", "d/B", "d/a.png", "missing"));
    cli_inputs inputs = {0};
    assert_int_equal(cli_inputs_add(&inputs, "d", false), FSAM_OK);
    assert_int_equal(cli_inputs_add(&inputs, "d/b", false), FSAM_OK);
    assert_int_equal(cli_inputs_unique(&inputs), FSAM_OK);
    assert_true(inputs.item[0].listed);  /* d/B */
    assert_false(inputs.item[2].listed); /* d/b, named too */
    cli_inputs_free(&inputs);
}

static void refused(void **state)
{
    (void)state;
    cli_inputs inputs = {0};
    assert_int_equal(cli_inputs_add(&inputs, "none", false), FSAM_ERROR_IO);
    assert_string_equal(fsam_last_error(), "none: has no files (those of folders in it do not count)");
    assert_int_equal(cli_inputs_add(&inputs, "none", true), FSAM_ERROR_IO);
    assert_string_equal(fsam_last_error(), "none: has no files");
    assert_int_equal(cli_inputs_add(&inputs, "*.dcm", true), FSAM_ERROR_IO);
    assert_string_equal(fsam_last_error(), "*.dcm: there is no such file, and none that matches");
    assert_int_equal(inputs.count, 0);
    cli_inputs_free(&inputs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(folders), cmocka_unit_test(patterns), cmocka_unit_test(doubles),
                                       cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
