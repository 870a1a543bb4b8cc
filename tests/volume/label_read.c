/* Label maps from files and folders: where names come from, joining, other grids, and what is refused. */
#include "support.h"

#include "volume/label_read.h"
#include "volume/nifti.h"
#include <sys/stat.h>

/* An 8 x 8 x 8 map of 2 mm from -8 mm: two structures, each a block; in `folder` under `name`. Without names in its
 * header it is written as a CT, whose values are then the numbers. */
static fv_grid the_grid(void)
{
    return fv_grid_upright((int[]){8, 8, 8}, (double[]){2, 2, 2}, (double[]){-8, -8, -8});
}

static void write_map(const char *name, int first, int second)
{
    fv_grid grid = the_grid();
    fv_ct ct;
    expect_ok(fv_ct_make(&grid, "t", &ct));
    for (int z = 2; z < 6; z++)
        for (int y = 2; y < 6; y++)
            for (int x = 1; x < 7; x++) ct.hu[voxel_at(&grid, x, y, z)] = (int16_t)(x < 4 ? first : second);
    expect_ok(fv_nifti_write_ct(&ct, in_folder(name), true));
    fv_ct_free(&ct);
}

static void expect_map(const fv_labels *labels, const char *first, const char *second)
{
    assert_int_equal(labels->count, first != NULL && second != NULL && strcmp(first, second) != 0 ? 2 : 1);
    for (int side = 0; side < 2; side++) {
        const char *expected = side == 0 ? first : second;
        int label = labels->label[voxel_near(&labels->grid, side == 0 ? -4 : 2, 0, 0)];
        if (expected == NULL)
            assert_int_equal(label, 0);
        else
            assert_string_equal(labels->structure[label - 1].name, expected);
    }
    assert_int_equal(labels->label[voxel_near(&labels->grid, -8, -8, -8)], 0);
}

static void test_names(void **state)
{
    fv_labels labels;
    fv_label_source source = {.path = in_folder("map.nii.gz")};
    (void)state;
    char path[256];
    strcpy(path, source.path);
    source.path = path;
    write_map("map.nii.gz", 1, 5);
    assert_int_equal(fv_labels_read(&source, NULL, 0, &labels), FSAM_ERROR_UNSUPPORTED);
    expect_message(path, "give a table");
    source.standard_ids = true;
    expect_ok(fv_labels_read(&source, NULL, 0, &labels));
    expect_map(&labels, "spleen", "liver");
    assert_int_equal(labels.structure[1].category->id, 5);
    fv_labels_free(&labels);
    write_text(in_folder("label_names.csv"), "1,colon\n5,heart\n"); /* beside the map: before the standard */
    expect_ok(fv_labels_read(&source, NULL, 0, &labels));
    expect_map(&labels, "colon", "heart");
    fv_labels_free(&labels);
    write_text(in_folder("map.json"),
               "{\"aorta\": 1, \"gizzard\": 5}"); /* of the map's own name: before the folder's */
    expect_ok(fv_labels_read(&source, NULL, 0, &labels));
    expect_map(&labels, "aorta", "gizzard");
    assert_null(labels.structure[1].category);
    fv_labels_free(&labels);
    write_text(in_folder("given.tsv"), "1\tbrain\n5\tskull\n6\tstomach\n");
    source.names = in_folder("given.tsv");
    expect_ok(fv_labels_read(&source, NULL, 0, &labels));
    expect_map(&labels, "brain", "skull");
    fv_labels_free(&labels);
    write_text(in_folder("given.tsv"), "1\tbrain\n6\tskull\n");
    source.names = in_folder("given.tsv");
    assert_int_equal(fv_labels_read(&source, NULL, 0, &labels), FSAM_ERROR_MISMATCH);
    expect_message(path, "no name for 5");
    unlink(in_folder("label_names.csv"));
    unlink(in_folder("map.json"));
}

static void test_mapped(void **state)
{
    fv_labels labels;
    write_map("mapped.nii", 3, 300);
    write_text(in_folder("mapped.tsv"), "3\theart_atrium_left\n300\tmuscle of the heart\n");
    char path[256], mapping[256];
    (void)state;
    strcpy(path, in_folder("mapped.nii"));
    strcpy(mapping, in_folder("rules"));
    fv_label_source source = {.path = path, .mapping = mapping};
    write_text(mapping, "muscle of the heart\theart\n");
    expect_ok(fv_labels_read(&source, NULL, 0, &labels));
    expect_map(&labels, "heart", "heart");
    fv_labels_free(&labels);
    write_text(mapping, "muscle of the heart\t-\n");
    expect_ok(fv_labels_read(&source, NULL, 0, &labels));
    expect_map(&labels, "heart", NULL);
    fv_labels_free(&labels);
}

