/* The mean mask on the real sets, whose numbers were worked out elsewhere: ../shared/eval/README.md. Skipped where the
 * sets are not at hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the above first. */
#include "base/memory.h"
#include "eval/mean_mask.h"
#include "eval/overlap.h"
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct sums {
    double iou, dice;
    int n;
} sums;

static void judge(const fe_means *means, const fe_target *target, sums *of)
{
    const size_t pixels = (size_t)target->mask.height * (size_t)target->mask.width;
    uint8_t *truth = fb_alloc(pixels, 1), *mask = fb_alloc(pixels, 1);
    bool any;
    fi_rle_decode(&target->mask, truth);
    assert_int_equal(fe_means_guess(means, fe_means_find(means, target->category), &target->mask, mask, &any), FSAM_OK);
    assert_true(any);
    const fe_overlap overlap = fe_overlap_of(truth, mask, pixels);
    of->iou += fe_iou(overlap);
    of->dice += fe_dice(overlap);
    of->n++;
    fb_free(truth);
    fb_free(mask);
}

/* Means of each structure's numbers, in the order of the set's structures. */
static size_t baseline(const char *path, size_t images, sums of[16])
{
    fe_set *set;
    fe_means means = {0};
    fe_case c;
    if (fe_set_open(path, &(fe_set_options){0}, &set) != FSAM_OK) fail_msg("%s", fb_message());
    assert_int_equal(fe_set_count(set), images);
    for (size_t i = 0; i < images; i++) {
        if (fe_set_read(set, i, true, &c) != FSAM_OK) fail_msg("%s", fb_message());
        assert_int_equal(fe_means_add(&means, &c), FSAM_OK);
        fe_case_free(&c);
    }
    for (size_t i = 0; i < images; i++) {
        assert_int_equal(fe_set_read(set, i, false, &c), FSAM_OK);
        for (size_t k = 0; k < c.count; k++)
            judge(&means, &c.target[k], &of[fe_means_find(&means, c.target[k].category)]);
        fe_case_free(&c);
    }
    const size_t count = means.count;
    fe_means_free(&means);
    fe_set_free(set);
    return count;
}

static void chest(void **state)
{
    (void)state;
    sums of[16] = {0};
    assert_int_equal(baseline("../shared/eval/chest", 40, of), 1);
    assert_int_equal(of[0].n, 40);
    assert_float_equal(of[0].iou / of[0].n, 0.616, 0.002);
    assert_float_equal(of[0].dice / of[0].n, 0.756, 0.002);
}

static void hip_fluoroscopy(void **state)
{
    (void)state;
    sums of[16] = {0};
    double least = 1, most = 0;
    assert_int_equal(baseline("../shared/eval/hip_fluoroscopy", 18, of), 6);
    for (int i = 0; i < 6; i++) {
        const double dice = of[i].dice / of[i].n;
        least = dice < least ? dice : least;
        most = dice > most ? dice : most;
        print_message("hip structure %d: n %d, dice %.3f\n", i, of[i].n, dice);
    }
    assert_float_equal(least, 0.02, 0.02);
    assert_float_equal(most, 0.31, 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(chest), cmocka_unit_test(hip_fluoroscopy)};
    if (access("../shared/eval/chest/manifest.csv", R_OK) != 0) {
        puts("skipped: no ../shared/eval");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
