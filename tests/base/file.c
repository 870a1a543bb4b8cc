/* Mapping files, and writing them whole or not at all. */
#include "base/file.h"

#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static const char *in_folder(const char *name)
{
    static _Thread_local char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int folder_count(void)
{
    int count = 0;
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static void expect_content(const char *path, const char *text)
{
    fb_map map;
    assert_int_equal(fb_map_open(path, &map), FSAM_OK);
    assert_int_equal(map.size, strlen(text));
    assert_memory_equal(map.data, text, map.size);
    fb_map_close(&map);
    assert_null(map.data);
}

static int setup(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/fsam-file-XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    unlink(in_folder("a"));
    return rmdir(folder);
}

static void test_no_overwrite(void **state)
{
    const char *path = in_folder("a");
    (void)state;
    assert_int_equal(fb_file_write(path, false, "old", 3), FSAM_OK);
    assert_int_equal(fb_file_write(path, false, "new", 3), FSAM_ERROR_ARGUMENT);
    assert_non_null(strstr(fb_message(), "/a: exists already"));
    expect_content(path, "old");
    assert_int_equal(fb_file_write(path, true, "newer", 5), FSAM_OK);
    expect_content(path, "newer");
    assert_int_equal(folder_count(), 1);
}

static void test_abort(void **state)
{
    fb_writer *writer;
    (void)state;
    fb_writer_abort(NULL);
    assert_int_equal(fb_writer_open(in_folder("a"), false, &writer), FSAM_OK);
    assert_int_equal(fb_writer_write(writer, "x", 1), FSAM_OK);
    assert_int_equal(folder_count(), 1); /* the temporary file */
    fb_writer_abort(writer);
    assert_int_equal(folder_count(), 0);

    /* and what another writer has put in its place */
    assert_int_equal(fb_writer_open(in_folder("a"), false, &writer), FSAM_OK);
    assert_int_equal(fb_file_write(fb_writer_temporary(writer), true, "rough", 5), FSAM_OK);
    expect_content(fb_writer_temporary(writer), "rough");
    fb_writer_abort(writer);
    assert_int_equal(folder_count(), 0);
}

static void test_commit(void **state)
{
    const char *path = in_folder("a");
    fb_writer *writer;
    (void)state;
    assert_int_equal(fb_file_write(path, false, "old", 3), FSAM_OK);
    assert_int_equal(fb_writer_open(path, true, &writer), FSAM_OK);
    assert_int_equal(fb_writer_write(writer, "ne", 2), FSAM_OK);
    expect_content(path, "old");
    assert_int_equal(fb_writer_write(writer, "w", 1), FSAM_OK);
    assert_int_equal(fb_writer_commit(writer), FSAM_OK);
    expect_content(path, "new");
    assert_int_equal(folder_count(), 1);
}

static void *write_until_refused(void *unused)
{
    fb_writer *writer;
    while (fb_writer_open(in_folder("a"), true, &writer) == FSAM_OK) {
        (void)fb_writer_write(writer, "x", 1);
        fb_writer_abort(writer);
    }
    return unused;
}

/* What a signal handler does, while other threads open files; the last test, as nothing can be opened after it. */
static void test_unlink_all(void **state)
{
    fb_writer *writer;
    pthread_t thread[2];
    (void)state;
    assert_int_equal(fb_writer_open(in_folder("a"), false, &writer), FSAM_OK);
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&thread[i], NULL, write_until_refused, NULL), 0);
    usleep(5000);
    fb_writers_unlink_all();
    assert_int_equal(folder_count(), 0);
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_join(thread[i], NULL), 0);
    assert_int_equal(fb_writer_commit(writer), FSAM_ERROR_IO); /* its file is gone */
    assert_int_equal(fb_writer_open(in_folder("a"), false, &writer), FSAM_ERROR_IO);
    assert_non_null(strstr(fb_message(), "interrupted"));
    assert_int_equal(folder_count(), 0);
}

