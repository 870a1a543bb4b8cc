/* The catalogue: every tool is sound, of its nominal size, different from the others and the same each time. */
#include "scene/tool.h"

#include "support.h"

#include <stdlib.h>

/* ml inside all parts, as if they were apart. */
static double volume_of(const fs_tool *tool)
{
    double sum = 0;
    for (int k = 0; k < tool->parts; k++) sum += inspect(&tool->part[k].mesh).volume_ml;
    return sum;
}

static double smallest_area_mm2(const fv_mesh *mesh)
{
    double smallest = INFINITY;
    for (size_t i = 0; i < mesh->triangle_count; i++) {
        double u[3], v[3];
        for (int j = 0; j < 3; j++) {
            u[j] = (double)(mesh->vertex[mesh->triangle[i][1]][j] - mesh->vertex[mesh->triangle[i][0]][j]);
            v[j] = (double)(mesh->vertex[mesh->triangle[i][2]][j] - mesh->vertex[mesh->triangle[i][0]][j]);
        }
        const double c[3] = {u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]};
        smallest = fmin(smallest, 0.5 * sqrt(c[0] * c[0] + c[1] * c[1] + c[2] * c[2]));
    }
    return smallest;
}

static void test_sound(void **state)
{
    (void)state;
    assert_true(fs_tool_count() >= 464);
    for (int id = 1; id <= fs_tool_count(); id++) {
        fs_tool tool;
        size_t triangles = 0;
        expect_ok(fs_tool_make(id, 1, &tool));
        assert_int_equal(tool.id, id);
        assert_in_range(tool.parts, 1, FS_TOOL_PARTS);
        for (int k = 0; k < tool.parts; k++) {
            const fv_mesh *mesh = &tool.part[k].mesh;
            expect_closed(mesh, tool.name);
            if (!(smallest_area_mm2(mesh) > 1e-7)) fail_msg("%s: a triangle without area", tool.name);
            assert_true(tool.part[k].material != FX_AIR);
            triangles += mesh->triangle_count;
        }
        if (triangles > 20000) fail_msg("%s: %zu triangles", tool.name, triangles);
        if (!tool.family->flexible) {
            double low[3], high[3];
            fs_tool_bounds(&tool, low, high);
            expect_near(low[2], 0, 1e-5, tool.name);
        }
        fs_tool_free(&tool);
    }
}

/* A tool's name, volume and box. */
typedef struct signature {
    char name[FS_TOOL_NAME];
    double number[7];
} signature;

static int by_numbers(const void *a, const void *b)
{
    return memcmp(((const signature *)a)->number, ((const signature *)b)->number, sizeof((signature *)0)->number);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const signature *)a)->name, ((const signature *)b)->name);
}

static void test_distinct(void **state)
{
    const int count = fs_tool_count();
    signature *all = calloc((size_t)count, sizeof *all);
    (void)state;
    assert_non_null(all);
    for (int i = 0; i < count; i++) {
        fs_tool tool;
        expect_ok(fs_tool_make(i + 1, 1, &tool));
        strcpy(all[i].name, tool.name);
        all[i].number[0] = volume_of(&tool);
        fs_tool_bounds(&tool, all[i].number + 1, all[i].number + 4);
        fs_tool_free(&tool);
    }
    qsort(all, (size_t)count, sizeof *all, by_numbers);
    for (int i = 1; i < count; i++)
        if (by_numbers(&all[i - 1], &all[i]) == 0) fail_msg("%s is %s", all[i].name, all[i - 1].name);
    qsort(all, (size_t)count, sizeof *all, by_name);
    for (int i = 1; i < count; i++)
        if (by_name(&all[i - 1], &all[i]) == 0) fail_msg("two tools are %s", all[i].name);
    free(all);
}

