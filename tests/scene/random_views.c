/* Random views: within their cones, evenly over the solid angle, aimed at the structure, and the same each time. */
#include "support.h"

#include "scene/random_views.h"

enum { DRAWS = 6000 };

static fs_anatomy *legs;

static int make_legs(void **state)
{
    (void)state;
    legs = phantom_anatomy(8, (double[]){-200, -200, 0}, (double[]){200, 140, 1060});
    return 0;
}

static int free_legs(void **state)
{
    (void)state;
    fs_anatomy_free(legs);
    return 0;
}

static double height_in_cone(fs_spread spread, const double beam[3])
{
    switch (spread) {
    case FS_SPREAD_AP:
        return beam[1];
    case FS_SPREAD_PA:
        return -beam[1];
    case FS_SPREAD_LATERAL:
        return fabs(beam[0]);
    default:
        return beam[2];
    }
}

/* On a cap, the height on the sphere is even from its rim to its middle: its mean is half way, its deviation known. */
static void test_spreads(void **state)
{
    double sum[FS_SPREADS] = {0}, square[FS_SPREADS] = {0}, up[3], beam[3];
    int count[FS_SPREADS] = {0};
    (void)state;
    for (uint32_t i = 0; i < DRAWS; i++) {
        fs_carm carm;
        fs_spread spread;
        expect_ok(fs_random_view(legs, "sacrum", FB_SIDE_NONE, &(fs_draw){.seed = 5, .view = i}, &carm, &spread));
        fs_carm_directions(carm.primary_deg, carm.secondary_deg, beam, up);
        const double height = height_in_cone(spread, beam);
        assert_true(height >= cos(fs_spread_half_angle(spread) * M_PI / 180) - 1e-9);
        sum[spread] += height;
        square[spread] += height * height;
        count[spread]++;
    }
    for (int s = 0; s < FS_SPREADS; s++) {
        const double rim = cos(fs_spread_half_angle((fs_spread)s) * M_PI / 180), width = 1 - rim;
        const double mean = sum[s] / count[s], deviation = sqrt(square[s] / count[s] - mean * mean);
        assert_in_range(count[s], DRAWS / 10, DRAWS / 2);
        expect_near(mean, 0.5 * (1 + rim), 0.05 * width, "mean height");
        expect_near(deviation, width / sqrt(12), 0.03 * width, "its deviation");
    }
}

static void test_device(void **state)
{
    fs_region tibia;
    double least = 1e9, most = 0;
    (void)state;
    assert_true(fs_anatomy_find(legs, "tibia", FB_SIDE_RIGHT, &tibia));
    for (uint32_t i = 0; i < 500; i++) {
        fs_carm carm, again;
        fx_camera camera;
        const fs_draw draw = {.seed = 6, .scene = 1, .view = i};
        expect_ok(fs_random_view(legs, "tibia", FB_SIDE_RIGHT, &draw, &carm, NULL));
        expect_ok(fs_carm_camera(&carm, &camera));
        for (int k = 0; k < 3; k++)
            assert_true(carm.target_mm[k] >= tibia.low_mm[k] && carm.target_mm[k] <= tibia.high_mm[k]);
        assert_true(carm.sdd_mm >= 900 && carm.sdd_mm < 1200 && carm.detector_mm >= 300 && carm.detector_mm < 400);
        assert_true(carm.fraction >= 0.5 && carm.fraction < 0.9 && carm.pixels == 512);
        least = fmin(least, carm.fraction);
        most = fmax(most, carm.fraction);
        expect_ok(fs_random_view(legs, "tibia", FB_SIDE_RIGHT, &draw, &again, NULL));
        expect_near(again.primary_deg, carm.primary_deg, 0, "the same again");
    }
    assert_true(least < 0.52 && most > 0.88);
}

static void test_targets(void **state)
{
    int tibias[3] = {0}, kinds = 0;
    bool met[FB_CATEGORIES] = {false};
    (void)state;
    for (uint32_t i = 0; i < 2000; i++) {
        const fb_structure *target;
        fb_side side;
        fs_region region;
        expect_ok(fs_random_target(legs, &(fs_draw){.seed = 8, .view = i}, &target, &side));
        assert_true(fs_anatomy_find(legs, target->name, side, &region));
        assert_int_equal(target->paired, side != FB_SIDE_NONE);
        if (strcmp(target->name, "tibia") == 0) tibias[side]++;
        bool *seen = &met[target - fb_category_at(0)];
        kinds += !*seen;
        *seen = true;
    }
    assert_true(kinds >= 25 && tibias[FB_SIDE_LEFT] > 5 && tibias[FB_SIDE_RIGHT] > 5);
}

static void test_refusal(void **state)
{
    fs_carm carm;
    (void)state;
    expect_failure(fs_random_view(legs, "skull", FB_SIDE_NONE, &(fs_draw){0}, &carm, NULL), FSAM_ERROR_MISMATCH,
                   "random view: the patient has no skull");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spreads),
        cmocka_unit_test(test_device),
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_refusal),
    };
    return cmocka_run_group_tests(tests, make_legs, free_legs);
}