/* What is written is read back with its names, 300 of them too. */
static void test_round_trip(void **state)
{
    fv_grid grid = the_grid();
    (void)state;
    for (int many = 0; many < 2; many++) {
        fv_labels labels, back;
        char name[32], path[256];
        strcpy(path, in_folder("trip.nii.gz"));
        expect_ok(fv_labels_make(&grid, "t", &labels));
        for (int k = 0; k < (many != 0 ? 300 : 3); k++) {
            snprintf(name, sizeof name, "a <]]> & \"%d\"", k);
            expect_ok(fv_labels_add(&labels, name));
            labels.label[k + 7] = (uint16_t)(k + 1);
        }
        expect_ok(fv_nifti_write_labels(&labels, path, true));
        expect_ok(fv_labels_read(&(fv_label_source){.path = path}, NULL, 0, &back));
        assert_int_equal(back.count, labels.count);
        for (int k = 0; k < labels.count; k++) assert_string_equal(back.structure[k].name, labels.structure[k].name);
        assert_memory_equal(back.label, labels.label, fv_grid_voxels(&grid) * sizeof *labels.label);
        fv_labels_free(&labels);
        fv_labels_free(&back);
    }
}

static void test_folder(void **state)
{
    fv_labels labels;
    char path[256];
    (void)state;
    strcpy(path, in_folder("masks"));
    fv_label_source source = {.path = path};
    assert_int_equal(mkdir(path, 0777), 0);
    assert_int_equal(fv_labels_read(&source, NULL, 0, &labels), FSAM_ERROR_FORMAT);
    expect_message(path, "no NIfTI files");
    write_map("masks/liver.nii.gz", 0, 1);
    write_map("masks/spleen.nii.gz", 1, 1); /* overlaps the liver, which comes first */
    write_map("masks/stomach.nii.gz", 0, 0);
    expect_ok(fv_labels_read(&source, NULL, 0, &labels));
    expect_map(&labels, "spleen", "liver");
    fv_labels_free(&labels);
    fv_grid other = fv_grid_upright((int[]){8, 8, 8}, (double[]){2, 2, 2}, (double[]){-8, -8, -7});
    fv_ct ct;
    expect_ok(fv_ct_make(&other, "t", &ct));
    expect_ok(fv_nifti_write_ct(&ct, in_folder("masks/pancreas.nii"), true));
    assert_int_equal(fv_labels_read(&source, NULL, 0, &labels), FSAM_ERROR_MISMATCH);
    expect_message(in_folder("masks/pancreas.nii"), "not on the grid");
    fv_ct_free(&ct);
}

/* Onto a finer grid that is turned and shifted, and onto one that lies elsewhere. */
static void test_onto(void **state)
{
    fv_labels labels;
    char path[256];
    (void)state;
    strcpy(path, in_folder("onto.nii"));
    write_map("onto.nii", 1, 5);
    fv_label_source source = {.path = path, .standard_ids = true};
    fv_grid fine = fv_grid_upright((int[]){20, 30, 10}, (double[]){1, 1, 1}, (double[]){-15, -20, -4.5});
    expect_ok(fv_labels_read(&source, &fine, 0, &labels));
    assert_int_equal(labels.grid.size[1], 30);
    assert_int_equal(labels.count, 2);
    fv_extent extents[3];
    fv_labels_extents(&labels, extents);
    /* spleen: x in [-7, -1), 8 mm of y, z in [-5, 3) of which the grid has -4.5 to 2.5 */
    assert_int_equal(extents[1].voxels, 6 * 8 * 8);
    expect_near(extents[1].centroid_mm[0], -4, 0.5, "centroid");
    /* liver: x in [-1, 5), of which the grid has -1 to 4 */
    assert_int_equal(extents[2].voxels, 6 * 8 * 8);
    fv_labels_free(&labels);
    fine.world_from_voxel.m[0][3] = -26; /* ends at -7: the liver is out, and the spleen but for its edge */
    expect_ok(fv_labels_read(&source, &fine, 0, &labels));
    assert_int_equal(labels.count, 1);
    fv_labels_free(&labels);
    fine.world_from_voxel.m[2][3] = 100;
    assert_int_equal(fv_labels_read(&source, &fine, 0, &labels), FSAM_ERROR_MISMATCH);
    expect_message(path, "none of them lies within the CT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names), cmocka_unit_test(test_mapped),
                                       cmocka_unit_test(test_round_trip), cmocka_unit_test(test_folder),
                                       cmocka_unit_test(test_onto)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
