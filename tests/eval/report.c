/* Reports of a made-up model's answers: the numbers of the JSON, and an HTML file that needs no other. */
#include "made_sets.h"

#include "eval/html.h"
#include "eval/report.h"
#include <math.h>

/* A model that says "nothing" of half of the picture, whatever it is asked. */
static int width, height;

static fsam_status encode(void *context, fi_picture *picture)
{
    (void)context;
    width = picture->width;
    height = picture->height;
    fi_picture_free(picture);
    return FSAM_OK;
}

static fsam_status answer(void *context, const fe_question *question, uint8_t *mask, double *score)
{
    (void)context;
    *score = question->text != NULL && strstr(question->text, "lung") != NULL ? 0.75 : 0.25;
    for (int i = 0; i < width * height; i++) mask[i] = i % width < width / 2 ? 255 : 0;
    return FSAM_OK;
}

static const fe_asker asker = {NULL, encode, answer};

static fe_results evaluate(const fe_set *set, const char *prompts)
{
    fe_results r = {.set = set, .name = fe_set_name(set), .images = fe_set_count(set)};
    assert_ok(fe_plan_parse(prompts, &r.plan));
    const fe_protocol protocol = {.plan = &r.plan};
    r.image = calloc(r.images, sizeof *r.image);
    for (size_t i = 0; i < r.images; i++) {
        fe_case c;
        assert_ok(fe_set_read(set, i, false, &c));
        assert_ok(fe_means_add(&r.means, &c));
        fe_case_free(&c);
    }
    for (size_t i = 0; i < r.images; i++) assert_ok(fe_evaluate(set, i, &r.means, &protocol, &asker, &r.image[i]));
    return r;
}

/* "sets.chest.prompts.text.iou" */
static const json_t *at(const json_t *json, const char *path)
{
    char part[64];
    while (*path != '\0') {
        const size_t length = strcspn(path, ".");
        snprintf(part, sizeof part, "%.*s", (int)length, path);
        json = json_object_get(json, part);
        if (json == NULL) fail_msg("no %s", path);
        path += length + (path[length] == '.');
    }
    return json;
}

static void assert_number(const json_t *json, const char *path, double expected)
{
    assert_float_equal(json_number_value(at(json, path)), expected, 1e-9);
}

static void writes_the_numbers_as_json(void **state)
{
    (void)state;
    json_t *json;
    make_chest();
    fe_set *set = open_made("chest", &(fe_set_options){0});
    fe_results r = evaluate(set, "text,box");
    const fe_report report = {"m.safetensors", "set", "f32", 3, 0.5, 1, &r};
    assert_ok(fe_report_json(&report, &json));
    const double iou = (20.0 / 58 + 15.0 / 63) / 2;
    assert_string_equal(json_string_value(at(json, "model")), "m.safetensors");
    assert_number(json, "sets.chest.baseline_mean_mask.iou", 25.0 / 35);
    assert_number(json, "sets.chest.baseline_mean_mask.dice", 50.0 / 60);
    assert_number(json, "sets.chest.prompts.text.n", 2);
    assert_number(json, "sets.chest.prompts.text.iou", iou);
    assert_number(json, "sets.chest.prompts.box.iou", iou);
    assert_number(json, "sets.chest.categories.lungs.text.iou", iou);
    assert_number(json, "sets.chest.category_baselines.lungs.n", 2);
    assert_number(json, "sets.chest.kinds.group.text.iou", iou);
    assert_number(json, "sets.chest.errors.box.missing", (10.0 + 15) / 60);
    assert_number(json, "sets.chest.absent.auc", 1);
    assert_number(json, "sets.chest.absent.rejected_at_90_recall", 1);
    assert_number(json, "sets.chest.absent.threshold", 0.75);
    assert_number(json, "sets.chest.absent.at_model_threshold.kept", 1);
    /* words promise 0.75 and boxes 0.25 */
    assert_number(json, "sets.chest.calibration.error", (fabs(0.75 - iou) + fabs(0.25 - iou)) / 2);
    assert_number(json, "speed.images", 2);
    assert_number(json, "speed.prompts", 2 * (2 + 6));
    assert_number(json, "speed.threads", 3);
    json_decref(json);
    fe_results_free(&r);
    fe_set_free(set);
}

