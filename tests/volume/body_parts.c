/* Patients from meshes: maps of parts, and boxes whose voxels can be counted. */
#include "support.h"

#include "volume/body_parts.h"
#include "volume/mesh_read.h"

static void expect_failure(fsam_status status, fsam_status expected, const char *where, const char *reason)
{
    assert_int_equal(status, expected);
    expect_message(where, reason);
}

/* ---- maps ---- */

static fsam_status parse(const char *text, fv_part_map *map)
{
    char copy[512];
    strcpy(copy, text);
    return fv_part_map_parse(copy, "map.tsv", map);
}

static void test_map(void **state)
{
    fv_part_map map;
    (void)state;
    expect_ok(parse("# parts\n\nFJ1\tfemur_left\t-\tLeft femur\r\nskin\t-\nbox\t-\t-12.5\ntooth\tskull\ttooth", &map));
    assert_int_equal(map.count, 4);
    const fv_part_rule *rule = fv_part_map_find(&map, "none", "FJ1");
    assert_string_equal(rule->structure, "femur_left");
    assert_false(rule->has_tissue);
    assert_int_equal(rule->order, 3);
    rule = fv_part_map_find(&map, "skin", "FJ1"); /* the node's name goes first */
    assert_null(rule->structure);
    assert_false(rule->has_tissue);
    rule = fv_part_map_find(&map, "box", "");
    assert_null(rule->structure);
    assert_true(rule->has_tissue && rule->tissue.hu == -12.5 && rule->tissue.shell_hu == -12.5);
    assert_true(fv_part_map_find(&map, "tooth", "")->tissue.shell_hu > 2000);
    assert_null(fv_part_map_find(&map, "femur_left", ""));
    fv_part_map_free(&map);
    expect_ok(parse("*\tliver\nFJ1\t-\n", &map));
    assert_string_equal(fv_part_map_find(&map, "any", "thing")->structure, "liver");
    assert_null(fv_part_map_find(&map, "any", "FJ1")->structure);
    fv_part_map_free(&map);
}

static void test_bad_maps(void **state)
{
    fv_part_map map;
    (void)state;
    expect_failure(parse("", &map), FSAM_ERROR_FORMAT, "map.tsv: ", "no parts");
    expect_failure(parse("# only this\n", &map), FSAM_ERROR_FORMAT, "map.tsv: ", "no parts");
    expect_failure(parse("a\tliver\nb liver\n", &map), FSAM_ERROR_FORMAT, "map.tsv: line 2: ", "tab");
    expect_failure(parse("\tliver\n", &map), FSAM_ERROR_FORMAT, "map.tsv: line 1: ", "tab");
    expect_failure(parse("a\tliver\tsteak\n", &map), FSAM_ERROR_FORMAT, "map.tsv: line 1: tissue: ", "steak");
    expect_failure(parse("a\tliver\t40000\n", &map), FSAM_ERROR_FORMAT, "map.tsv: line 1: tissue: ", "40000");
    expect_failure(parse("a\tliver\tnan\n", &map), FSAM_ERROR_FORMAT, "map.tsv: line 1: tissue: ", "nan");
    expect_failure(parse("a\tliver\nb\tliver\na\tspleen\n", &map), FSAM_ERROR_FORMAT, "map.tsv: ", "two lines");
    assert_null(map.rules);
}

/* What ships: every structure is one of the 128, and of those with sides both are there. */
static void test_shipped_maps(void **state)
{
    static const char *const paths[] = {"data/maps/bodyparts3d.tsv", "data/maps/hubmap.tsv"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        fv_part_map map;
        int sides[3] = {0};
        expect_ok(fv_part_map_read(paths[i], &map));
        for (int k = 0; k < map.count; k++) {
            if (map.rules[k].structure == NULL) continue;
            const fb_structure *category = fb_category_find(map.rules[k].structure);
            if (category == NULL) fail_msg("%s: %s: no category", paths[i], map.rules[k].structure);
            sides[category->side]++;
        }
        assert_true(sides[FB_SIDE_LEFT] > 10 && sides[FB_SIDE_RIGHT] > 10);
        fv_part_map_free(&map);
    }
}

static void expect_rule(const fv_part_map *map, const char *part, const char *structure)
{
    const fv_part_rule *rule = fv_part_map_find(map, part, "");
    if (rule == NULL || rule->structure == NULL || strcmp(rule->structure, structure) != 0)
        fail_msg("%s is not %s", part, structure);
}

/* Parts whose FMA ids are known from elsewhere (the Foundational Model of Anatomy). */
static void test_bodyparts3d(void **state)
{
    fv_part_map map;
    (void)state;
    expect_ok(fv_part_map_read("data/maps/bodyparts3d.tsv", &map));
    expect_rule(&map, "FMA24475", "femur_left");
    expect_rule(&map, "FMA24474", "femur_right");
    expect_rule(&map, "FMA7204", "kidney_right");
    expect_rule(&map, "FMA7205", "kidney_left");
    expect_rule(&map, "FMA12519", "vertebrae_C1");
    expect_rule(&map, "FMA52748", "skull");
    expect_rule(&map, "FMA7196", "spleen");
    fv_part_map_free(&map);
}

/* ---- patients ---- */

/* A box as an OBJ file; without its top when it is `open`. */
static const char *write_box(const char *name, const int low[3], const int high[3], bool open)
{
    char text[1024];
    int length = snprintf(text, sizeof text, "o box\n");
    for (int i = 0; i < 8; i++)
        length += snprintf(text + length, sizeof text - (size_t)length, "v %d %d %d\n", i & 1 ? high[0] : low[0],
                           i & 2 ? high[1] : low[1], i & 4 ? high[2] : low[2]);
    snprintf(text + length, sizeof text - (size_t)length, "f 1 3 4 2\nf 1 2 6 5\nf 2 4 8 6\nf 4 3 7 8\nf 3 1 5 7\n%s",
             open ? "" : "f 5 6 8 7\n");
    write_text(in_folder(name), text);
    return in_folder(name);
}

