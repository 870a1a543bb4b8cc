/* The threshold of a model whose answers can be told by hand. */
#include "../eval/made_sets.h"

#include "train/calibrate.h"
#include <math.h>

enum { PRESENT = 10, ABSENT = 5, PICTURES = PRESENT + ABSENT, SILENT = 12 };

/* The picture's number is its gray; of the structure in the first ten there is a mask. */
static const double scores[PICTURES] = {0.9,  0.31237, 0.8, 0.1, 0.7,  0.6,     0.55, 0.5,
                                        0.45, 0.4,     0.2, 0.5, 0.95, 0.31235, 0.1};

typedef struct model {
    int picture, pixels, told;
    int silent; /* the picture whose answer has no pixel */
} model;

static fsam_status encode(void *context, fi_picture *picture)
{
    model *m = context;
    m->picture = (int)lrintf(picture->gray[0] * 255) - 1;
    m->pixels = picture->width * picture->height;
    fi_picture_free(picture);
    return FSAM_OK;
}

/* One answer has no pixel: it is absent, whatever its score. */
static fsam_status answer(void *context, const fe_question *question, uint8_t *mask, double *score)
{
    const model *m = context;
    assert_string_equal(question->text, "heart");
    assert_true(question->clicks == 0 && question->box == NULL);
    memset(mask, m->picture == m->silent ? 0 : 255, (size_t)m->pixels);
    *score = scores[m->picture];
    return FSAM_OK;
}

static void hear(void *context, size_t done, size_t images)
{
    model *m = context;
    assert_int_equal(done, m->told++);
    assert_true(done < images);
}

/* Pictures `first` to `last` - 1 as a set of that name. */
static fe_set *make_set(const char *name, int first, int last)
{
    const char *const text[] = {"heart"};
    fe_set *set;
    make_folders(name);
    for (int i = first; i < last; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/images/%02d.png", name, i);
        write_box(path, i + 1, 0, 0, MADE_WIDTH, MADE_HEIGHT);
        snprintf(path, sizeof path, "%s/masks/%02d.png", name, i);
        write_box(path, i < PRESENT ? 9 : 0, 2, 2, 4, 4);
    }
    assert_ok(fe_set_open(in_folder(name), &(fe_set_options){.text = text, .texts = 1}, &set));
    return set;
}

static void keeps_a_share(void **state)
{
    (void)state;
    model m = {.silent = SILENT};
    fr_presence p;
    fe_set *const sets[] = {make_set("one", 0, 8), make_set("two", 8, PICTURES)};
    const fe_asker asker = {&m, encode, answer};
    fr_calibrating how = {.asker = &asker, .keep = 0.9, .context = &m, .told = hear};
    assert_ok(fr_calibrate(sets, 2, &how, &p));
    assert_int_equal(m.told, PICTURES);
    assert_int_equal(p.images, PICTURES);
    assert_int_equal(p.present, PRESENT);
    assert_int_equal(p.absent, ABSENT);
    /* nine of ten are at least 0.31237, of which four digits are left; 0.31235 and 0.5 are then taken for present */
    assert_float_equal(p.threshold, 0.3123, 1e-12);
    assert_float_equal(p.kept, 0.9, 1e-12);
    assert_float_equal(p.rejected, 3.0 / 5, 1e-12);
    double pairs = 0;
    for (int i = 0; i < PRESENT; i++)
        for (int k = PRESENT; k < PICTURES; k++) {
            const double other = k == SILENT ? 0 : scores[k];
            pairs += scores[i] > other ? 1 : scores[i] == other ? 0.5 : 0;
        }
    assert_float_equal(p.auc, pairs / (PRESENT * ABSENT), 1e-12);

    how.keep = 1;
    m.told = 0;
    assert_ok(fr_calibrate(sets, 2, &how, &p));
    assert_float_equal(p.threshold, 0.1, 1e-12);
    assert_float_equal(p.kept, 1, 0);
    assert_float_equal(p.rejected, 1.0 / 5, 1e-12);

    /* pictures 0 and 4 of the first set, 8 and 11 of the second */
    how.limit = 2;
    m.told = 0;
    assert_ok(fr_calibrate(sets, 2, &how, &p));
    assert_int_equal(p.images, 4);
    assert_int_equal(p.present, 3);
    assert_float_equal(p.threshold, 0.45, 1e-12);
    assert_float_equal(p.rejected, 0, 0);
    for (int i = 0; i < 2; i++) fe_set_free(sets[i]);
}

static void needs_both_kinds(void **state)
{
    (void)state;
    model m = {0};
    fr_presence p;
    fe_set *const there[] = {make_set("there", 0, 2)}, *const gone[] = {make_set("gone", PRESENT, PRESENT + 2)};
    const fe_asker asker = {&m, encode, answer};
    const fr_calibrating how = {.asker = &asker, .keep = 0.9};
    assert_int_equal(fr_calibrate(there, 1, &how, &p), FSAM_ERROR_ARGUMENT);
    assert_non_null(strstr(fb_message(), "there: says of no structure that it is not in view"));
    assert_int_equal(fr_calibrate(gone, 1, &how, &p), FSAM_ERROR_ARGUMENT);
    assert_non_null(strstr(fb_message(), "gone: has no structure in view"));
    assert_int_equal(unlink(in_folder("there/images/01.png")), 0);
    assert_int_equal(fr_calibrate(there, 1, &how, &p), FSAM_ERROR_IO);
    assert_non_null(strstr(fb_message(), "01.png"));
    fe_set_free(there[0]);
    fe_set_free(gone[0]);
}

/* Half of what is in view gets no mask: no threshold finds it, and what is not in view is refused by the least. */
static void cannot_keep_what_has_no_mask(void **state)
{
    (void)state;
    model m = {.silent = 1};
    fr_presence p;
    fe_set *const sets[] = {make_set("there", 0, 2), make_set("gone", PRESENT, PRESENT + 1)};
    const fe_asker asker = {&m, encode, answer};
    assert_ok(fr_calibrate(sets, 2, &(fr_calibrating){.asker = &asker, .keep = 0.9}, &p));
    assert_float_equal(p.threshold, 1e-4, 1e-12);
    assert_float_equal(p.kept, 0.5, 0);
    assert_float_equal(p.rejected, 0, 0);
    for (int i = 0; i < 2; i++) fe_set_free(sets[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keeps_a_share, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(cannot_keep_what_has_no_mask, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(needs_both_kinds, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
