/* Meshes: welding, inspection, and files of every kind that is read. */
#include "shapes.h"

#include "volume/mesh_read.h"

#define PI 3.14159265358979

static void test_inspect(void **state)
{
    fv_mesh box = make_box(1000, -5, 3, 1010, 15, 33), ball = make_ball(0, 0, 0, 10, 64);
    fv_mesh_report report = inspect(&box);
    (void)state;
    assert_true(report.open_edges == 0 && report.other_edges == 0);
    expect_near(report.volume_ml, 6, 1e-9, "volume of a box");
    assert_true(report.low_mm[0] == 1000 && report.high_mm[2] == 33);
    report = inspect(&ball);
    assert_int_equal(report.open_edges + report.other_edges, 0);
    expect_near(report.volume_ml, 4.0 / 3 * PI, 0.01, "volume of a ball");
    box.triangle_count = 11; /* a hole */
    assert_int_equal(inspect(&box).open_edges, 3);
    box.triangle_count = 12;
    uint32_t kept = box.triangle[4][0]; /* turned */
    box.triangle[4][0] = box.triangle[4][1];
    box.triangle[4][1] = kept;
    assert_int_equal(inspect(&box).open_edges, 3);
    fv_mesh_free(&box);
    fv_mesh_free(&ball);
    fv_mesh_free(NULL);
}

static void test_transform(void **state)
{
    fv_mesh box = make_box(0, 0, 0, 1, 2, 3);
    fv_affine mirror = {.m = {{-10, 0, 0, 7}, {0, 10, 0, 0}, {0, 0, 10, 0}}};
    (void)state;
    fv_mesh_transform(&box, &mirror);
    expect_near(inspect(&box).volume_ml, 6, 1e-9, "volume after mirroring");
    assert_true(inspect(&box).low_mm[0] == -3 && inspect(&box).high_mm[0] == 7);
    fv_mesh_free(&box);
}

static void test_smooth(void **state)
{
    fv_mesh ball = make_ball(5, 5, 5, 20, 24);
    double before = inspect(&ball).volume_ml;
    (void)state;
    expect_ok(fv_mesh_smooth(&ball, 10, "ball"));
    expect_near(inspect(&ball).volume_ml, before, 0.01 * before, "volume after smoothing");
    fv_mesh_free(&ball);
}

/* A box without its top and without a corner of its bottom; a tube without ends; a lone triangle. */
static void test_cap(void **state)
{
    fv_mesh box = make_box(0, 0, 0, 10, 20, 30), tube = make_ball(0, 0, 0, 10, 32), sheet = make_box(0, 0, 0, 9, 9, 9);
    size_t rings;
    (void)state;
    expect_ok(fv_mesh_cap(&box, "box", &rings));
    assert_true(rings == 0 && box.triangle_count == 12);
    box.triangle_count -= 2;
    memmove(box.triangle, box.triangle + 1, --box.triangle_count * sizeof *box.triangle);
    assert_int_equal(inspect(&box).open_edges, 7);
    expect_ok(fv_mesh_cap(&box, "box", &rings));
    assert_int_equal(rings, 2);
    assert_int_equal(inspect(&box).open_edges, 0);
    expect_near(inspect(&box).volume_ml, 6, 1e-6, "volume of a box with its holes closed");
    /* the poles' fans are gone: what is left has flat ends */
    memmove(tube.triangle, tube.triangle + 64, (tube.triangle_count - 128) * sizeof *tube.triangle);
    tube.triangle_count -= 128;
    expect_ok(fv_mesh_cap(&tube, "tube", &rings));
    assert_int_equal(rings, 2);
    assert_int_equal(inspect(&tube).open_edges, 0);
    sheet.triangle_count = 1;
    expect_ok(fv_mesh_cap(&sheet, "sheet", &rings));
    assert_true(rings == 1 && inspect(&sheet).open_edges == 0);
    expect_near(inspect(&sheet).volume_ml, 0, 1e-9, "volume of a sheet");
    fv_mesh_free(&box);
    fv_mesh_free(&tube);
    fv_mesh_free(&sheet);
}

