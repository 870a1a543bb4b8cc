/* Records: the exact text, there and back, and one bad value a field. */
#include "scene/record_json.h"
#include "scene/record_read.h"

#include "on_disk.h"

static const fs_picture_facts no_picture = {.name = "a.tiff"};

static char *small_text(void)
{
    fs_record record = small_record();
    record.image = strdup("000003.png");
    char *text = fs_record_text(&record);
    fs_record_free(&record);
    assert_non_null(text);
    return text;
}

static void test_text(void **state)
{
    (void)state;
    char *text = small_text();
    assert_string_equal(
        text,
        "{\"image\":\"000003.png\",\n\"size\":[4,6],\n"
        "\"camera\":{\"intrinsic\":[[2000.0,0.0,2.5],[0.0,2000.0,1.5],[0.0,0.0,1.0]],"
        "\"world_from_camera\":[[0.0,1.0,0.0,-1.25],[1.0,0.0,0.0,0.1],[0.0,0.0,-1.0,3.0],[0.0,0.0,0.0,1.0]],"
        "\"sdd_mm\":1000.0,\"sod_mm\":700.125,\"pixel_mm\":0.5,\"primary_deg\":-30.0,\"secondary_deg\":12.5,"
        "\"view\":\"hip_ap\"},\n"
        "\"physics\":{\"kv\":80.0,\"filter_mm_al\":2.5,\"dose\":1.5,\"mas\":0.625,\"scatter_ratio\":3.0,\"noise\":true,"
        "\"shutters\":{\"shape\":\"octagon\",\"centre\":[2.5,1.5],\"half\":[2.0,2.0],\"angle_deg\":10.0}},\n"
        "\"seed\":1234567890123456789,\n\"scene\":7,\n\"draw\":3,\n\"annotations\":[\n"
        "{\"category\":\"femur_left\",\"kind\":\"organ\",\"segmentation\":{\"size\":[4,6],\"counts\":\"4220008\"},"
        "\"bbox\":[1,0,3,2],\"area\":6,\"visible_fraction\":0.75,\"cut_off\":[\"I\"],\"path_mm_max\":41.5,"
        "\"texts\":[\"Left femur\",\"the thigh bone \\\"on the left\\\"\"]},\n"
        "{\"category\":\"cortical_screw\",\"kind\":\"tool\",\"segmentation\":{\"size\":[4,6],\"counts\":\"g01\"},"
        "\"bbox\":[5,3,1,1],\"area\":1,\"visible_fraction\":1.0,\"cut_off\":[],\"path_mm_max\":3.0,\"texts\":[]}]}\n");
    free(text);
}

static void test_round_trip(void **state)
{
    fs_record record;
    (void)state;
    char *text = small_text();
    assert_ok(fs_record_parse(text, &no_picture, "a", &record));
    assert_true(record.simulated);
    assert_int_equal(record.seed, 1234567890123456789u);
    assert_int_equal(record.count, 2);
    assert_string_equal(record.annotation[0].category, "femur_left");
    assert_true(record.annotation[0].cut_inferior);
    assert_false(record.annotation[0].cut_superior);
    assert_int_equal(record.annotation[1].kind, FS_KIND_TOOL);
    assert_int_equal(fi_rle_area(&record.annotation[0].mask), 6);
    assert_true(record.camera.world_from_camera[0][3] == -1.25);
    char *again = fs_record_text(&record);
    assert_string_equal(again, text);
    free(again);
    free(text);
    fs_record_free(&record);
}

/* Names without a mask; a file that does not say is told from one that has none. */
static void test_unmasked(void **state)
{
    fs_record record = small_record(), again;
    (void)state;
    record.image = strdup("000003.png");
    record.unmasked_known = true;
    record.unmasked = 1;
    record.unmasked_name = calloc(1, sizeof *record.unmasked_name);
    record.unmasked_name[0] = strdup("patella");
    char *text = fs_record_text(&record);
    assert_non_null(strstr(text, "\"unmasked\":[\"patella\"],\n\"annotations\""));
    assert_ok(fs_record_parse(text, &no_picture, "a", &again));
    assert_true(again.unmasked_known);
    assert_int_equal(again.unmasked, 1);
    assert_string_equal(again.unmasked_name[0], "patella");
    fs_record_free(&again);
    *strstr(text, "unmasked") = 'U';
    assert_ok(fs_record_parse(text, &no_picture, "a", &again));
    assert_false(again.unmasked_known);
    fs_record_free(&again);
    *strstr(text, "Unmasked") = 'u';
    memcpy(strstr(text, "\"patella\""), "123456789", 9);
    assert_int_equal(fs_record_parse(text, &no_picture, "a", &again), FSAM_ERROR_FORMAT);
    assert_string_equal(fb_message(), "a: \"unmasked\": element 0 is no text");
    free(text);
    fs_record_free(&record);
}

