/* The protocol with a made-up model, whose answers and their numbers can be told by hand. */
#include "made_sets.h"

#include "eval/results.h"
#include <math.h>

/* A model that answers every text with the left half and a score of 0.25; clicks on what is missing add a cross of five
 * pixels, others take one away; a box is filled. What it was asked is counted. */
typedef struct model {
    int width, height, encoded, asked, clicks;
    const char *silent; /* a text that it finds nothing for */
} model;

static fsam_status encode(void *context, fi_picture *picture)
{
    model *m = context;
    m->width = picture->width;
    m->height = picture->height;
    m->encoded++;
    fi_picture_free(picture);
    return FSAM_OK;
}

static void stamp(const model *m, const fsam_point *click, uint8_t *mask)
{
    for (int y = 0; y < m->height; y++)
        for (int x = 0; x < m->width; x++)
            if (fabs(x - click->x) + fabs(y - click->y) <= 1) mask[y * m->width + x] = click->foreground ? 255 : 0;
}

static fsam_status answer(void *context, const fe_question *question, uint8_t *mask, double *score)
{
    model *m = context;
    const double *box = question->box;
    const bool silent = m->silent != NULL && question->text != NULL && strcmp(question->text, m->silent) == 0;
    m->asked++;
    m->clicks += (int)question->clicks;
    *score = 0.25 + 0.05 * (double)question->clicks;
    for (int y = 0; y < m->height; y++)
        for (int x = 0; x < m->width; x++) {
            const bool inside = box != NULL && x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];
            mask[y * m->width + x] = inside || (question->text != NULL && !silent && x < m->width / 2) ? 255 : 0;
        }
    for (size_t i = 0; i < question->clicks; i++) stamp(m, &question->click[i], mask);
    return FSAM_OK;
}

static fe_results run(const fe_set *set, const char *prompts, double least_share, model *m)
{
    fe_results results = {.set = set, .images = fe_set_count(set)};
    const fe_asker asker = {m, encode, answer};
    assert_ok(fe_plan_parse(prompts, &results.plan));
    const fe_protocol protocol = {.plan = &results.plan, .least_share = least_share};
    for (size_t i = 0; i < results.images; i++) {
        fe_case c;
        assert_ok(fe_set_read(set, i, false, &c));
        assert_ok(fe_means_add(&results.means, &c));
        fe_case_free(&c);
    }
    results.image = calloc(results.images, sizeof *results.image);
    for (size_t i = 0; i < results.images; i++)
        assert_ok(fe_evaluate(set, i, &results.means, &protocol, &asker, &results.image[i]));
    return results;
}

/* The first lungs are 2..7 x 1..5, 30 pixels; the left half of 12 x 8 is 48 pixels and has 20 of them. */
static void measures_words_and_baseline(void **state)
{
    (void)state;
    model m = {0};
    make_chest();
    fe_set *set = open_made("chest", &(fe_set_options){0});
    fe_results r = run(set, "text", 0, &m);
    assert_int_equal(m.encoded, 2);
    const fe_row *row = r.image[0].row;
    assert_int_equal(row[0].prompt, FE_BASELINE); /* the other's, a pixel further right: 25 of 35 */
    assert_float_equal(row[0].iou, 25.0 / 35, 1e-12);
    assert_int_equal(row[1].prompt, 0);
    assert_float_equal(row[1].iou, 20.0 / 58, 1e-12);
    assert_float_equal(row[1].dice, 40.0 / 78, 1e-12);
    assert_float_equal(row[1].score, 0.25, 0);
    assert_int_equal(row[1].area, 48);
    /* of the lungs' 30 pixels 10 are missing; of 28 that are superfluous 4 x 2 lie below them */
    assert_float_equal(row[1].errors.missing, 10.0 / 30, 1e-12);
    assert_float_equal(row[1].errors.superfluous, 28.0 / 30, 1e-12);
    assert_float_equal(row[1].errors.below, 8.0 / 30, 1e-12);
    assert_float_equal(row[1].errors.iou_above, 20.0 / 50, 1e-12);
    assert_float_equal(row[1].hd, sqrt(4 + 4), 1e-12); /* (0, 7) is two from (2, 5) either way */
    assert_int_equal(row[2].prompt, FE_ABSENT);
    assert_true(isnan(row[2].iou));
    /* the second has 15 of 30 */
    const fe_summary text = fe_summarise(&r, (fe_selection){0, -1, -1});
    assert_int_equal(text.n, 2);
    assert_float_equal(text.iou, (20.0 / 58 + 15.0 / 63) / 2, 1e-12);
    assert_float_equal(fe_summarise_errors(&r, 0).missing, (10.0 + 15) / 60, 1e-12);
    assert_int_equal(fe_summarise(&r, (fe_selection){0, -1, FS_KIND_GROUP}).n, 2);
    assert_int_equal(fe_summarise(&r, (fe_selection){0, -1, FS_KIND_TOOL}).n, 0);
    assert_true(isnan(fe_summarise(&r, (fe_selection){0, -1, FS_KIND_TOOL}).iou));
    fe_results_free(&r);
    fe_set_free(set);
}

