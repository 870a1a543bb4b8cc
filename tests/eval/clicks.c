/* Clicks by chance: every error is drawn about as often as any other, nothing else is, and what is said of it is true.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the above first. */
#include "eval/clicks.h"
#include <cmocka.h>
#include <math.h>

enum { WIDTH = 6, HEIGHT = 4, PIXELS = WIDTH * HEIGHT, DRAWS = 6000 };

/* How often each pixel is drawn; the label must be the truth's. */
static void draw(const uint8_t *prediction, const uint8_t *truth, int hits[PIXELS])
{
    fb_random random = fb_random_start(5, 0, 0, 0);
    for (int i = 0; i < PIXELS; i++) hits[i] = 0;
    for (int i = 0; i < DRAWS; i++) {
        int x, y;
        bool foreground;
        fe_click_draw(prediction, truth, WIDTH, HEIGHT, &random, &x, &y, &foreground);
        assert_in_range(x, 0, WIDTH - 1);
        assert_in_range(y, 0, HEIGHT - 1);
        assert_int_equal(foreground, truth[y * WIDTH + x] != 0);
        hits[y * WIDTH + x]++;
    }
}

/* Exactly the pixels of `allowed` are drawn, each within five standard deviations of its share. */
static void is_fair(const uint8_t *prediction, const uint8_t *truth, const uint8_t *allowed)
{
    int hits[PIXELS], count = 0;
    for (int i = 0; i < PIXELS; i++) count += allowed[i];
    draw(prediction, truth, hits);
    for (int i = 0; i < PIXELS; i++) {
        double mean = (double)DRAWS / count;
        if (allowed[i])
            assert_true(fabs(hits[i] - mean) < 5 * sqrt(mean));
        else
            assert_int_equal(hits[i], 0);
    }
}

static void errors_are_clicked(void **state)
{
    (void)state;
    uint8_t prediction[PIXELS] = {0}, truth[PIXELS] = {0}, wrong[PIXELS] = {0};
    for (int i = 3; i < 12; i++) truth[i] = 1;
    for (int i = 8; i < 15; i++) prediction[i] = 255;
    for (int i = 0; i < PIXELS; i++) wrong[i] = (i >= 3 && i < 8) || (i >= 12 && i < 15);
    is_fair(prediction, truth, wrong);
}

static void a_perfect_mask_is_clicked_inside(void **state)
{
    (void)state;
    uint8_t truth[PIXELS] = {0};
    truth[0] = truth[7] = truth[PIXELS - 1] = 1;
    is_fair(truth, truth, truth);
}

static void where_nothing_is_any_pixel_will_do(void **state)
{
    (void)state;
    const uint8_t none[PIXELS] = {0};
    uint8_t all[PIXELS];
    for (int i = 0; i < PIXELS; i++) all[i] = 1;
    is_fair(none, none, all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(errors_are_clicked),
                                       cmocka_unit_test(a_perfect_mask_is_clicked_inside),
                                       cmocka_unit_test(where_nothing_is_any_pixel_will_do)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