/* `text` with the first `from` become `to`. Owned: free. */
static char *replaced(const char *text, const char *from, const char *to)
{
    char *out = NULL;
    const char *at = strstr(text, from);
    if (at == NULL) fail_msg("\"%s\" is not in the text", from);
    assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) > 0);
    return out;
}

static void test_bad_fields(void **state)
{
    static const struct {
        const char *from, *to, *message;
    } cases[] = {
        {"\"000003.png\"", "\"../a.png\"", "a: \"image\" is no file's name"},
        {"[4,6]", "[0,6]", "a: \"size\" is 0 x 6, not within 1 to 16384 a side and 67108864 pixels"},
        {"[4,6]", "[16384,16384]", "a: \"size\" is 16384 x 16384, not within 1 to 16384 a side and 67108864 pixels"},
        {"[4,6]", "[4]", "a: \"size\" has 1 elements, not 2 to 2"},
        {"\"camera\":{", "\"camera\":[],\"lens\":{", "a: \"camera\" is no object"},
        {"[2000.0,0.0,2.5]", "[2000.0,0.0]", "a: camera: \"intrinsic\": row 0 is not 3 numbers"},
        {"\"sdd_mm\":1000.0", "\"sdd_mm\":-1", "a: camera: \"sdd_mm\" is -1, not 1 to 100000"},
        {"\"view\":\"hip_ap\"", "\"view\":\"\"", "a: camera: \"view\" is no text"},
        {"\"kv\":80.0", "\"kv\":\"80\"", "a: physics: \"kv\" is no number"},
        {"\"noise\":true", "\"noise\":1", "a: physics: \"noise\" is not true or false"},
        {"\"octagon\"", "8", "a: physics: shutters: \"shape\" is no text"},
        {"\"seed\":1234567890123456789", "\"seed\":-2", "a: \"seed\" is -2, not 0 to 9223372036854775807"},
        {"\"seed\":", "\"seeds\":", "a: \"seed\" is missing"},
        {"\"organ\"", "\"bone\"", "a: annotations[0]: \"kind\" is \"bone\", not organ, group or tool"},
        {"\"size\":[4,6],\"counts\"", "\"size\":[6,4],\"counts\"",
         "a: annotations[0]: \"segmentation\" is 6 x 4, the picture 4 x 6"},
        {"4220008", "42200", "a: annotations[0]: "},
        {"\"area\":6", "\"area\":7", "a: annotations[0]: \"area\" is not that of the mask"},
        {"[5,3,1,1]", "[5,3,1,2]", "a: annotations[1]: \"bbox\" is not that of the mask"},
        {"\"visible_fraction\":0.75", "\"visible_fraction\":1.5",
         "a: annotations[0]: \"visible_fraction\" is 1.5, not 0 to 1"},
        {"[\"I\"]", "[\"L\"]", "a: annotations[0]: \"cut_off\" has other elements than \"I\" and \"S\""},
        {"\"Left femur\"", "5", "a: annotations[0]: \"texts\": element 0 is no text"},
        {"\"texts\":[]", "\"texts\":{}", "a: annotations[1]: \"texts\" is no list"},
    };
    (void)state;
    char *text = small_text();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *bad = replaced(text, cases[i].from, cases[i].to);
        fs_record record;
        assert_int_equal(fs_record_parse(bad, &no_picture, "a", &record), FSAM_ERROR_FORMAT);
        if (strncmp(fb_message(), cases[i].message, strlen(cases[i].message)) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", cases[i].to, fb_message(), cases[i].message);
        assert_null(record.annotation);
        free(bad);
    }
    free(text);
}

static void test_cut_short(void **state)
{
    (void)state;
    char *text = small_text();
    for (size_t length = strlen(text) - 2; length > 0; length--) {
        fs_record record;
        text[length] = '\0';
        assert_int_equal(fs_record_parse(text, &no_picture, "a", &record), FSAM_ERROR_FORMAT);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_text), cmocka_unit_test(test_round_trip),
                                       cmocka_unit_test(test_bad_fields), cmocka_unit_test(test_cut_short),
                                       cmocka_unit_test(test_unmasked)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