static void corrects_with_clicks(void **state)
{
    (void)state;
    model m = {0};
    make_chest();
    fe_set *set = open_made("chest", &(fe_set_options){0});
    fe_results r = run(set, "text+2,points1..2", 0, &m);
    /* of each picture: words, one click, two; then one click and two without words: and nothing that is absent */
    assert_int_equal(m.asked, 2 * 5);
    assert_int_equal(m.clicks, 2 * (1 + 2 + 1 + 2));
    assert_int_equal(r.image[0].count, 1 + 3);
    const fe_row *first = &r.image[0].row[2]; /* points1: a cross of five in thirty */
    assert_int_equal(first->prompt, 1);
    assert_float_equal(first->iou, 5.0 / 30, 1e-12);
    assert_float_equal(first->score, 0.3, 1e-12);
    assert_true(first[1].iou > first->iou);
    fe_results_free(&r);
    fe_set_free(set);
}

/* A box around a box is the answer: nothing is left to correct, and no distance. */
static void asks_in_boxes(void **state)
{
    (void)state;
    model m = {0};
    make_hip();
    fe_set *set = open_made("hip", &(fe_set_options){0});
    fe_results r = run(set, "box", 0, &m);
    const fe_summary box = fe_summarise(&r, (fe_selection){0, -1, -1});
    assert_int_equal(box.n, 3);
    assert_float_equal(box.iou, 1, 0);
    assert_float_equal(box.hd, 0, 0);
    assert_int_equal(m.asked, 3);
    /* hip_left: 1 and 1, femur_right has no other picture: no baseline of its own */
    assert_int_equal(fe_summarise(&r, (fe_selection){FE_BASELINE, -1, -1}).n, 2);
    assert_int_equal(fe_summarise_categories(&r, 0).n, 2);
    fe_results_free(&r);
    r = run(set, "box", 0.2, &m); /* the femur is 12 of 96 pixels */
    assert_int_equal(fe_summarise(&r, (fe_selection){0, -1, -1}).n, 2);
    fe_results_free(&r);
    fe_set_free(set);
}

static void tells_present_from_absent(void **state)
{
    (void)state;
    const char *text[] = {"kidney"};
    model m = {.silent = "kidney"};
    fe_roc roc;
    make_pairs(); /* the first has no kidney */
    fe_set *set = open_made("pairs", &(fe_set_options){.text = text, .texts = 1});
    fe_results r = run(set, "text", 0, &m);
    /* an answer without a pixel is never present, whatever its score */
    assert_int_equal(r.image[0].row[0].prompt, FE_ABSENT);
    assert_float_equal(fe_presence(&r.image[0].row[0]), 0, 0);
    assert_float_equal(r.image[0].row[0].score, 0.25, 0);
    assert_ok(fe_results_roc(&r, 0.9, &roc));
    assert_int_equal(roc.present, 1);
    assert_int_equal(roc.absent, 1);
    assert_float_equal(roc.auc, 0.5, 0);
    fe_roc_free(&roc);
    const fe_roc_point at = fe_results_at(&r, 0.1);
    assert_float_equal(at.kept, 0, 0);
    assert_float_equal(at.rejected, 1, 0);
    fe_results_free(&r);
    fe_set_free(set);
}

static void ranks_by_dice(void **state)
{
    (void)state;
    model m = {0};
    fe_place *place;
    size_t count;
    make_chest();
    fe_set *set = open_made("chest", &(fe_set_options){0});
    fe_results r = run(set, "text", 0, &m);
    assert_ok(fe_results_ranked(&r, 0, &place, &count));
    assert_int_equal(count, 2);
    assert_int_equal(place[0].image, 0);
    assert_true(place[0].dice > place[1].dice);
    free(place);
    const fe_calibration calibration = fe_results_calibration(&r);
    assert_int_equal(calibration.count[2], 2);
    const fe_speed speed = fe_results_speed(&r, 1);
    assert_int_equal(speed.images, 2);
    assert_int_equal(speed.prompts, m.asked);
    assert_true(speed.encode_seconds >= 0);
    fe_results_free(&r);
    fe_set_free(set);
}

static void asks_of_pictures_without_masks(void **state)
{
    (void)state;
    const char *text[] = {"heart", "ribs"};
    model m = {0};
    assert_true(mkdir(in_folder("alone"), 0755) == 0);
    write_box("alone/x.png", 50, 0, 0, 2, 2);
    fe_set *set = open_made("alone", &(fe_set_options){.text = text, .texts = 2});
    fe_results r = run(set, "text,text+1,box", 0, &m);
    assert_int_equal(r.image[0].count, 2);
    assert_int_equal(r.image[0].row[1].prompt, FE_PREDICTION);
    assert_int_equal(r.image[0].row[1].area, 48);
    fe_results_free(&r);
    fe_set_free(set);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(measures_words_and_baseline),
        IN_FOLDER(corrects_with_clicks),
        IN_FOLDER(asks_in_boxes),
        IN_FOLDER(tells_present_from_absent),
        IN_FOLDER(ranks_by_dice),
        IN_FOLDER(asks_of_pictures_without_masks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