static void test_unusable(void **state)
{
    fb_writer *writer;
    fb_map map;
    (void)state;
    assert_int_equal(fb_writer_open(in_folder("none/a"), false, &writer), FSAM_ERROR_IO);
    assert_null(writer);
    assert_non_null(strstr(fb_message(), "none/a: cannot write: No such file"));
    assert_int_equal(fb_writer_open(folder, true, &writer), FSAM_ERROR_IO);
    assert_non_null(strstr(fb_message(), "is a folder"));
    assert_int_equal(fb_map_open(in_folder("none"), &map), FSAM_ERROR_IO);
    assert_non_null(strstr(fb_message(), "none: cannot open: No such file"));
    assert_int_equal(fb_map_open(folder, &map), FSAM_ERROR_IO);
    assert_non_null(strstr(fb_message(), "not a regular file"));
    assert_int_equal(mkfifo(in_folder("a"), 0600), 0);
    assert_int_equal(fb_map_open(in_folder("a"), &map), FSAM_ERROR_IO); /* and does not wait for a writer */
}

static void test_no_regular_file(void **state)
{
    const char *path = in_folder("a");
    struct stat info;
    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    for (int overwrite = 0; overwrite < 2; overwrite++) {
        assert_int_equal(fb_file_write(path, overwrite, "x", 1), FSAM_ERROR_ARGUMENT);
        assert_non_null(strstr(fb_message(), "/a: is no regular file"));
    }
    assert_int_equal(stat(path, &info), 0);
    assert_true(S_ISFIFO(info.st_mode));
    assert_int_equal(folder_count(), 1);
}

/* The mode is what the umask leaves of an ordinary file's, and the message has words for callers of the library. */
static void test_mode(void **state)
{
    const char *path = in_folder("a");
    struct stat info;
    (void)state;
    const mode_t before = umask(027);
    assert_int_equal(fb_file_write(path, false, "x", 1), FSAM_OK);
    umask(before);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    assert_int_equal(fb_file_write(path, false, "x", 1), FSAM_ERROR_ARGUMENT);
    assert_null(strstr(fb_message(), "--"));
}

/* Many at once, in one folder, for one name: each has a file of its own. */
static void test_many_writers(void **state)
{
    enum { MANY = 200 };
    fb_writer *writer[MANY];
    (void)state;
    for (int i = 0; i < MANY; i++) assert_int_equal(fb_writer_open(in_folder("a"), false, &writer[i]), FSAM_OK);
    assert_int_equal(folder_count(), MANY);
    for (int i = 0; i < MANY; i++) fb_writer_abort(writer[i]);
    assert_int_equal(folder_count(), 0);
}

static void test_empty_and_drop(void **state)
{
    const char *path = in_folder("a");
    fb_map map;
    (void)state;
    assert_int_equal(fb_file_write(path, false, "", 0), FSAM_OK);
    assert_int_equal(fb_map_open(path, &map), FSAM_OK);
    assert_null(map.data);
    fb_map_drop(&map, 0, 1);
    fb_map_close(&map);
    char *text = calloc(1, 20001);
    assert_non_null(text);
    memset(text, 'k', 20000);
    assert_int_equal(fb_file_write(path, true, text, 20000), FSAM_OK);
    assert_int_equal(fb_map_open(path, &map), FSAM_OK);
    fb_map_drop(&map, 0, SIZE_MAX);
    fb_map_drop(&map, 30000, 1);
    assert_memory_equal(map.data, text, 20000); /* comes back from the file */
    fb_map_close(&map);
    free(text);
}

static void test_path_last(void **state)
{
    (void)state;
    static const struct {
        const char *path, *last;
    } cases[] = {{"sets/chest", "chest"},
                 {"../sets/chest//", "chest"},
                 {"chest", "chest"},
                 {"a", "a"},
                 {"..", ".."},
                 {"/", ""},
                 {"//", ""},
                 {"", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t count;
        const char *last = fb_path_last(cases[i].path, strlen(cases[i].path), &count);
        assert_int_equal(count, strlen(cases[i].last));
        assert_memory_equal(last, cases[i].last, count);
    }
    size_t count;
    assert_memory_equal(fb_path_last("sets/chest/,2", 11, &count), "chest", 5);
    assert_int_equal(count, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_path_last),
        cmocka_unit_test_setup_teardown(test_no_overwrite, setup, teardown),
        cmocka_unit_test_setup_teardown(test_abort, setup, teardown),
        cmocka_unit_test_setup_teardown(test_commit, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unusable, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_regular_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mode, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_writers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_empty_and_drop, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unlink_all, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
