/* What ranks give each other, held against sums that every rank makes by itself. ctest runs this alone, and again as
 * three ranks where there is an MPI. */
#include "base/ranks.h"

#include "base/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STREAM = 7 };

static fb_ranks *ranks;
static int expected_ranks = 1; /* the program's argument */

static void assert_ok(fsam_status status)
{
    if (status != FSAM_OK) fail_msg("%s", fb_message());
}

/* Values [count] of a rank, of very different sizes, so that each order of adding them has another sum. */
static void draw(int rank, double *value, size_t count)
{
    fb_random random = fb_random_start(1, (uint32_t)rank, 0, STREAM);
    for (size_t i = 0; i < count; i++)
        value[i] = fb_random_between(&random, -1, 1) * pow(10, fb_random_between(&random, -6, 6));
}

static void test_launched(void **state)
{
    static const struct {
        const char *name[2], *value[2];
        int rank, count;
    } cases[] = {{{"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"}, {"4", "3"}, 3, 4},
                 {{"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"}, {"1", "0"}, 0, 1},
                 {{"PMI_SIZE", "PMI_RANK"}, {"2", "1"}, 1, 2},
                 {{"PMIX_RANK", "PMIX_NAMESPACE"}, {"5", "x"}, 5, 0},
                 {{"SLURM_STEP_NUM_TASKS", "SLURM_PROCID"}, {"8", "7"}, 7, 8},
                 {{"SLURM_NTASKS", "SLURM_PROCID"}, {"8", "0"}, 0, 1},
                 {{"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"}, {"many", "-1"}, 0, 1}};
    int rank, count;
    (void)state;
    if (ranks != NULL) skip(); /* the launcher's own are set */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int k = 0; k < 2; k++) setenv(cases[i].name[k], cases[i].value[k], 1);
        fb_ranks_launched(&rank, &count);
        for (int k = 0; k < 2; k++) unsetenv(cases[i].name[k]);
        assert_int_equal(rank, cases[i].rank);
        assert_int_equal(count, cases[i].count);
    }
    fb_ranks_launched(&rank, &count);
    assert_int_equal(count, 1);
}

static void refuse(const char *module, const char *part)
{
    fb_ranks *none;
    setenv("FSAM_MPI_MODULE", module, 1);
    setenv("OMPI_COMM_WORLD_SIZE", "2", 1);
    const fsam_status status = fb_ranks_start(&none);
    unsetenv("OMPI_COMM_WORLD_SIZE");
    unsetenv("FSAM_MPI_MODULE");
    assert_int_equal(status, FSAM_ERROR_UNSUPPORTED);
    assert_null(none);
    if (strstr(fb_message(), part) == NULL) fail_msg("%s", fb_message());
}

static void test_no_module(void **state)
{
    (void)state;
    if (ranks != NULL) skip();
    refuse("/nowhere/libfsam-mpi.so", "/nowhere/libfsam-mpi.so");
    refuse("libm.so.6", "it is no module of fsam");
}

static void test_doubles(void **state)
{
    static const size_t counts[] = {1, 7, 50000};
    const int others = fb_ranks_count(ranks);
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        const size_t count = counts[k], bytes = count * sizeof(double);
        double *mine = malloc(bytes), *expected = malloc(bytes), *next = malloc(bytes);
        for (int reduction = FB_SUM; reduction <= FB_MOST; reduction++) {
            draw(fb_ranks_rank(ranks), mine, count);
            draw(0, expected, count);
            for (int r = 1; r < others; r++) {
                draw(r, next, count);
                for (size_t i = 0; i < count; i++) {
                    if (reduction == FB_SUM) expected[i] += next[i];
                    if (reduction == FB_LEAST && next[i] < expected[i]) expected[i] = next[i];
                    if (reduction == FB_MOST && next[i] > expected[i]) expected[i] = next[i];
                }
            }
            assert_ok(fb_ranks_reduce_doubles(ranks, reduction, mine, count));
            assert_memory_equal(mine, expected, bytes);
        }
        free(mine);
        free(expected);
        free(next);
    }
}

