/* Which standard views there are of real patients in ../shared/data, where they are at hand, and that they look the
 * right way. Skipped (77) where they are not. */
#include "support.h"

#include "scene/views.h"
#include "volume/label_read.h"
#include <stdio.h>
#include <unistd.h>

#define DATA "../shared/data/"

static fs_anatomy *load(const char *folder)
{
    char labels_path[128], names_path[128];
    fv_labels labels;
    fs_anatomy *anatomy;
    snprintf(labels_path, sizeof labels_path, DATA "%s/labels.nii.gz", folder);
    snprintf(names_path, sizeof names_path, DATA "%s/label_names.tsv", folder);
    expect_ok(fv_labels_read(&(fv_label_source){.path = labels_path, .names = names_path}, NULL, 0, &labels));
    expect_ok(fs_anatomy_make(&labels, &anatomy));
    fv_labels_free(&labels);
    return anatomy;
}

/* Places the view, or says that it cannot be had. */
static bool has_view(const fs_anatomy *anatomy, const char *name, fb_side side, fs_carm *carm)
{
    const fsam_status status = fs_view_place(fs_view_find(name), side, anatomy, &(fs_draw){.seed = 1}, carm);
    if (status != FSAM_OK) assert_int_equal(status, FSAM_ERROR_MISMATCH);
    return status == FSAM_OK;
}

static double across(const fs_anatomy *anatomy, const fs_carm *carm, const char *name)
{
    fs_region region;
    fx_camera camera;
    double pixel[2];
    assert_true(fs_anatomy_find(anatomy, name, FB_SIDE_NONE, &region));
    expect_ok(fs_carm_camera(carm, &camera));
    fs_carm_see(carm, &camera, region.centroid_mm, pixel);
    return pixel[0];
}

static void test_chest(void **state)
{
    fs_anatomy *anatomy = load("lidc0001");
    fs_carm carm;
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_true(has_view(anatomy, i == 0 ? "chest_pa" : "chest_ap", FB_SIDE_NONE, &carm));
        assert_true(across(anatomy, &carm, "lung_upper_lobe_right") < 200);
        assert_true(across(anatomy, &carm, "lung_upper_lobe_left") > 300);
    }
    assert_true(has_view(anatomy, "chest_lateral", FB_SIDE_NONE, &carm));
    assert_true(across(anatomy, &carm, "sternum") < 200 && across(anatomy, &carm, "vertebrae_T7") > 300);
    assert_false(has_view(anatomy, "pelvis_ap", FB_SIDE_NONE, &carm));
    assert_false(has_view(anatomy, "knee_ap", FB_SIDE_LEFT, &carm));
    fs_anatomy_free(anatomy);
}

static void test_pelvis(void **state)
{
    fs_anatomy *anatomy = load("totalseg_example");
    fs_carm carm;
    (void)state;
    assert_true(has_view(anatomy, "pelvis_ap", FB_SIDE_NONE, &carm));
    assert_true(across(anatomy, &carm, "hip_right") < 220 && across(anatomy, &carm, "hip_left") > 290);
    assert_true(has_view(anatomy, "hip_ap", FB_SIDE_RIGHT, &carm));
    assert_false(has_view(anatomy, "skull_ap", FB_SIDE_NONE, &carm));
    fs_anatomy_free(anatomy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chest),
        cmocka_unit_test(test_pelvis),
    };
    if (access(DATA, R_OK) != 0) {
        puts("skipped: " DATA " is not here");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