/* STL repeats every vertex: reading welds them. */
static void test_stl(void **state)
{
    fv_mesh ball = make_ball(1, 2, 3, 20, 16);
    fv_affine same = fv_mesh_frame(FV_AXES_LPS, 1);
    fv_parts parts;
    (void)state;
    expect_ok(fv_mesh_write_stl(&ball, in_folder("ball.stl"), false));
    assert_int_equal(fv_mesh_write_stl(&ball, in_folder("ball.stl"), false), FSAM_ERROR_ARGUMENT);
    expect_ok(fv_parts_read(in_folder("ball.stl"), &same, 0, &parts));
    assert_int_equal(parts.count, 1);
    assert_int_equal(parts.part[0].mesh.vertex_count, ball.vertex_count);
    assert_int_equal(parts.part[0].mesh.triangle_count, ball.triangle_count);
    assert_int_equal(inspect(&parts.part[0].mesh).open_edges, 0);
    expect_near(inspect(&parts.part[0].mesh).volume_ml, inspect(&ball).volume_ml, 1e-6, "volume");
    fv_parts_free(&parts);
    assert_int_equal(fv_parts_read(in_folder("ball.stl"), &same, ball.triangle_count - 1, &parts), FSAM_ERROR_MEMORY);
    expect_message(in_folder("ball.stl"), "too many triangles");
    fv_mesh_free(&ball);
}

/* A tetrahedron with corners at 0 and 1 on each axis, facing outward. */
#define CORNERS(before) before "0 0 0\n" before "1 0 0\n" before "0 1 0\n" before "0 0 1\n"
static const double tetrahedron_ml = 1.0 / 6000;

static void test_obj(void **state)
{
    fv_affine frame = fv_mesh_frame(FV_AXES_RAS, 10);
    fv_parts parts;
    (void)state;
    write_text(in_folder("two.obj"),
               "o first\n" CORNERS("v ") "f 1 3 2\nf 1 2 4\nf 2 3 4\nf 1 4 3\n"
                                         "o second\n" CORNERS(
                                             "v ") "f 5 7 6\nf 5 6 8\nf 6 7 8\n"
                                                   "o third\nv 0 0 1\nv 1 0 1\nv 1 1 1\nv 0 1 1\nv 0.5 0.5 0\n"
                                                   "f 9 10 11 12\nf 10 9 13\nf 11 10 13\nf 12 11 13\nf 9 12 13\n");
    expect_ok(fv_parts_read(in_folder("two.obj"), &frame, 0, &parts));
    assert_int_equal(parts.count, 3);
    assert_int_equal(inspect(&parts.part[2].mesh).open_edges, 0); /* a pyramid on a square */
    expect_near(inspect(&parts.part[2].mesh).volume_ml, 1.0 / 3, 1e-6, "volume of the pyramid");
    assert_string_equal(parts.part[0].name, "first");
    assert_string_equal(parts.part[1].name, "second");
    assert_int_equal(inspect(&parts.part[0].mesh).open_edges, 0);
    assert_int_equal(inspect(&parts.part[1].mesh).open_edges, 3);
    expect_near(inspect(&parts.part[0].mesh).volume_ml, 1000 * tetrahedron_ml, 1e-9, "volume");
    assert_true(inspect(&parts.part[0].mesh).low_mm[0] == -10 && inspect(&parts.part[0].mesh).high_mm[2] == 10);
    fv_parts_free(&parts);
}

static void test_ply(void **state)
{
    fv_affine same = fv_mesh_frame(FV_AXES_LPS, 1);
    fv_parts parts;
    (void)state;
    write_text(in_folder("a.ply"), "ply\nformat ascii 1.0\nelement vertex 4\nproperty float x\nproperty float y\n"
                                   "property float z\nelement face 4\nproperty list uchar int vertex_indices\n"
                                   "end_header\n" CORNERS("") "3 0 2 1\n3 0 1 3\n3 1 2 3\n3 0 3 2\n");
    expect_ok(fv_parts_read(in_folder("a.ply"), &same, 0, &parts));
    assert_int_equal(parts.count, 1);
    expect_near(inspect(&parts.part[0].mesh).volume_ml, tetrahedron_ml, 1e-12, "volume");
    fv_parts_free(&parts);
}

