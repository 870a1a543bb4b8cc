/* Shutters: what is drawn, the same field for a mirrored detector, and what records hold. */
#include "scene/shutters.h"

#include "base/json.h"
#include <math.h>
#include <stdlib.h>

#include "on_disk.h"

enum { PIXELS = 100 };

static float open_at(const fs_shutters *s, bool mirrored, int x, int y)
{
    static float plane[PIXELS * PIXELS];
    fx_collimator c = fs_shutters_collimator(s, PIXELS, mirrored, 0);
    for (int i = 0; i < PIXELS * PIXELS; i++) plane[i] = 1;
    fx_collimate(&c, PIXELS, PIXELS, plane);
    return plane[y * PIXELS + x];
}

static bool same(const fs_shutters *a, const fs_shutters *b)
{
    return a->shape == b->shape && a->centre[0] == b->centre[0] && a->centre[1] == b->centre[1] &&
           a->half[0] == b->half[0] && a->half[1] == b->half[1] && a->angle_deg == b->angle_deg;
}

static void test_shapes(void **state)
{
    (void)state;
    const fs_shutters rectangle = {FS_SHUTTERS_RECTANGLE, {60, 50}, {30, 10}, 0};
    assert_true(open_at(&rectangle, false, 35, 50) == 1 && open_at(&rectangle, false, 35, 62) < 0.001);
    assert_true(open_at(&rectangle, false, 25, 50) < 0.001);
    assert_true(open_at(&rectangle, true, 64, 50) == 1 && open_at(&rectangle, true, 74, 50) < 0.001);
    const fs_shutters turned = {FS_SHUTTERS_RECTANGLE, {49.5, 49.5}, {40, 5}, 30}; /* its right end is low */
    assert_true(open_at(&turned, false, 75, 64) == 1 && open_at(&turned, false, 75, 35) < 0.001);
    assert_true(open_at(&turned, true, 24, 64) == 1 && open_at(&turned, true, 75, 64) < 0.001);
    const fs_shutters circle = {FS_SHUTTERS_CIRCLE, {50, 50}, {30, 30}, 0};
    assert_true(open_at(&circle, false, 70, 70) == 1 && open_at(&circle, false, 73, 73) < 0.001);
    /* a side at 30 pixels to the right and at 45 degrees; corners at 32.5 */
    const fs_shutters octagon = {FS_SHUTTERS_OCTAGON, {50, 50}, {30, 30}, 0};
    assert_true(open_at(&octagon, false, 79, 50) == 1 && open_at(&octagon, false, 82, 50) < 0.001);
    assert_true(open_at(&octagon, false, 70, 70) == 1 && open_at(&octagon, false, 73, 73) < 0.001);
    assert_true(open_at(&octagon, false, 79, 61) == 1);
}

static void test_draw(void **state)
{
    enum { DRAWN = 2000 };
    int count[FS_SHUTTER_SHAPES] = {0}, pairs = 0;
    (void)state;
    for (uint32_t i = 0; i < DRAWN; i++) {
        fb_random random = fb_random_start(1, i, 0, 0), again = random;
        const fs_shutters s = fs_shutters_draw(PIXELS, &random), t = fs_shutters_draw(PIXELS, &again);
        assert_true(same(&s, &t));
        count[s.shape]++;
        pairs += s.half[0] >= PIXELS || s.half[1] >= PIXELS;
        if (i < 100) assert_true(open_at(&s, false, PIXELS / 2, PIXELS / 2) == 1);
    }
    assert_int_equal(count[FS_SHUTTERS_NONE], 0);
    /* five standard deviations of a binomial law */
    assert_true(abs(count[FS_SHUTTERS_RECTANGLE] - 1400) < 103);
    assert_true(abs(count[FS_SHUTTERS_CIRCLE] - 300) < 80);
    assert_true(abs(pairs - 467) < 95);
}

static void test_json(void **state)
{
    (void)state;
    for (fs_shutter_shape shape = FS_SHUTTERS_NONE; shape < FS_SHUTTER_SHAPES; shape++) {
        const fs_shutters s = {shape, {10.5, -3}, {20, 40}, 12.25}, none = {0};
        fs_shutters read;
        json_t *object = json_pack("{s:o}", "shutters", fs_shutters_json(&s));
        assert_ok(fs_shutters_read(object, "a.json", &read));
        assert_true(same(&read, shape == FS_SHUTTERS_NONE ? &none : &s));
        json_decref(object);
    }
    static const struct {
        const char *text, *message;
    } bad[] = {{"{\"shutters\": 3}", "a.json: \"shutters\" is no object"},
               {"{\"shutters\": {\"shape\": \"star\", \"centre\": [1, 2], \"half\": [1, 2], \"angle_deg\": 0}}",
                "a.json: shutters: \"shape\" is \"star\", not rectangle, circle or octagon"},
               {"{\"shutters\": {\"shape\": \"circle\", \"centre\": [1, \"2\"], \"half\": [1, 2], \"angle_deg\": 0}}",
                "a.json: shutters: \"centre\": element 1 is no number from -65536 to 65536"},
               {"{\"shutters\": {\"shape\": \"circle\", \"centre\": [1, 2], \"half\": [-1, 2], \"angle_deg\": 0}}",
                "a.json: shutters: \"half\": element 0 is no number from 0 to 65536"},
               {"{\"shutters\": {\"shape\": \"circle\", \"centre\": [1, 2], \"half\": [1, 2]}}",
                "a.json: shutters: \"angle_deg\" is missing"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        json_t *object;
        fs_shutters read;
        assert_ok(fb_json_parse(bad[i].text, FB_JSON_RECORD, 0, "a.json", &object));
        assert_int_equal(fs_shutters_read(object, "a.json", &read), FSAM_ERROR_FORMAT);
        assert_string_equal(fb_message(), bad[i].message);
        json_decref(object);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shapes), cmocka_unit_test(test_draw),
                                       cmocka_unit_test(test_json)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
