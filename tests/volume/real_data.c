/* Volumes of real patients in ../shared/data, where they are at hand: sizes, and that organs lie on the side where they
 * belong. Skipped (77) where they are not. */
#include "support.h"

#include "volume/label_read.h"
#include "volume/nifti.h"

#define DATA "../shared/data/"

typedef struct patient {
    fv_ct ct;
    fv_labels labels;
    fv_extent *extents;
} patient;

static patient load(const char *ct, const char *labels, const char *names)
{
    patient p = {0};
    if (ct != NULL) expect_ok(fv_nifti_read_ct(ct, 0, &p.ct));
    fv_label_source source = {.path = labels, .names = names};
    expect_ok(fv_labels_read(&source, ct != NULL ? &p.ct.grid : NULL, 0, &p.labels));
    p.extents = calloc((size_t)p.labels.count + 1, sizeof *p.extents);
    assert_non_null(p.extents);
    fv_labels_extents(&p.labels, p.extents);
    return p;
}

static void unload(patient *p)
{
    fv_ct_free(&p->ct);
    fv_labels_free(&p->labels);
    free(p->extents);
}

static const fv_extent *extent(const patient *p, const char *name)
{
    int label = fv_labels_find(&p->labels, name);
    if (label == 0) fail_msg("no %s", name);
    return &p->extents[label];
}

/* That the centroid of the first structure is further along a world axis (0 left, 1 back, 2 head) than the second's. */
static void expect_beyond(const patient *p, int axis, const char *further, const char *nearer)
{
    double a = extent(p, further)->centroid_mm[axis], b = extent(p, nearer)->centroid_mm[axis];
    if (!(a > b)) fail_msg("axis %d: %s at %.1f, %s at %.1f", axis, further, a, nearer, b);
}

/* Mean HU of a structure, voxel by voxel. */
static double mean_hu(const patient *p, const char *name)
{
    double sum = 0;
    int label = fv_labels_find(&p->labels, name);
    for (size_t i = 0; i < fv_grid_voxels(&p->ct.grid); i++)
        if (p->labels.label[i] == label) sum += p->ct.hu[i];
    return sum / (double)extent(p, name)->voxels;
}

static void test_chest(void **state)
{
    patient p = load(DATA "lidc0001/ct.nii.gz", DATA "lidc0001/labels.nii.gz", NULL);
    (void)state;
    assert_true(p.ct.grid.size[0] == 512 && p.ct.grid.size[1] == 383 && p.ct.grid.size[2] == 133);
    assert_int_equal(p.labels.count, 89);
    expect_near(p.ct.grid.world_from_voxel.m[0][3], -166, 1e-6, "first voxel");
    expect_near(p.ct.grid.world_from_voxel.m[2][2], 2.5, 1e-6, "slice spacing");
    expect_beyond(&p, 0, "spleen", "liver");
    expect_beyond(&p, 0, "heart", "vertebrae_T8");
    expect_beyond(&p, 1, "vertebrae_T8", "sternum");
    expect_beyond(&p, 2, "vertebrae_T2", "vertebrae_T10");
    expect_near(mean_hu(&p, "lung_upper_lobe_left"), -850, 100, "HU of the lung");
    expect_near(mean_hu(&p, "liver"), 80, 60, "HU of the liver");
    unload(&p);
}

/* Names from the header's extension. */
static void test_abdomen(void **state)
{
    patient p = load(DATA "totalseg_example/ct.nii.gz", DATA "totalseg_example/labels.nii.gz", NULL);
    (void)state;
    assert_true(p.ct.grid.size[0] == 122 && p.ct.grid.size[1] == 101 && p.ct.grid.size[2] == 112);
    assert_int_equal(p.labels.count, 61);
    expect_beyond(&p, 0, "kidney_left", "kidney_right");
    expect_beyond(&p, 0, "femur_left", "femur_right");
    expect_beyond(&p, 2, "liver", "urinary_bladder");
    expect_beyond(&p, 1, "sacrum", "urinary_bladder");
    expect_near(mean_hu(&p, "urinary_bladder"), 10, 60, "HU of the bladder");
    unload(&p);
}

static void test_labels_alone(void **state)
{
    patient p = load(NULL, DATA "s0011_labels/labels.nii.gz", NULL);
    (void)state;
    assert_int_equal(p.labels.count, 108);
    expect_beyond(&p, 0, "spleen", "liver");
    expect_beyond(&p, 2, "vertebrae_C7", "hip_left");
    expect_beyond(&p, 1, "vertebrae_L3", "stomach");
    expect_near(extent(&p, "liver")->volume_ml, 1500, 900, "volume of the liver");
    unload(&p);
}

static void test_head(void **state)
{
    patient p;
    (void)state;
    write_text(in_folder("openkbp.tsv"), "1\tbrainstem\n2\tspinal_cord\n3\tparotid_right\n4\tparotid_left\n"
                                         "5\tesophagus\n6\tlarynx\n7\tmandible\n");
    p = load(DATA "openkbp/pt_104_ct.nii.gz", DATA "openkbp/pt_104_labels.nii.gz", in_folder("openkbp.tsv"));
    expect_beyond(&p, 0, "parotid_left", "parotid_right");
    expect_beyond(&p, 2, "brainstem", "spinal_cord");
    expect_beyond(&p, 1, "spinal_cord", "mandible");
    unload(&p);
}

int main(void)
{
    if (access(DATA "lidc0001/ct.nii.gz", R_OK) != 0) {
        printf("skipped: no patients in " DATA "\n");
        return 77;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_chest), cmocka_unit_test(test_abdomen),
                                       cmocka_unit_test(test_labels_alone), cmocka_unit_test(test_head)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
