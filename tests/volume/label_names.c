/* Tables of names and mappings in all their forms. */
#include "support.h"

#include "volume/label_names.h"

static void expect_names(const char *text)
{
    fv_names names;
    write_text(in_folder("names"), text);
    expect_ok(fv_names_read(in_folder("names"), &names));
    assert_int_equal(names.count, 2);
    assert_string_equal(fv_names_find(&names, 5), "liver");
    assert_string_equal(fv_names_find(&names, 1), "spleen");
    assert_null(fv_names_find(&names, 2));
    fv_names_free(&names);
}

static void test_forms(void **state)
{
    (void)state;
    expect_names("5\tliver\n1\tspleen\n");
    expect_names("id,name,colour\r\n5,\"liver\",red\r\n1, spleen ,blue\r\n");
    expect_names("# made by hand\n\n5 liver\n1  spleen");
    expect_names("0\tbackground\n5\tliver\tmore\n1\tspleen\n");
    expect_names("{\"5\": \"liver\", \"1\": \"spleen\"}");
    expect_names(" {\"liver\": 5, \"background\": 0, \"spleen\": 1}");
    expect_names("{\"name\": \"a set\", \"labels\": {\"liver\": 5, \"spleen\": 1}}");
}

static void test_refused(void **state)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"", "no names in it"},
        {"id\tname\n", "no names in it"},
        {"1\tspleen\nliver\n", "line 2: no number and name"},
        {"1\tspleen\n2\n", "label 2: the name is empty"},
        {"1\tspleen\n1\tliver\n", "label 1: named twice"},
        {"70000\tspleen\n", "label 70000: not in 0..65535"},
        {"-1\tspleen\n", "label -1: not in 0..65535"},
        {"{\"1\": 2.5}", "no pair of a number and a name"},
        {"{\"one\": \"spleen\"}", "no pair of a number and a name"},
        {"{\"1\": \"spleen\"", "expected near end of file"},
    };
    fv_names names;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_text(in_folder("names"), cases[i].text);
        assert_int_equal(fv_names_read(in_folder("names"), &names), FSAM_ERROR_FORMAT);
        expect_message(in_folder("names"), cases[i].reason);
        assert_null(names.entries);
    }
    assert_int_equal(fv_names_read(in_folder("none"), &names), FSAM_ERROR_IO);
}

static void test_table(void **state)
{
    fv_names names;
    (void)state;
    expect_ok(fv_names_of_table("<LabelTable><Label Key=\"3\" Red=\"1\"><![CDATA[a < b]]></Label>"
                                "<Label Red=\"0\" Key=\"7\">c &amp; d &lt;</Label></LabelTable>",
                                "t", &names));
    assert_int_equal(names.count, 2);
    assert_string_equal(fv_names_find(&names, 3), "a < b");
    assert_string_equal(fv_names_find(&names, 7), "c & d <");
    fv_names_free(&names);
    static const char *const bad[] = {"<LabelTable>", "<Label Key=\"1\">x", "<Label >Key=\"1\"</Label>",
                                      "<Label Key=\"x\">y</Label>", "<Label Key=\"1\"</Label>"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(fv_names_of_table(bad[i], "t", &names), FSAM_ERROR_FORMAT);
        expect_message("t: ", "");
    }
}

static void test_standard(void **state)
{
    fv_names names;
    (void)state;
    expect_ok(fv_names_standard(&names));
    assert_int_equal(names.count, 117);
    assert_string_equal(fv_names_find(&names, 5), "liver");
    assert_string_equal(fv_names_find(&names, 117), "costal_cartilages");
    fv_names_free(&names);
}

static void test_mapping(void **state)
{
    fv_mapping mapping = {0};
    (void)state;
    assert_string_equal(fv_mapping_find(&mapping, "liver"), "liver");
    assert_string_equal(fv_mapping_find(&mapping, "heart_ventricle_left"), "heart");
    write_text(in_folder("map"), "# BodyParts3D\nLeft femur\tfemur_left\nskin\t-\nseptum\theart_myocardium\r\n");
    expect_ok(fv_mapping_read(in_folder("map"), &mapping));
    assert_string_equal(fv_mapping_find(&mapping, "Left femur"), "femur_left");
    assert_string_equal(fv_mapping_find(&mapping, "septum"), "heart");
    assert_string_equal(fv_mapping_find(&mapping, "left femur"), "left femur");
    assert_null(fv_mapping_find(&mapping, "skin"));
    fv_mapping_free(&mapping);
    write_text(in_folder("map"), "a\tb\n*\t-\n");
    expect_ok(fv_mapping_read(in_folder("map"), &mapping));
    assert_string_equal(fv_mapping_find(&mapping, "a"), "b");
    assert_null(fv_mapping_find(&mapping, "c"));
    fv_mapping_free(&mapping);
    write_text(in_folder("map"), "a\tb\na b\n");
    assert_int_equal(fv_mapping_read(in_folder("map"), &mapping), FSAM_ERROR_FORMAT);
    expect_message(in_folder("map"), "line 2: not two names");
    write_text(in_folder("map"), "a\tb\na\tc\n");
    assert_int_equal(fv_mapping_read(in_folder("map"), &mapping), FSAM_ERROR_FORMAT);
    expect_message(in_folder("map"), "\"a\": mapped twice");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_forms), cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_table), cmocka_unit_test(test_standard),
                                       cmocka_unit_test(test_mapping)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
