/* The learning rate at the corners of its course. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the above first. */
#include "train/schedule.h"
#include <cmocka.h>
#include <math.h>

static void is(const fr_schedule *schedule, uint64_t iteration, double expected)
{
    double rate = fr_schedule_rate(schedule, iteration);
    if (fabs(rate - expected) > 1e-9 * expected) fail_msg("%llu: %g", (unsigned long long)iteration, rate);
}

static void the_published_one_rises_and_drops_twice(void **state)
{
    (void)state;
    const fr_schedule *s = &fr_schedule_published;
    is(s, 0, 8e-6);
    is(s, 10000, (8e-6 + 8e-4) / 2);
    is(s, 20000, 8e-4);
    is(s, 199999, 8e-4);
    is(s, 200000, 8e-5);
    is(s, 399999, 8e-5);
    is(s, 400000, 8e-6);
    is(s, 100000000, 8e-6);
}

static void a_cosine_falls_to_its_final_rate(void **state)
{
    (void)state;
    const fr_schedule s = {.decline = FR_COSINE, .start = 0, .peak = 3, .warm_up = 100, .last = 1100, .final = 1};
    is(&s, 50, 1.5);
    is(&s, 100, 3);
    is(&s, 600, 2);
    is(&s, 100 + 250, 2 + cos(3.141592653589793 / 4));
    is(&s, 1100, 1);
    is(&s, 5000, 1);
    const fr_schedule none = {.decline = FR_COSINE, .peak = 3, .last = 0, .final = 1};
    is(&none, 0, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_published_one_rises_and_drops_twice),
                                       cmocka_unit_test(a_cosine_falls_to_its_final_rate)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
