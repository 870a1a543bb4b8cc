/* Mixed sources: shares, each part's samples once each, failures passed on. */
#include "train/source_mix.h"

#include "support.h"

/* What was asked of a part. */
typedef struct asked {
    uint64_t count;
    bool broken;
} asked;

static fsam_status get(void *context, uint64_t index, fr_sample *sample)
{
    asked *a = context;
    *sample = (fr_sample){0};
    if (a->broken) return fb_fail(FSAM_ERROR_IO, "broken");
    (void)index;
    a->count++;
    return FSAM_OK;
}

static void test_shares(void **state)
{
    asked part[3] = {{0}};
    const fr_mixed mixed[3] = {{{&part[0], get}, 1}, {{&part[1], get}, 0}, {{&part[2], get}, 2}};
    fr_mix *mix;
    fr_sample sample;
    (void)state;
    expect_ok(fr_mix_make(mixed, 3, 4, &mix));
    const fr_source source = fr_mix_samples(mix);
    for (uint64_t round = 1; round <= 3; round++) {
        uint64_t before[3];
        for (int i = 0; i < 3; i++) before[i] = part[i].count;
        for (uint64_t i = 0; i < 1000; i++) expect_ok(source.get(source.context, 1000 * (round - 1) + i, &sample));
        assert_int_equal(part[0].count - before[0], 333);
        assert_int_equal(part[1].count, 0);
        assert_int_equal(part[2].count - before[2], 667);
    }
    part[0].broken = part[2].broken = true;
    assert_int_equal(source.get(source.context, 7, &sample), FSAM_ERROR_IO);
    fr_mix_free(mix);
}

/* Within a cycle a part's own samples are shuffled, but all of one cycle come before those of the next. */
static fsam_status note(void *context, uint64_t index, fr_sample *sample)
{
    *sample = (fr_sample){0};
    *(uint64_t *)context = index;
    return FSAM_OK;
}

static void test_cycles(void **state)
{
    uint64_t last[2] = {0};
    const fr_mixed mixed[2] = {{{&last[0], note}, 3}, {{&last[1], note}, 1}};
    static uint8_t met[2][2250];
    fr_mix *mix;
    fr_sample sample;
    (void)state;
    expect_ok(fr_mix_make(mixed, 2, 4, &mix));
    const fr_source source = fr_mix_samples(mix);
    for (uint64_t i = 0; i < 3000; i++) {
        last[0] = last[1] = UINT64_MAX;
        expect_ok(source.get(source.context, i, &sample));
        const int part = last[0] == UINT64_MAX;
        const uint64_t cycle = part == 0 ? 750 : 250;
        assert_int_equal(last[part] / cycle, i / 1000);
        if (last[part] < 2250) assert_int_equal(met[part][last[part]]++, 0);
    }
    fr_mix_free(mix);
}

static void test_failures(void **state)
{
    asked part = {0};
    fr_mixed mixed[1] = {{{&part, get}, 0}};
    fr_mix *mix;
    (void)state;
    assert_int_equal(fr_mix_make(mixed, 1, 0, &mix), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "samples: no source has a weight");
    mixed[0].weight = -1;
    assert_int_equal(fr_mix_make(mixed, 1, 0, &mix), FSAM_ERROR_ARGUMENT);
    assert_null(mix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shares), cmocka_unit_test(test_cycles),
                                       cmocka_unit_test(test_failures)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
