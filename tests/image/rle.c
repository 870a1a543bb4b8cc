/* Run-length masks: known texts, round trips, hostile counts. tests/image/coco.sh has a second decoder. */
#include "image/rle.h"

#include "support.h"

/* Worked out by hand from the description in rle.h. */
static void test_known(void **state)
{
    static const struct {
        int height, width;
        const char *mask; /* row after row */
        const char *text;
        int64_t area;
        fi_rle_box box;
    } cases[] = {{3, 3, "000011010", "421O0", 3, {1, 1, 2, 2}}, /* 4 2 1 1 1: the last two less 2 and 1 */
                 {1, 1, "0", "1", 0, {0, 0, 0, 0}},
                 {1, 1, "1", "01", 1, {0, 0, 1, 1}},
                 {2, 3, "111111", "06", 6, {0, 0, 3, 2}},
                 {1, 5, "01010", "11100", 2, {1, 0, 3, 1}},
                 {5, 1, "01010", "11100", 2, {0, 1, 1, 3}},
                 {1, 16, "0000000000000000", "`0", 0, {0, 0, 0, 0}}, /* 10000 would be negative */
                 {1, 40, "0000000000000000000000000000000000000000", "X1", 0, {0, 0, 0, 0}},
                 {2, 2, "0110", "121", 2, {0, 0, 2, 2}}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t mask[64];
        const size_t pixels = strlen(cases[i].mask);
        for (size_t k = 0; k < pixels; k++) mask[k] = cases[i].mask[k] == '1';
        fi_rle rle;
        assert_int_equal(fi_rle_encode(mask, cases[i].height, cases[i].width, &rle), FSAM_OK);
        char *text = fi_rle_text(&rle);
        const fi_rle_box box = fi_rle_bounds(&rle);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(fi_rle_area(&rle), cases[i].area);
        assert_memory_equal(&box, &cases[i].box, sizeof box);
        free(text);
        fi_rle_free(&rle);
    }
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

/* A run of the same value now and then changes: `rarely` is how many pixels a run has on average. */
static void fill(uint8_t *mask, size_t pixels, uint32_t rarely, uint32_t *seed)
{
    uint8_t value = 0;
    for (size_t i = 0; i < pixels; i++) {
        if (next_random(seed) % rarely == 0) value = !value;
        mask[i] = value ? 1 + next_random(seed) % 255 : 0;
    }
}

/* The same mask as bits, whose words end in bits that are no pixels, with its columns as they are and reversed. */
static void check_bits(const uint8_t *mask, int height, int width, bool reversed)
{
    const size_t words = ((size_t)width + 63) / 64;
    uint64_t *bits = malloc((size_t)height * words * sizeof *bits);
    uint8_t *turned = malloc((size_t)height * (size_t)width);
    fi_rle rle, wanted;
    memset(bits, 0xff, (size_t)height * words * sizeof *bits);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            const uint8_t value = mask[y * width + x];
            if (value == 0) bits[(size_t)y * words + (size_t)x / 64] &= ~((uint64_t)1 << x % 64);
            turned[y * width + (reversed ? width - 1 - x : x)] = value;
        }
    assert_int_equal(fi_rle_encode(turned, height, width, &wanted), FSAM_OK);
    assert_int_equal(fi_rle_encode_bits(bits, height, width, reversed, &rle), FSAM_OK);
    assert_int_equal(rle.height, height);
    assert_int_equal(rle.width, width);
    assert_int_equal(rle.count, wanted.count);
    assert_memory_equal(rle.counts, wanted.counts, rle.count * sizeof *rle.counts);
    free(bits);
    free(turned);
    fi_rle_free(&rle);
    fi_rle_free(&wanted);
}

static void check_round(const uint8_t *mask, int height, int width)
{
    const size_t pixels = (size_t)height * (size_t)width;
    fi_rle rle, again;
    int64_t area = 0;
    fi_rle_box box = {width, height, -1, -1}; /* here the last column and row, not sizes */
    for (int i = 0; i < height * width; i++) {
        if (mask[i] == 0) continue;
        const int x = i % width, y = i / width;
        area++;
        if (x < box.x) box.x = x;
        if (y < box.y) box.y = y;
        if (x > box.width) box.width = x;
        if (y > box.height) box.height = y;
    }
    assert_int_equal(fi_rle_encode(mask, height, width, &rle), FSAM_OK);
    char *text = fi_rle_text(&rle);
    uint8_t *back = malloc(pixels);
    assert_int_equal(fi_rle_from_text(text, strlen(text), height, width, "text", &again), FSAM_OK);
    assert_int_equal(again.count, rle.count);
    assert_memory_equal(again.counts, rle.counts, rle.count * sizeof *rle.counts);
    fi_rle_decode(&again, back);
    for (size_t i = 0; i < pixels; i++) assert_int_equal(back[i], mask[i] ? 255 : 0);
    assert_int_equal(fi_rle_area(&rle), area);
    const fi_rle_box found = fi_rle_bounds(&rle);
    if (area > 0) {
        assert_int_equal(found.x, box.x);
        assert_int_equal(found.y, box.y);
        assert_int_equal(found.x + found.width - 1, box.width);
        assert_int_equal(found.y + found.height - 1, box.height);
    } else {
        assert_int_equal(found.width, 0);
    }
    free(text);
    free(back);
    fi_rle_free(&rle);
    fi_rle_free(&again);
    check_bits(mask, height, width, false);
    check_bits(mask, height, width, true);
}

