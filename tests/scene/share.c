/* How ranks deal out pictures: each to one of them, evenly, whole scenes where there are enough. */
#include "scene/share.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { MOST_RANKS = 7, MOST_IMAGES = 100 };

/* Deals out all pictures; owners [patients][images]. Returns the greatest difference between what two ranks have. */
static size_t deal(size_t ranks, size_t patients, size_t images, size_t views, size_t *owners)
{
    size_t has[MOST_RANKS] = {0}, least = SIZE_MAX, most = 0;
    for (size_t p = 0; p < patients; p++) {
        fs_share share = fs_share_of(0, 1, p, patients, images, views);
        for (size_t i = 0; i < images; i++) assert_true(fs_share_has(&share, i)); /* alone: all of them */
        share = fs_share_of(0, ranks, p, patients, images, views);
        for (size_t i = 0; i < images; i++) {
            size_t found = 0;
            for (share.rank = 0; share.rank < ranks; share.rank++)
                if (fs_share_has(&share, i)) {
                    owners[p * images + i] = share.rank;
                    has[share.rank]++;
                    found++;
                }
            assert_int_equal(found, 1);
        }
    }
    for (size_t r = 0; r < ranks; r++) {
        least = has[r] < least ? has[r] : least;
        most = has[r] > most ? has[r] : most;
    }
    return most - least;
}

static void test_pictures(void **state)
{
    size_t owners[MOST_IMAGES];
    (void)state;
    assert_int_equal(deal(3, 2, 5, 20, owners), 1); /* 10 pictures: 4, 3 and 3 */
    assert_int_equal(deal(7, 2, 7, 2, owners), 0);  /* 14 */
    assert_int_equal(deal(4, 1, 2, 1, owners), 1);  /* some have nothing to do */
}

static void test_scenes(void **state)
{
    size_t owners[MOST_IMAGES];
    (void)state;
    assert_int_equal(deal(2, 2, 20, 5, owners), 0); /* 8 scenes of 5 pictures */
    for (size_t i = 0; i < 40; i++) assert_int_equal(owners[i], i / 5 % 2);
    assert_int_equal(deal(2, 3, 7, 3, owners), 1); /* 9 scenes, the last of each patient of one picture: 11 and 10 */
    assert_int_equal(owners[6], 0);
    assert_int_equal(owners[7], 1); /* the next patient begins with the next rank */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pictures), cmocka_unit_test(test_scenes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
