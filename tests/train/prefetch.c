/* Samples come in order, each once, whatever the threads; failures come where they belong; it can be left any time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the above first. */
#include "train/prefetch.h"
#include <cmocka.h>
#include <stdatomic.h>
#include <unistd.h>

static atomic_int made;

/* Every seventh fails; the first of each four takes longer than the others. */
static fsam_status get(void *context, uint64_t index, fr_sample *sample)
{
    (void)context;
    *sample = (fr_sample){0};
    atomic_fetch_add(&made, 1);
    if (index % 4 == 0) usleep(500);
    if (index % 7 == 6) return fb_fail(FSAM_ERROR_MISMATCH, "sample %d: nothing in it", (int)index);
    fsam_status status = fr_sample_make(56, 1, sample);
    if (status == FSAM_OK) sample->image[0] = (float)index;
    return status;
}

static void samples_come_in_order(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 3; threads += 2)
        for (int ahead = 1; ahead <= 5; ahead += 2) {
            fr_prefetch *prefetch;
            atomic_store(&made, 0);
            assert_int_equal(fr_prefetch_new((fr_source){NULL, get}, 10, threads, ahead, &prefetch), FSAM_OK);
            for (int i = 10; i < 40; i++) {
                fr_sample sample;
                char message[64];
                fsam_status status = fr_prefetch_take(prefetch, &sample);
                assert_int_equal(status, i % 7 == 6 ? FSAM_ERROR_MISMATCH : FSAM_OK);
                snprintf(message, sizeof message, "sample %d: nothing in it", i);
                if (status == FSAM_OK)
                    assert_true(sample.image[0] == (float)i);
                else
                    assert_string_equal(fb_message(), message);
                fr_sample_free(&sample);
            }
            fr_prefetch_free(prefetch);
            assert_in_range(atomic_load(&made), 30, 30 + ahead);
        }
    fr_prefetch_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(samples_come_in_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