static void has_null_for_what_is_not_known(void **state)
{
    (void)state;
    const char *text[] = {"a <b> & \"c\""};
    json_t *json;
    make_pairs();
    write_box("pairs/masks/two.tif", 0, 0, 0, 0, 0); /* nothing is there at all */
    fe_set *set = open_made("pairs", &(fe_set_options){.text = text, .texts = 1});
    fe_results r = evaluate(set, "text");
    const fe_report report = {"m", "set", "f32", 1, 0.5, 1, &r};
    assert_ok(fe_report_json(&report, &json));
    assert_true(json_is_null(at(json, "sets.pairs.baseline_mean_mask.iou")));
    assert_true(json_is_null(at(json, "sets.pairs.prompts.text.dice")));
    assert_true(json_is_null(at(json, "sets.pairs.absent.auc")));
    assert_number(json, "sets.pairs.absent.at_model_threshold.rejected", 1);
    json_decref(json);
    fe_results_free(&r);
    fe_set_free(set);
}

static size_t count(const char *text, const char *part)
{
    size_t found = 0;
    for (const char *p = strstr(text, part); p != NULL; p = strstr(p + 1, part)) found++;
    return found;
}

static void writes_one_html_file(void **state)
{
    (void)state;
    const char *text[] = {"a <b> & \"c\""};
    char *html;
    size_t size;
    make_chest();
    assert_true(mkdir(in_folder("alone"), 0755) == 0);
    write_box("alone/x.png", 50, 0, 0, 2, 2);
    const fe_set_options options = {.text = text, .texts = 1};
    fe_set *set[2] = {open_made("chest", &options), open_made("alone", &options)};
    fe_results r[2] = {evaluate(set[0], "text,text+2"), evaluate(set[1], "text,text+2")};
    const fe_report report = {"<m>", "set", "f32", 1, 0.5, 2, r};
    assert_ok(fe_report_html(&report, &asker, &html, &size));
    assert_int_equal(strlen(html), size);
    assert_int_equal(count(html, "<svg "), 4);
    assert_int_equal(count(html, "<svg "), count(html, "</svg>"));
    assert_int_equal(count(html, "<img "), 3 + 1);
    assert_int_equal(count(html, "src=\"data:image/png;base64,iVBORw0KGgo"), 3 + 1); /* PNG's first bytes */
    assert_int_equal(count(html, "src="), 3 + 1);
    assert_int_equal(count(html, "href="), 0);
    assert_int_equal(count(html, "<b>"), 0);
    assert_int_equal(count(html, "<m>"), 0);
    assert_true(count(html, "a &#60;b&#62; &#38; &#34;c&#34;") > 0);
    assert_int_equal(count(html, "CC BY"), 2);
    assert_int_equal(count(html, "nan"), 0);
    free(html);
    for (int i = 0; i < 2; i++) {
        fe_results_free(&r[i]);
        fe_set_free(set[i]);
    }
}

static void makes_any_text_harmless(void **state)
{
    (void)state;
    char *out;
    size_t size;
    FILE *file = open_memstream(&out, &size);
    fe_html_text(file, "\xc3\xa4\xff\x1b[1m\xe2\x82'\xf0\x9f\xa9\xbb");
    fclose(file);
    assert_string_equal(out, "\xc3\xa4??[1m??&#39;\xf0\x9f\xa9\xbb");
    free(out);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(writes_the_numbers_as_json),
        IN_FOLDER(has_null_for_what_is_not_known),
        IN_FOLDER(writes_one_html_file),
        cmocka_unit_test(makes_any_text_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