static void test_round(void **state)
{
    static const int sizes[][2] = {{1, 1}, {1, 37}, {37, 1}, {13, 17}, {8, 8}, {64, 9}, {3, 100}, {130, 7}, {5, 129}};
    static uint8_t mask[1024];
    uint32_t seed = 7;
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (uint32_t rarely = 1; rarely <= 256; rarely *= 2) {
            fill(mask, sizeof mask, rarely, &seed);
            check_round(mask, sizes[s][0], sizes[s][1]);
        }
    memset(mask, 0, sizeof mask);
    check_round(mask, 13, 17);
    memset(mask, 1, sizeof mask);
    check_round(mask, 13, 17);
}

/* Counts whose differences need 33 bits, up and down. */
static void test_large(void **state)
{
    static const int64_t counts[] = {1, 2147483647, 2, 0, 2147483000, 5};
    int64_t sum = 0;
    fi_rle rle, again;
    (void)state;
    for (size_t i = 0; i < 6; i++) sum += counts[i];
    assert_int_equal(sum % 5, 0);
    const int height = 5, width = (int)(sum / 5);
    assert_int_equal(fi_rle_from_counts(counts, 6, height, width, "counts", &rle), FSAM_OK);
    char *text = fi_rle_text(&rle);
    assert_int_equal(fi_rle_from_text(text, strlen(text), height, width, "text", &again), FSAM_OK);
    assert_int_equal(again.count, 6);
    for (size_t i = 0; i < 6; i++) assert_int_equal(again.counts[i], counts[i]);
    assert_int_equal(fi_rle_area(&again), 2147483652);
    free(text);
    fi_rle_free(&rle);
    fi_rle_free(&again);
}

static void expect_text(const char *text, size_t length, fsam_status status, const char *reason)
{
    fi_rle rle;
    assert_int_equal(fi_rle_from_text(text, length, 2, 3, "a.json", &rle), status);
    assert_null(rle.counts);
    expect_message("a.json: ", reason);
}

static void expect_counts(const int64_t *counts, size_t count, const char *reason)
{
    fi_rle rle;
    assert_int_equal(fi_rle_from_counts(counts, count, 2, 3, "a.json", &rle), FSAM_ERROR_FORMAT);
    assert_null(rle.counts);
    expect_message("a.json: ", reason);
}

static void test_hostile(void **state)
{
    fi_rle rle;
    (void)state;
    expect_text("", 0, FSAM_ERROR_FORMAT, "they add up to 0 pixels, and the mask has 6");
    expect_text("5", 1, FSAM_ERROR_FORMAT, "they add up to 5 pixels, and the mask has 6");
    expect_text("7", 1, FSAM_ERROR_FORMAT, "counts: at number 0 they exceed the mask's 6 pixels");
    expect_text("33N", 3, FSAM_ERROR_FORMAT, "counts: number 2 is negative");
    expect_text("X", 1, FSAM_ERROR_FORMAT, "the text ends inside of a number");
    expect_text("1 5", 3, FSAM_ERROR_FORMAT, "character 1 is not of a run-length text");
    expect_text("1\xff", 2, FSAM_ERROR_FORMAT, "character 1 is not of a run-length text");
    expect_text("1\0", 2, FSAM_ERROR_FORMAT, "character 1 is not of a run-length text");
    expect_text("oooooooo0", 9, FSAM_ERROR_FORMAT, "number 0 is too long");
    expect_text("ooooooo0", 8, FSAM_ERROR_FORMAT, "number 0 is too long");
    expect_text("oooooo?", 7, FSAM_ERROR_FORMAT, "counts: at number 0 they exceed");
    expect_counts((int64_t[]){3, -1, 4}, 3, "counts: number 1 is negative");
    expect_counts((int64_t[]){3, INT64_MAX}, 2, "counts: at number 1 they exceed the mask's 6 pixels");
    expect_counts((int64_t[]){INT64_MIN}, 1, "counts: number 0 is negative");
    expect_counts(NULL, 0, "they add up to 0 pixels");
    assert_int_equal(fi_rle_from_text("6", 1, 0, 3, "a.json", &rle), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fi_rle_from_text("6", 1, 3, -1, "a.json", &rle), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fi_rle_encode_bits((uint64_t[]){0}, 0, 3, false, &rle), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fi_rle_from_text("6", 1, INT32_MAX, INT32_MAX, "a.json", &rle), FSAM_ERROR_ARGUMENT);
    expect_message("a.json: size: ", "is no mask of 1 to 2^32 - 1 pixels");
}

/* Counts of 0 in between, which other writers may leave, are read. */
static void test_zeros(void **state)
{
    static const int64_t counts[] = {0, 2, 0, 1, 3, 0};
    uint8_t mask[6];
    fi_rle rle;
    (void)state;
    assert_int_equal(fi_rle_from_counts(counts, 6, 2, 3, "a.json", &rle), FSAM_OK);
    fi_rle_decode(&rle, mask);
    assert_memory_equal(mask, ((uint8_t[]){255, 255, 0, 255, 0, 0}), 6);
    const fi_rle_box box = fi_rle_bounds(&rle);
    assert_memory_equal(&box, &((fi_rle_box){0, 0, 2, 2}), sizeof box);
    fi_rle_free(&rle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_known), cmocka_unit_test(test_round),
                                       cmocka_unit_test(test_large), cmocka_unit_test(test_hostile),
                                       cmocka_unit_test(test_zeros)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