static const fv_body_options bare = {.spacing_mm = {1, 1, 2}, .bare = true, .seed = 1};

static fsam_status add(const char *path, const fv_part_map *map, bool skip_open, fv_body_parts *parts)
{
    const fv_body_source source = {fv_mesh_frame(FV_AXES_LPS, 1), map, false, skip_open};
    return fv_body_parts_add(path, &source, parts);
}

static size_t voxels_of(const fv_labels *labels, const char *name)
{
    fv_extent extents[16];
    assert_true(labels->count < 16);
    fv_labels_extents(labels, extents);
    const int label = fv_labels_find(labels, name);
    return label != 0 ? extents[label].voxels : 0;
}

/* A later line of the map covers an earlier one, whatever the order of files; tissues of one structure are joined. */
static void test_overlap(void **state)
{
    fv_body_parts parts = {0};
    fv_part_map map;
    fv_ct ct;
    fv_labels labels;
    (void)state;
    expect_ok(parse("outer\tliver\t70\ninner\tfemur_left\t900\ncore\tliver\t80\nhole\t-\t5\n", &map));
    expect_ok(add(write_box("hole.obj", (int[]){24, 2, 2}, (int[]){26, 4, 4}, false), &map, false, &parts));
    expect_ok(add(write_box("core.obj", (int[]){12, 8, 8}, (int[]){16, 12, 12}, false), &map, false, &parts));
    expect_ok(add(write_box("inner.obj", (int[]){10, 4, 4}, (int[]){20, 16, 16}, false), &map, false, &parts));
    expect_ok(add(write_box("outer.obj", (int[]){0, 0, 0}, (int[]){30, 20, 20}, false), &map, false, &parts));
    expect_ok(add(write_box("other.obj", (int[]){0, 0, 0}, (int[]){90, 20, 20}, false), &map, false, &parts));
    assert_int_equal(parts.count, 4);
    assert_int_equal(parts.unmapped, 1);
    expect_ok(fv_body_voxelise(&parts, &bare, &ct, &labels));
    assert_int_equal(labels.count, 2);
    assert_int_equal(voxels_of(&labels, "femur_left"), 10 * 12 * 6 - 4 * 4 * 2);
    assert_int_equal(voxels_of(&labels, "liver"), 30 * 20 * 10 - 10 * 12 * 6 + 4 * 4 * 2 - 2 * 2 * 1);
    /* softening moves mass to neighbours, and keeps all of it */
    double mass = 0;
    for (size_t i = 0; i < fv_grid_voxels(&ct.grid); i++) mass += ct.hu[i] + 1000;
    expect_near(mass / (4 * 1005.0 + 32 * 1080.0 + 688 * 1900.0 + (6000 - 4 - 32 - 688) * 1070.0), 1, 1e-3, "mass");
    expect_near(ct.hu[voxel_near(&ct.grid, 2.5, 2.5, 10)], 70, 1, "HU of the liver");
    expect_near(ct.hu[voxel_near(&ct.grid, 18.5, 10.5, 10)], 900, 90, "HU of the femur");
    assert_int_equal(ct.hu[0], FV_HU_AIR);
    fv_ct_free(&ct);
    fv_labels_free(&labels);
    fv_body_parts_free(&parts);
    fv_part_map_free(&map);
}

static void test_open(void **state)
{
    fv_body_parts parts = {0};
    (void)state;
    const char *path = write_box("open.obj", (int[]){0, 0, 0}, (int[]){9, 9, 9}, true);
    expect_failure(add(path, NULL, false, &parts), FSAM_ERROR_FORMAT, path, "not closed: 4 open edges");
    expect_ok(add(path, NULL, true, &parts));
    assert_int_equal(parts.open, 1);
    assert_int_equal(parts.count, 0);
    fv_body_parts_free(&parts);
}

/* About a lone box there is skin and fat; the file's name is the structure's. */
static void test_body(void **state)
{
    fv_body_parts parts = {0};
    fv_body_options options = bare;
    fv_ct ct;
    fv_labels labels;
    (void)state;
    options.bare = false;
    options.spacing_mm[2] = 1;
    expect_ok(add(write_box("spleen.obj", (int[]){0, 0, 0}, (int[]){20, 20, 20}, false), NULL, false, &parts));
    expect_ok(fv_body_voxelise(&parts, &options, &ct, &labels));
    assert_int_equal(voxels_of(&labels, "spleen"), 8000);
    const int *size = ct.grid.size;
    const int16_t *row = ct.hu + ((size_t)size[2] / 2 * (size_t)size[1] + (size_t)size[1] / 2) * (size_t)size[0];
    int first = 0;
    while (row[first] == FV_HU_AIR) first++;
    expect_near(ct.grid.world_from_voxel.m[0][3] + first, -14, 4, "where the skin begins"); /* a voxel of the outline */
    expect_near(row[size[0] / 2], 48, 30, "HU of a spleen");
    options.max_voxels = 1000;
    fv_labels_free(&labels);
    fv_ct_free(&ct);
    expect_failure(fv_body_voxelise(&parts, &options, &ct, &labels), FSAM_ERROR_MEMORY, "meshes", "voxels");
    assert_null(ct.hu);
    fv_body_parts_free(&parts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_map),         cmocka_unit_test(test_bad_maps), cmocka_unit_test(test_shipped_maps),
        cmocka_unit_test(test_bodyparts3d), cmocka_unit_test(test_overlap),  cmocka_unit_test(test_open),
        cmocka_unit_test(test_body),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
