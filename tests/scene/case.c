/* Cases on disk: written, read, resumed; what is refused; and how cases are split. */
#include "scene/case_write.h"

#include "image/picture.h"
#include "scene/case_read.h"
#include "scene/record_read.h"

#include <sys/stat.h>

#include "on_disk.h"

static char *sources[] = {"ct.nii.gz", "labels.nii.gz"};

static fs_case about(const char *name, const char *settings)
{
    return (fs_case){.name = (char *)name,
                     .patient = "a phantom",
                     .licence = "",
                     .settings = (char *)settings,
                     .sources = 2,
                     .source = sources};
}

static const uint16_t gray[24] = {0, 1, 65535, 300};

static void put(fs_case_writer *writer, size_t number)
{
    fs_record record = small_record();
    assert_ok(fs_case_put(writer, number, gray, &record));
    fs_record_free(&record);
}

static void test_write_and_read(void **state)
{
    const fs_case first = about("p1", "kv 80");
    fs_case_writer *writer;
    fs_case c;
    fs_record record;
    fi_picture picture;
    (void)state;
    assert_ok(fs_case_begin(folder, &first, 3, &writer));
    assert_ok(fs_case_read(folder, "p1", &c));
    assert_int_equal(c.images, 0); /* cut short here, it would list nothing */
    fs_case_free(&c);
    put(writer, 2);
    put(writer, 0);
    fs_record none = small_record();
    assert_int_equal(fs_case_put(writer, 3, gray, &none), FSAM_ERROR_ARGUMENT);
    fs_record_free(&none);
    assert_ok(fs_case_end(writer));
    fs_case_writer_free(writer);

    assert_ok(fs_case_read(folder, "p1", &c));
    assert_string_equal(c.patient, "a phantom");
    assert_string_equal(c.settings, "kv 80");
    assert_int_equal(c.sources, 2);
    assert_string_equal(c.source[1], "labels.nii.gz");
    assert_int_equal(c.images, 2);
    assert_string_equal(c.image[0], "000000");
    assert_string_equal(c.image[1], "000002");
    fs_case_free(&c);
    assert_ok(fs_record_read(in_folder("p1/000002.json"), &record));
    assert_string_equal(record.image, "000002.png");
    fs_record_free(&record);
    const fi_load_options kept = {.intensity = FI_INTENSITY_KEPT};
    assert_ok(fi_picture_load(in_folder("p1/000002.png"), &kept, &picture));
    assert_int_equal(picture.bits, 16);
    assert_true(picture.gray[2] == 1 && picture.gray[1] > 0 && picture.gray[1] < 1e-4f);
    assert_int_equal(picture.says, FI_SAYS_BONE_DARK);
    fi_picture_free(&picture);
    /* whoever only looks sees what a device would show */
    assert_ok(fi_picture_load(in_folder("p1/000002.png"), NULL, &picture));
    assert_true(picture.gray[2] == 0 && picture.gray[1] > 0.9f && picture.linear);
    assert_int_equal(picture.says, FI_SAYS_BONE_BRIGHT);
    fi_picture_free(&picture);
}

static void test_resume(void **state)
{
    const fs_case first = about("p2", "kv 80"), other = about("p2", "kv 90");
    fs_case_writer *writer;
    int annotations;
    char path[200];
    (void)state;
    assert_ok(fs_case_begin(folder, &first, 4, &writer));
    for (size_t i = 0; i < 4; i++) put(writer, i);
    fs_case_writer_free(writer); /* as if it had been killed */
    write_file("p2/000001.json", "{");
    unlink(in_folder("p2/000002.json"));
    unlink(in_folder("p2/000003.png"));

    assert_ok(fs_case_begin(folder, &first, 5, &writer));
    assert_true(fs_case_has(writer, 0, &annotations));
    assert_int_equal(annotations, 2);
    for (size_t i = 1; i < 5; i++) assert_false(fs_case_has(writer, i, &annotations));
    assert_string_equal(fb_message(), "");
    put(writer, 3);
    assert_ok(fs_case_end(writer));
    fs_case_writer_free(writer);
    fs_case c;
    assert_ok(fs_case_read(folder, "p2", &c));
    assert_int_equal(c.images, 2);
    assert_string_equal(c.image[1], "000003");
    fs_case_free(&c);

    snprintf(path, sizeof path, "%s/p2.json: \"settings\": was made with others (kv 80): write to another folder",
             folder);
    assert_int_equal(fs_case_begin(folder, &other, 5, &writer), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), path);
    assert_null(writer);

    char another[] = "other/ct.nii.gz", *moved[] = {another, first.source[1]};
    fs_case elsewhere = first;
    elsewhere.source = moved;
    snprintf(path, sizeof path, "%s/p2.json: \"sources\": was made from others (%s, ...): write to another folder",
             folder, first.source[0]);
    assert_int_equal(fs_case_begin(folder, &elsewhere, 5, &writer), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), path);
    elsewhere = first;
    elsewhere.sources = 1;
    assert_int_equal(fs_case_begin(folder, &elsewhere, 5, &writer), FSAM_ERROR_ARGUMENT);
}

