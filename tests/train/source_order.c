/* Orders: permutations for every count and round, and shares that come out even. */
#include "train/source_order.h"

#include "support.h"

static void expect_permutation(uint64_t seed, uint64_t round, uint64_t count)
{
    enum { MOST = 5000 };
    uint8_t met[MOST] = {0};
    for (uint64_t i = 0; i < count; i++) {
        const uint64_t to = fr_shuffled(seed, round, count, i);
        assert_true(to < count);
        if (to < MOST) assert_int_equal(met[to]++, 0);
    }
}

static void test_permutations(void **state)
{
    (void)state;
    for (uint64_t count = 1; count < 70; count++) expect_permutation(5, count % 3, count);
    expect_permutation(1, 0, 4096);
    expect_permutation(1, 1, 5000);
}

/* Another order for another seed or round, and no place favoured: of 16 places in many rounds each goes anywhere. */
static void test_shuffled(void **state)
{
    int first[16] = {0}, same = 0;
    (void)state;
    for (uint64_t round = 0; round < 1600; round++) first[fr_shuffled(2, round, 16, 3)]++;
    for (int i = 0; i < 16; i++) expect_near(first[i], 100, 40, "times in a place"); /* four deviations */
    for (uint64_t i = 0; i < 1000; i++) same += fr_shuffled(2, 0, 1000, i) == fr_shuffled(3, 0, 1000, i);
    assert_in_range(same, 0, 8);
    assert_true(fr_shuffled(7, UINT64_MAX, (uint64_t)1 << 40, 12345) < (uint64_t)1 << 40);
}

static void test_dealt(void **state)
{
    static const uint64_t draws[4] = {3, 0, 1, 6};
    uint64_t next[4] = {0};
    (void)state;
    for (uint64_t round = 0; round < 50; round++) {
        uint8_t met[4][6] = {{0}};
        for (uint64_t i = 0; i < 10; i++) {
            const fr_turn turn = fr_dealt(9, 10 * round + i, draws, 4);
            const uint64_t place = turn.turn - round * draws[turn.part];
            assert_true(place < draws[turn.part] && !met[turn.part][place]);
            met[turn.part][place] = 1;
            next[turn.part]++;
        }
    }
    for (int k = 0; k < 4; k++) assert_int_equal(next[k], 50 * draws[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_permutations), cmocka_unit_test(test_shuffled),
                                       cmocka_unit_test(test_dealt)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
