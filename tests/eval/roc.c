/* Areas under ROC curves against counting all pairs, thresholds against trying all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the above first. */
#include "base/random.h"
#include "eval/roc.h"
#include <cmocka.h>
#include <math.h>

enum { MOST = 60 };

static double kept_from(const fe_scored *scored, size_t count, double threshold, bool present)
{
    size_t all = 0, over = 0;
    for (size_t i = 0; i < count; i++) {
        all += scored[i].present == present;
        over += scored[i].present == present && scored[i].score >= threshold;
    }
    return (double)over / (double)all;
}

static double auc_by_pairs(const fe_scored *scored, size_t count)
{
    double won = 0, pairs = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++) {
            if (!scored[i].present || scored[k].present) continue;
            pairs++;
            won += scored[i].score > scored[k].score ? 1 : scored[i].score == scored[k].score ? 0.5 : 0;
        }
    return won / pairs;
}

static void agrees_with_counting(void **state)
{
    (void)state;
    for (uint32_t trial = 0; trial < 100; trial++) {
        fe_scored scored[MOST];
        fe_roc roc;
        fb_random random = fb_random_start(3, trial, 0, 0);
        const size_t count = 2 + fb_random_below(&random, MOST - 2);
        for (size_t i = 0; i < count; i++) /* few different scores, so that many are equal */
            scored[i] =
                (fe_scored){fb_random_below(&random, 12) / 12.0, i == 0 || (i > 1 && fb_random_below(&random, 2))};
        assert_int_equal(fe_roc_of(scored, count, 0.9, &roc), FSAM_OK);
        assert_int_equal(roc.present + roc.absent, count);
        assert_float_equal(roc.auc, auc_by_pairs(scored, count), 1e-12);
        for (size_t i = 0; i < roc.points; i++) {
            const fe_roc_point point = roc.point[i];
            assert_float_equal(point.kept, kept_from(scored, count, point.threshold, true), 1e-12);
            assert_float_equal(point.rejected, 1 - kept_from(scored, count, point.threshold, false), 1e-12);
            if (point.threshold > roc.chosen.threshold) assert_true(point.kept < 0.9);
        }
        assert_true(roc.chosen.kept >= 0.9 - 1e-9);
        fe_roc_free(&roc);
    }
}

static void keeps_nine_of_ten(void **state)
{
    (void)state;
    fe_scored scored[12];
    fe_roc roc;
    for (int i = 0; i < 10; i++) scored[i] = (fe_scored){0.1 * i, true};
    scored[10] = (fe_scored){0.05, false};
    scored[11] = (fe_scored){0.15, false};
    assert_int_equal(fe_roc_of(scored, 12, 0.9, &roc), FSAM_OK);
    assert_float_equal(roc.chosen.threshold, 0.1, 0);
    assert_float_equal(roc.chosen.kept, 0.9, 1e-15);
    assert_float_equal(roc.chosen.rejected, 0.5, 1e-15);
    assert_float_equal(roc.auc, 17.0 / 20, 1e-15);
    fe_roc_free(&roc);
}

static void says_when_there_is_nothing_to_tell_apart(void **state)
{
    (void)state;
    const fe_scored scored[2] = {{0.1, true}, {0.9, true}};
    fe_roc roc;
    assert_int_equal(fe_roc_of(scored, 2, 0.9, &roc), FSAM_OK);
    assert_true(isnan(roc.auc) && isnan(roc.chosen.threshold));
    assert_int_equal(roc.points, 0);
    fe_roc_free(&roc);
}

static void puts_what_is_no_number_last(void **state)
{
    (void)state;
    const fe_scored scored[3] = {{NAN, false}, {0, true}, {NAN, true}};
    fe_roc roc;
    assert_int_equal(fe_roc_of(scored, 3, 0.5, &roc), FSAM_OK);
    assert_float_equal(roc.auc, 0.75, 0);
    assert_float_equal(roc.chosen.rejected, 1, 0);
    fe_roc_free(&roc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_counting),
        cmocka_unit_test(keeps_nine_of_ten),
        cmocka_unit_test(says_when_there_is_nothing_to_tell_apart),
        cmocka_unit_test(puts_what_is_no_number_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