static void test_integers(void **state)
{
    const int64_t rank = fb_ranks_rank(ranks), count = fb_ranks_count(ranks);
    int64_t value[3] = {rank + 1, (rank + 1) << 40, -rank};
    (void)state;
    assert_ok(fb_ranks_reduce_integers(ranks, FB_SUM, value, 3));
    assert_true(value[0] == count * (count + 1) / 2 && value[1] == value[0] << 40 && value[2] == count - value[0]);
    int64_t least = 10 - rank, most = 10 + rank;
    assert_ok(fb_ranks_reduce_integers(ranks, FB_LEAST, &least, 1));
    assert_ok(fb_ranks_reduce_integers(ranks, FB_MOST, &most, 1));
    assert_true(least == 11 - count && most == 9 + count);
}

/* A slice a rank, less, and several times as much, with something left over. */
static void test_floats(void **state)
{
    static const size_t counts[] = {0, 1, 4, 1000, 1000003};
    const int others = fb_ranks_count(ranks);
    (void)state;
    for (size_t k = 0; k < 5; k++) {
        const size_t count = counts[k];
        double *drawn = malloc((count + 1) * sizeof *drawn);
        float *mine = malloc((count + 1) * sizeof *mine), *expected = malloc((count + 1) * sizeof *expected);
        mine[count] = 42;
        for (int r = 0; r < others; r++) {
            draw(r, drawn, count);
            for (size_t i = 0; i < count; i++) {
                expected[i] = r == 0 ? (float)drawn[i] : expected[i] + (float)drawn[i];
                if (r == fb_ranks_rank(ranks)) mine[i] = (float)drawn[i];
            }
        }
        assert_ok(fb_ranks_sum_floats(ranks, mine, count));
        assert_memory_equal(mine, expected, count * sizeof *mine);
        assert_true(mine[count] == 42);
        free(drawn);
        free(mine);
        free(expected);
    }
}

static void test_broadcast(void **state)
{
    const int last = fb_ranks_count(ranks) - 1;
    char text[16] = "not yet";
    (void)state;
    if (fb_ranks_rank(ranks) == last) strcpy(text, "from the last");
    assert_ok(fb_ranks_broadcast(ranks, last, text, sizeof text));
    assert_string_equal(text, "from the last");
    assert_ok(fb_ranks_barrier(ranks));
}

static void test_agree(void **state)
{
    const int rank = fb_ranks_rank(ranks), count = fb_ranks_count(ranks);
    (void)state;
    assert_int_equal(fb_ranks_agree(ranks, FSAM_OK), FSAM_OK);
    fsam_status mine = FSAM_OK;
    if (rank == count - 1) mine = fb_fail(FSAM_ERROR_IO, "the last rank's disk is full");
    assert_int_equal(fb_ranks_agree(ranks, mine), FSAM_ERROR_IO);
    assert_string_equal(fb_message(), "the last rank's disk is full");
    mine = fb_fail(rank == 0 ? FSAM_ERROR_FORMAT : FSAM_ERROR_MEMORY, "rank %d", rank);
    assert_int_equal(fb_ranks_agree(ranks, mine), FSAM_ERROR_FORMAT);
    assert_string_equal(fb_message(), "rank 0");
}

static int start(void **state)
{
    (void)state;
    const fsam_status status = fb_ranks_start(&ranks);
    if (status != FSAM_OK) print_error("%s\n", fb_message());
    return status == FSAM_OK && fb_ranks_count(ranks) == expected_ranks ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    fb_ranks_end(ranks);
    return 0;
}

int main(int count, char **word)
{
    if (count > 1) expected_ranks = atoi(word[1]);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_launched), cmocka_unit_test(test_no_module),
                                       cmocka_unit_test(test_doubles),  cmocka_unit_test(test_integers),
                                       cmocka_unit_test(test_floats),   cmocka_unit_test(test_broadcast),
                                       cmocka_unit_test(test_agree)};
    return cmocka_run_group_tests(tests, start, end);
}