/* Base64 of the corners as floats and of the triangles 0 2 1, 0 1 3, 1 2 3, 0 3 2 as 16-bit numbers. */
#define GLTF_DATA "AAAAAAAAAAAAAAAAAACAPwAAAAAAAAAAAAAAAAAAgD8AAAAAAAAAAAAAAAAAAIA/AAACAAEAAAABAAMAAQACAAMAAAADAAIA"

/* A node below a node: their transforms add up, and the frame comes last. */
static void test_gltf(void **state)
{
    fv_affine frame = fv_mesh_frame(FV_AXES_Y_UP, 1000);
    fv_parts parts;
    (void)state;
    write_text(in_folder("a.gltf"),
               "{\"asset\":{\"version\":\"2.0\"},\"scene\":0,\"scenes\":[{\"nodes\":[0]}],"
               "\"nodes\":[{\"name\":\"body\",\"translation\":[0.1,0.2,0.3],\"children\":[1]},"
               "{\"name\":\"liver\",\"scale\":[0.01,0.01,0.01],\"mesh\":0}],"
               "\"meshes\":[{\"primitives\":[{\"attributes\":{\"POSITION\":0},\"indices\":1}]}],"
               "\"accessors\":[{\"bufferView\":0,\"componentType\":5126,\"count\":4,\"type\":\"VEC3\",\"min\":[0,0,0],"
               "\"max\":[1,1,1]},{\"bufferView\":1,\"componentType\":5123,\"count\":12,\"type\":\"SCALAR\"}],"
               "\"bufferViews\":[{\"buffer\":0,\"byteOffset\":0,\"byteLength\":48},"
               "{\"buffer\":0,\"byteOffset\":48,\"byteLength\":24}],"
               "\"buffers\":[{\"byteLength\":72,\"uri\":\"data:application/octet-stream;base64," GLTF_DATA "\"}]}");
    expect_ok(fv_parts_read(in_folder("a.gltf"), &frame, 0, &parts));
    assert_int_equal(parts.count, 1);
    assert_string_equal(parts.part[0].name, "liver");
    fv_mesh_report report = inspect(&parts.part[0].mesh);
    assert_int_equal(report.open_edges, 0);
    expect_near(report.volume_ml, 1000 * tetrahedron_ml, 1e-6, "volume");
    /* file (0.1, 0.2, 0.3) m is 100 mm left, 300 mm to the front, 200 mm up */
    expect_near((double)report.low_mm[0], 100, 1e-3, "left");
    expect_near((double)report.high_mm[1], -300, 1e-3, "back");
    expect_near((double)report.low_mm[2], 200, 1e-3, "head");
    fv_parts_free(&parts);
}

static void test_refused(void **state)
{
    static const struct {
        const char *name, *text, *reason;
    } cases[] = {
        {"empty.stl", "", "the file is empty"},
        {"text.obj", "no mesh\n", ""},
        {"nan.obj", "v nan 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", ""},
        {"cut.ply", "ply\nformat ascii 1.0\nelement vertex 4\n", "end_header: missing"},
        {"cut.gltf", "{\"asset\":{\"version\":\"2.0\"}", "not readable as a mesh"},
        {"lines.obj", "v 0 0 0\nv 1 0 0\nl 1 2\n", ""},
        {"kind.docx", "what is this", "not readable as a mesh"},
    };
    fv_affine same = fv_mesh_frame(FV_AXES_LPS, 1);
    fv_parts parts;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_text(in_folder(cases[i].name), cases[i].text);
        if (fv_parts_read(in_folder(cases[i].name), &same, 0, &parts) != FSAM_ERROR_FORMAT)
            fail_msg("%s was not refused", cases[i].name);
        expect_message(in_folder(cases[i].name), cases[i].reason);
        assert_null(parts.part);
    }
    assert_int_equal(fv_parts_read(in_folder("none.stl"), &same, 0, &parts), FSAM_ERROR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inspect), cmocka_unit_test(test_transform), cmocka_unit_test(test_smooth),
        cmocka_unit_test(test_cap),     cmocka_unit_test(test_stl),       cmocka_unit_test(test_obj),
        cmocka_unit_test(test_ply),     cmocka_unit_test(test_gltf),      cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