static void test_families(void **state)
{
    int used = 0;
    (void)state;
    assert_true(fs_tool_family_count() >= 20);
    assert_null(fs_tool_family_at(-1));
    assert_null(fs_tool_family_at(fs_tool_family_count()));
    for (int i = 0; i < fs_tool_family_count(); i++) {
        bool found = false;
        for (int id = 1; id <= fs_tool_count() && !found; id++) {
            const fs_tool_family *family;
            char name[FS_TOOL_NAME];
            expect_ok(fs_tool_describe(id, &family, name));
            assert_non_null(family);
            assert_null(strpbrk(name, "{}"));
            found = family == fs_tool_family_at(i);
        }
        used += found;
    }
    assert_int_equal(used, fs_tool_family_count());
}

/* The id of a name, which must be there. */
static int id_of(const char *wanted)
{
    for (int id = 1; id <= fs_tool_count(); id++) {
        const fs_tool_family *family;
        char name[FS_TOOL_NAME];
        expect_ok(fs_tool_describe(id, &family, name));
        if (strcmp(name, wanted) == 0) return id;
    }
    fail_msg("no tool '%s'", wanted);
    return 0;
}

static void test_volumes(void **state)
{
    static const struct {
        const char *name;
        double ml;
    } cases[] = {
        /* a cylinder of 2 x 150 with a conical point of 4 and a bevel of half its radius at the other end */
        {"2 mm Kirschner wire, 150 mm", M_PI * (146 + 4 / 3.0 - 0.5 * (1 - 7 / 12.0)) / 1000},
        {"6 mm spinal rod, 120 mm", M_PI * 9 * 120 / 1000},
        {"25 mm scaling ball", M_PI / 6 * 25 * 25 * 25 / 1000},
        {"5 mm steel bead", M_PI / 6 * 125 / 1000},
        /* barbs 4.8 long, shaft 6 wide */
        {"12 mm arrow", (0.5 * 10 * 4.8 + 6 * 7.2) / 1000},
        {"20 mm letter L", (0.6 * 0.18 + 0.82 * 0.18) * 400 / 1000},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fs_tool tool;
        expect_ok(fs_tool_make(id_of(cases[i].name), 1, &tool));
        expect_near(volume_of(&tool), cases[i].ml, 0.02 * cases[i].ml, cases[i].name);
        fs_tool_free(&tool);
    }
}

/* However it bends, a wire is as long as it is. */
static void test_wire(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 5; seed++) {
        fs_tool tool;
        expect_ok(fs_tool_make(id_of("0.89 mm guide wire, 500 mm"), seed, &tool));
        const double ml = M_PI * 0.445 * 0.445 * 500 / 1000;
        expect_near(inspect(&tool.part[0].mesh).volume_ml, ml, 0.02 * ml, "wire");
        fs_tool_free(&tool);
    }
}