/* What was begun, and failed before its first picture, does not bind the next to its settings. */
static void test_without_pictures(void **state)
{
    const fs_case first = about("p4", "kv 80"), other = about("p4", "kv 90");
    fs_case_writer *writer;
    fs_case c;
    (void)state;
    assert_ok(fs_case_begin(folder, &first, 1, &writer));
    fs_case_writer_free(writer); /* as if it had been killed */
    assert_ok(fs_case_begin(folder, &other, 1, &writer));
    assert_ok(fs_case_read(folder, "p4", &c));
    assert_string_equal(c.settings, "kv 90");
    fs_case_free(&c);
    put(writer, 0);
    fs_case_abandon(writer); /* it has a picture: it stays */
    fs_case_writer_free(writer);
    assert_int_equal(fs_case_begin(folder, &first, 1, &writer), FSAM_ERROR_ARGUMENT);

    assert_int_equal(unlink(in_folder("p4/000000.png")), 0);
    assert_int_equal(unlink(in_folder("p4/000000.json")), 0);
    assert_ok(fs_case_begin(folder, &first, 1, &writer));
    fs_case_abandon(writer);
    fs_case_writer_free(writer);
    assert_int_equal(access(in_folder("p4.json"), F_OK), -1);
    assert_int_equal(access(in_folder("p4"), F_OK), -1);
}

static void test_bad_cases(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{\"patient\": \"\", \"licence\": \"\", \"settings\": \"\", \"sources\": [], \"images\": [\"../x\"]}",
         "\"images\": element 0 is no file's name"},
        {"{\"patient\": \"\", \"licence\": \"\", \"settings\": \"\", \"sources\": [1], \"images\": []}",
         "\"sources\": element 0 is no text"},
        {"{\"patient\": \"\", \"licence\": \"\", \"settings\": \"\", \"sources\": []}", "\"images\" is missing"},
        {"{\"settings\": \"\"}", "\"patient\" is missing"},
    };
    char message[300];
    fs_case c;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_file("bad.json", cases[i].text);
        snprintf(message, sizeof message, "%s: %s", in_folder("bad.json"), cases[i].message);
        assert_int_equal(fs_case_read(folder, "bad", &c), FSAM_ERROR_FORMAT);
        assert_string_equal(fb_message(), message);
        assert_null(c.name);
    }
    assert_int_equal(fs_case_read(folder, "../bad", &c), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fs_case_read(folder, "missing", &c), FSAM_ERROR_IO);
}

static void test_names(void **state)
{
    fs_names names;
    (void)state;
    assert_ok(fs_names_parse("a\r\n\nb c\n", "list", &names));
    assert_int_equal(names.count, 2);
    assert_string_equal(names.name[0], "a");
    assert_string_equal(names.name[1], "b c");
    fs_names_free(&names);
    assert_int_equal(fs_names_parse("a\n../b\n", "list", &names), FSAM_ERROR_FORMAT);
    assert_string_equal(fb_message(), "list:2: is no case's name");
}

static size_t count_of(const char *list, const char *name)
{
    fs_names names;
    size_t count = 0;
    assert_ok(fs_names_read(in_folder(list), &names));
    for (size_t i = 0; i < names.count; i++) count += name == NULL || strcmp(names.name[i], name) == 0;
    fs_names_free(&names);
    return count;
}

static void test_split(void **state)
{
    static char text[40][8];
    const char *name[40];
    char chosen[8] = "";
    (void)state;
    for (int i = 0; i < 40; i++) {
        snprintf(text[i], sizeof text[i], "case%d", i);
        name[i] = text[i];
    }
    assert_ok(fs_split_write(folder, name, 9, 5));
    assert_int_equal(count_of("train.txt", NULL), 9);
    assert_int_equal(count_of("val.txt", NULL), 0);
    assert_ok(fs_split_write(folder, name, 15, 5)); /* nine of them for the second time */
    assert_int_equal(count_of("train.txt", NULL), 14);
    assert_int_equal(count_of("val.txt", NULL), 1);
    for (int i = 0; i < 15; i++) {
        if (count_of("val.txt", name[i]) == 1) strcpy(chosen, name[i]);
        assert_int_equal(count_of("val.txt", name[i]) + count_of("train.txt", name[i]), 1);
        if (i < 9) assert_int_equal(count_of("train.txt", name[i]), 1);
    }
    assert_ok(fs_split_write(folder, name, 40, 6));
    assert_int_equal(count_of("val.txt", NULL), 4);
    assert_int_equal(count_of("val.txt", chosen), 1);
}

/* Lists of pictures, as other data sets have them, are none of cases. */
static void test_lists_cases(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_folder("own"), 0755), 0);
    assert_false(fs_lists_cases(in_folder("own")));
    write_file("own/val.txt", "\n");
    assert_true(fs_lists_cases(in_folder("own")));
    assert_int_equal(mkdir(in_folder("own/images"), 0755), 0);
    assert_false(fs_lists_cases(in_folder("own")));
    write_file("own/train.txt", "./images/a.png\na.png\na\n");
    assert_false(fs_lists_cases(in_folder("own")));
    write_file("own/a.json", "{}");
    assert_false(fs_lists_cases(in_folder("own")));
    assert_int_equal(mkdir(in_folder("own/a"), 0755), 0);
    assert_true(fs_lists_cases(in_folder("own")));
    write_file("own/train.txt", "../own/a\n");
    assert_false(fs_lists_cases(in_folder("own")));
    write_file("own/val.txt", "b\r\na\r\n");
    assert_true(fs_lists_cases(in_folder("own")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write_and_read), cmocka_unit_test(test_resume), cmocka_unit_test(test_without_pictures),
        cmocka_unit_test(test_bad_cases),      cmocka_unit_test(test_names),  cmocka_unit_test(test_split),
        cmocka_unit_test(test_lists_cases)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