static void test_sizes(void **state)
{
    static const struct {
        const char *name;
        double x, z; /* mm, of the box; 0: not looked at */
    } cases[] = {{"2 mm Kirschner wire, 150 mm", 2, 150},
                 {"3.5 mm cortical screw, 40 mm", 0, 40},
                 {"6.5 mm cancellous screw, 80 mm, thread 32 mm", 0, 80},
                 {"7.3 mm cannulated screw, 100 mm", 0, 100},
                 {"5 mm Schanz screw, 150 mm", 5, 150},
                 {"6.5 mm pedicle screw, 45 mm", 12.4, 45 + 16},
                 {"8-hole 3.5 mm compression plate", 10, 100},
                 {"10 mm tibial nail, 330 mm", 0, 330},
                 {"straight 160 mm artery forceps", 0, 160},
                 {"straight 180 mm dissecting scissors", 0, 180},
                 {"2.5 mm drill bit, 110 mm", 4.5, 110},
                 {"52 mm acetabular reamer", 52, 26 + 160},
                 {"56 mm hip cup for a 32 mm head", 56, 28},
                 {"8 mm peripheral stent, 80 mm", 0, 80},
                 {"300 mm ruler, marks every 10 mm", 24, 300},
                 {"bone staple 20 mm wide, 22 mm legs", 21.8, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fs_tool tool;
        double low[3], high[3];
        expect_ok(fs_tool_make(id_of(cases[i].name), 1, &tool));
        fs_tool_bounds(&tool, low, high);
        if (cases[i].x > 0) expect_near(high[0] - low[0], cases[i].x, 0.02 * cases[i].x, cases[i].name);
        if (cases[i].z > 0) expect_near(high[2] - low[2], cases[i].z, 0.02 * cases[i].z, cases[i].name);
        fs_tool_free(&tool);
    }
}

static bool same(const fs_tool *a, const fs_tool *b)
{
    bool equal = a->parts == b->parts;
    for (int k = 0; k < a->parts && equal; k++) {
        const fv_mesh *p = &a->part[k].mesh, *q = &b->part[k].mesh;
        equal = p->vertex_count == q->vertex_count && p->triangle_count == q->triangle_count &&
                memcmp(p->vertex, q->vertex, p->vertex_count * sizeof *p->vertex) == 0 &&
                memcmp(p->triangle, q->triangle, p->triangle_count * sizeof *p->triangle) == 0;
    }
    return equal;
}

/* The seed bends what bends, and nothing else. */
static void test_seeds(void **state)
{
    (void)state;
    for (int id = 1; id <= fs_tool_count(); id += 3) {
        fs_tool first, again, other;
        expect_ok(fs_tool_make(id, 7, &first));
        expect_ok(fs_tool_make(id, 7, &again));
        expect_ok(fs_tool_make(id, 8, &other));
        assert_true(same(&first, &again));
        const bool bends = first.family->flexible && strstr(first.name, "helical") == NULL;
        if (same(&first, &other) == bends) fail_msg("%s: seed %s", first.name, bends ? "without effect" : "matters");
        fs_tool_free(&first);
        fs_tool_free(&again);
        fs_tool_free(&other);
    }
}

static void test_unknown(void **state)
{
    fs_tool tool;
    (void)state;
    assert_int_equal(fs_tool_make(0, 1, &tool), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fs_tool_make(fs_tool_count() + 1, 1, &tool), FSAM_ERROR_ARGUMENT);
    assert_non_null(strstr(fb_message(), "there are tools 1 to"));
    assert_int_equal(tool.parts, 0);
    fs_tool_free(&tool);
    fs_tool_free(NULL);
}

/* A corner of a cube, 10 mm a side, that faces inward, away from the origin. */
static fv_mesh make_user_mesh(bool open)
{
    static const uint32_t face[4][3] = {{0, 1, 2}, {0, 3, 1}, {0, 2, 3}, {1, 3, 2}};
    fv_mesh mesh;
    expect_ok(fv_mesh_make(4, open ? 3 : 4, "corner", &mesh));
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 3; j++) mesh.vertex[i][j] = (j + 1 == i ? 10.0f : 0.0f) + 50.0f;
    memcpy(mesh.triangle, face, mesh.triangle_count * sizeof *face);
    return mesh;
}

static void test_user_mesh(void **state)
{
    fs_tool tool;
    double low[3], high[3];
    fv_mesh mesh = make_user_mesh(false);
    (void)state;
    expect_ok(fs_tool_from_mesh(&mesh, "probe.stl", FX_TITANIUM, &tool));
    assert_null(mesh.vertex);
    assert_int_equal(tool.parts, 1);
    assert_int_equal(tool.part[0].material, FX_TITANIUM);
    assert_string_equal(tool.name, "probe.stl");
    expect_near(expect_closed(&tool.part[0].mesh, "probe").volume_ml, 1 / 6.0, 1e-6, "volume");
    fs_tool_bounds(&tool, low, high);
    expect_near(low[2], 0, 1e-6, "foot");
    expect_near(low[0], -5, 1e-5, "left");
    expect_near(high[1], 5, 1e-5, "back");
    fs_tool_free(&tool);

    mesh = make_user_mesh(true);
    assert_int_equal(fs_tool_from_mesh(&mesh, "probe.stl", FX_TITANIUM, &tool), FSAM_ERROR_FORMAT);
    assert_string_equal(fb_message(), "probe.stl: mesh: not closed, 3 open edges");
    fv_mesh_free(&mesh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound),   cmocka_unit_test(test_distinct), cmocka_unit_test(test_families),
        cmocka_unit_test(test_volumes), cmocka_unit_test(test_wire),     cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_seeds),   cmocka_unit_test(test_unknown),  cmocka_unit_test(test_user_mesh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
