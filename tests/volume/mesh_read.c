/* Meshes in every format and encoding that is read, written here byte by byte: the same solid each time. And files that
 * lie about themselves. */
#include "support.h"

#include "volume/mesh_read.h"

typedef struct bytes {
    unsigned char data[8192];
    size_t size;
} bytes;

static void put(bytes *b, const void *data, size_t size)
{
    assert_true(b->size + size <= sizeof b->data);
    memcpy(b->data + b->size, data, size);
    b->size += size;
}

static void put_string(bytes *b, const char *text)
{
    put(b, text, strlen(text));
}

/* A number of `size` bytes. */
static void put_number(bytes *b, const void *number, size_t size, bool big_endian)
{
    unsigned char turned[8];
    for (size_t i = 0; i < size; i++) turned[i] = ((const unsigned char *)number)[big_endian ? size - 1 - i : i];
    put(b, turned, size);
}

static void put_u32(bytes *b, uint32_t number)
{
    put_number(b, &number, 4, false);
}

/* A box of 2 x 3 x 4 mm: 12 triangles, 0.024 ml. */
static const float corner[8][3] = {{0, 0, 0}, {2, 0, 0}, {0, 3, 0}, {2, 3, 0},
                                   {0, 0, 4}, {2, 0, 4}, {0, 3, 4}, {2, 3, 4}};
static const int side[6][4] = {{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4}, {2, 6, 7, 3}, {0, 4, 6, 2}, {1, 3, 7, 5}};
#define BOX_ML 0.024

static void expect_box(const fv_mesh *mesh, double volume_ml)
{
    fv_mesh_report report;
    expect_ok(fv_mesh_inspect(mesh, "box", &report));
    assert_int_equal(mesh->vertex_count, 8);
    assert_int_equal(mesh->triangle_count, 12);
    assert_int_equal(report.open_edges, 0);
    expect_near(report.volume_ml, volume_ml, 1e-7, "volume");
}

static fv_parts read_bytes(const bytes *b, const char *name)
{
    const fv_affine same = fv_mesh_frame(FV_AXES_LPS, 1);
    fv_parts parts;
    expect_ok(fv_parts_read_memory(b->data, b->size, name, &same, 0, &parts));
    return parts;
}

static void expect_refused(const bytes *b, const char *name, fsam_status status, const char *reason)
{
    const fv_affine same = fv_mesh_frame(FV_AXES_LPS, 1);
    fv_parts parts;
    if (fv_parts_read_memory(b->data, b->size, name, &same, 1000, &parts) != status)
        fail_msg("%s (%s): not refused, or otherwise: %s", name, reason, fb_message());
    expect_message(name, reason);
    assert_null(parts.part);
}

static void expect_text_refused(const char *text, const char *name, const char *reason)
{
    bytes b = {0};
    put_string(&b, text);
    expect_refused(&b, name, FSAM_ERROR_FORMAT, reason);
}

/* ---- STL ---- */

static void test_stl_binary(void **state)
{
    bytes b = {.size = 80};
    (void)state;
    memcpy(b.data, "solid as text begins", 20); /* and yet it is none */
    put_u32(&b, 12);
    for (int s = 0; s < 6; s++)
        for (int half = 0; half < 2; half++) {
            put(&b, (float[3]){0}, 12);
            for (int k = 0; k < 3; k++) put(&b, corner[side[s][k == 0 ? 0 : k + half]], 12);
            put(&b, "\0", 2);
        }
    fv_parts parts = read_bytes(&b, "a.STL");
    assert_int_equal(parts.count, 1);
    expect_box(&parts.part[0].mesh, BOX_ML);
    fv_parts_free(&parts);
    b.size -= 1;
    memcpy(b.data, "other", 5);
    expect_refused(&b, "a.stl", FSAM_ERROR_FORMAT, "too few for STL of 12 triangles");
    memcpy(b.data + 80, "\xff\xff\xff\xff", 4);
    expect_refused(&b, "a.stl", FSAM_ERROR_FORMAT, "4294967295");
}

static void put_solid(bytes *b, const char *name)
{
    char line[100];
    snprintf(line, sizeof line, "solid %s\n", name);
    put_string(b, line);
    for (int s = 0; s < 6; s++)
        for (int half = 0; half < 2; half++) {
            put_string(b, "facet normal 0 0 0\r\n  outer loop\n");
            for (int k = 0; k < 3; k++) {
                const float *v = corner[side[s][k == 0 ? 0 : k + half]];
                snprintf(line, sizeof line, "vertex %g %.1e %g\n", (double)v[0], (double)v[1], (double)v[2]);
                put_string(b, line);
            }
            put_string(b, "endloop\nendfacet\n");
        }
    put_string(b, "endsolid\n");
}

static void test_stl_text(void **state)
{
    bytes b = {0};
    (void)state;
    put_solid(&b, "first");
    put_solid(&b, "second one");
    fv_parts parts = read_bytes(&b, "a.stl");
    assert_int_equal(parts.count, 2);
    assert_string_equal(parts.part[0].name, "first");
    assert_string_equal(parts.part[1].name, "second");
    for (int i = 0; i < 2; i++) expect_box(&parts.part[i].mesh, BOX_ML);
    fv_parts_free(&parts);
    expect_text_refused("solid a\nvertex 1 2\n", "a.stl", ":2: vertex: not three numbers");
    expect_text_refused("solid a\nouter loop\nvertex 1 2 3\nendloop\n", "a.stl", ":4: endloop: not after three");
    expect_text_refused("solid a\nvertex 1 2 nan\n", "a.stl", "not finite");
    expect_text_refused("solid a\nvertex 1 2 1e39\n", "a.stl", "not finite");
    expect_text_refused("solid a\nwhat\n", "a.stl", ":2: not readable as a mesh");
    expect_text_refused("solid a\n", "a.stl", "no triangles");
}

/* ---- OBJ ---- */

/* Squares by numbers from the start, from the end, and with textures and normals. */
static void test_obj(void **state)
{
    static const char *const forms[] = {"%d", "%d/1", "%d//1", "%d/1/1"};
    (void)state;
    for (int backward = 0; backward < 2; backward++)
        for (int form = 0; form < 4; form++) {
            bytes b = {0};
            char text[100];
            put_string(&b, "# ours\nmtllib none.mtl\nv 9 9 9\ng\tbox of ours\r\nvn 0 0 1\nvt 0 0\nusemtl x\ns off\n");
            for (int i = 0; i < 8; i++) {
                snprintf(text, sizeof text, "v %g %g  %g 1 0.5\n", (double)corner[i][0], (double)corner[i][1],
                         (double)corner[i][2]);
                put_string(&b, text);
            }
            for (int s = 0; s < 6; s++) {
                put_string(&b, "f");
                for (int k = 0; k < 4; k++) {
                    put_string(&b, " ");
                    snprintf(text, sizeof text, forms[form], backward ? side[s][k] - 8 : side[s][k] + 2);
                    put_string(&b, text);
                }
                put_string(&b, s < 5 ? "\r\n" : ""); /* a last line without its end */
            }
            fv_parts parts = read_bytes(&b, "a.obj");
            assert_int_equal(parts.count, 1);
            assert_string_equal(parts.part[0].name, "box");
            expect_box(&parts.part[0].mesh, BOX_ML);
            fv_parts_free(&parts);
        }
    expect_text_refused("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 4\n", "a.obj", ":4: f: a vertex that there is not");
    expect_text_refused("v 0 0 0\nf -2 1 1\n", "a.obj", ":2: f: a vertex that there is not");
    expect_text_refused("v 0 0 0\nf 0 1 1\n", "a.obj", ":2: f: a vertex that there is not");
    expect_text_refused("v 0 0 0\nf 1x 1 1\n", "a.obj", ":2: f: a vertex that there is not");
    expect_text_refused("v 0 0 0\nf 99999999999999999999 1 1\n", "a.obj", ":2: f: not the number");
    expect_text_refused("v 0 0\n", "a.obj", ":1: v: not three numbers");
}

/* ---- PLY ---- */

/* Coordinates are doubles among others, lists are of several kinds. */
static void put_ply(bytes *b, const char *format, bool binary, bool big_endian)
{
    char text[200];
    snprintf(text, sizeof text,
             "ply\nformat %s 1.0\ncomment ours\nelement first 1\nproperty list ushort int8 some\n"
             "element vertex 8\nproperty uchar red\nproperty float x\n",
             format);
    put_string(b, text);
    put_string(b, "property double y\nproperty float z\nelement face 6\nproperty float32 quality\n"
                  "property list uint8 int32 vertex_index\nend_header\n");
    if (binary) {
        put_number(b, &(uint16_t){2}, 2, big_endian);
        put(b, "\x01\xff", 2);
    } else {
        put_string(b, "2 1 -1\n");
    }
    for (int i = 0; i < 8; i++) {
        const double y = (double)corner[i][1];
        snprintf(text, sizeof text, "255 %g\n%g %g\n", (double)corner[i][0], y, (double)corner[i][2]);
        if (!binary) put_string(b, text);
        if (!binary) continue;
        put(b, "\xff", 1);
        put_number(b, &corner[i][0], 4, big_endian);
        put_number(b, &y, 8, big_endian);
        put_number(b, &corner[i][2], 4, big_endian);
    }
    for (int s = 0; s < 6; s++) {
        snprintf(text, sizeof text, "0.5 4 %d %d %d %d\n", side[s][0], side[s][1], side[s][2], side[s][3]);
        if (!binary) put_string(b, text);
        if (!binary) continue;
        put_number(b, &(float){0.5F}, 4, big_endian);
        put(b, "\x04", 1);
        for (int k = 0; k < 4; k++) put_number(b, &side[s][k], 4, big_endian);
    }
}

static void test_ply(void **state)
{
    static const char *const formats[] = {"ascii", "binary_little_endian", "binary_big_endian"};
    (void)state;
    for (int f = 0; f < 3; f++) {
        bytes b = {0};
        put_ply(&b, formats[f], f > 0, f == 2);
        fv_parts parts = read_bytes(&b, "a.ply");
        assert_int_equal(parts.count, 1);
        expect_box(&parts.part[0].mesh, BOX_ML);
        fv_parts_free(&parts);
        b.size -= 3; /* the last number of the last face, or a part of it */
        expect_refused(&b, "a.ply", FSAM_ERROR_FORMAT, "ends before all its elements");
    }
}

static void test_ply_refused(void **state)
{
#define FACES "element face 1\nproperty list uchar int vertex_indices\n"
#define POINT "element vertex 1\nproperty float x\n"
    (void)state;
    expect_text_refused("ply\nformat ascii 1.0\nelement vertex 4\n", "a.ply", "end_header: missing");
    expect_text_refused("plx\n", "a.ply", "does not begin as PLY");
    expect_text_refused("ply\nend_header\n", "a.ply", ":2: format: missing");
    expect_text_refused("ply\nformat other 1.0\n", "a.ply", ":2: format: neither");
    expect_text_refused("ply\nproperty float x\n", "a.ply", ":2: property: of no element");
    expect_text_refused("ply\nelement vertex -1\n", "a.ply", ":2: element: no name and count");
    expect_text_refused("ply\nelement vertex 1\nproperty list float int a\n", "a.ply", ":3: property: a list");
    expect_text_refused("ply\nelement vertex 1\nproperty what x\n", "a.ply", ":3: property: no known type");
    expect_text_refused("ply\nformat ascii 1.0\nelement vertex 4000000000\nend_header\n", "a.ply",
                        "without properties");
    expect_text_refused("ply\nformat ascii 1.0\n" POINT FACES "end_header\n1\n3 0 0 -1\n", "a.ply", "vertex -1");
    expect_text_refused("ply\nformat ascii 1.0\n" POINT FACES "end_header\n1\n3 0 0 1\n", "a.ply", "of vertex 1, of 1");
    expect_text_refused("ply\nformat ascii 1.0\n" POINT FACES "end_header\n1\n-1\n", "a.ply", "a list of length -1");
    expect_text_refused("ply\nformat ascii 1.0\n" POINT FACES "end_header\n1\n1e300\n", "a.ply", "a list of length");
    expect_text_refused("ply\nformat ascii 1.0\n" POINT FACES "end_header\n1\n3 0 0 what\n", "a.ply", "is no number");
}

/* ---- glTF ---- */

#define HEAD "{\"asset\":{\"version\":\"2.0\"},\"scene\":0,\"scenes\":[{\"nodes\":[0]}],"
#define NODE "\"nodes\":[{\"name\":\"box\",\"mesh\":0}],"
#define ACCESSORS                                                                                                      \
    "\"accessors\":[{\"bufferView\":0,\"componentType\":5126,\"count\":8,\"type\":\"VEC3\"},"                          \
    "{\"bufferView\":1,\"componentType\":5121,\"count\":36,\"type\":\"SCALAR\"}],"                                     \
    "\"bufferViews\":[{\"buffer\":0,\"byteOffset\":4,\"byteLength\":128,\"byteStride\":16},"                           \
    "{\"buffer\":0,\"byteOffset\":132,\"byteLength\":36}],"
#define MESH    "\"meshes\":[{\"primitives\":[{\"attributes\":{\"POSITION\":0},\"indices\":1}]}],"
#define BUFFERS "\"buffers\":[{\"byteLength\":168}]}"

/* Four bytes that nothing needs, corners 16 bytes apart, and triangles. */
static void put_numbers(bytes *b)
{
    put(b, "none", 4);
    for (int i = 0; i < 8; i++) {
        put(b, corner[i], 12);
        put(b, "none", 4);
    }
    for (int s = 0; s < 6; s++)
        for (int half = 0; half < 2; half++)
            for (int k = 0; k < 3; k++) put(b, &(unsigned char){(unsigned char)side[s][k == 0 ? 0 : k + half]}, 1);
}

static bytes glb_of(const char *json)
{
    bytes b = {0};
    const size_t length = strlen(json), padded = (length + 3) / 4 * 4;
    put_string(&b, "glTF");
    put_u32(&b, 2);
    put_u32(&b, (uint32_t)(12 + 8 + padded + 8 + 168));
    put_u32(&b, (uint32_t)padded);
    put_string(&b, "JSON");
    put_string(&b, json);
    put(&b, "   ", padded - length);
    put_u32(&b, 168);
    put(&b, "BIN\0", 4);
    put_numbers(&b);
    return b;
}

static void expect_glb(const char *json, double volume_ml)
{
    const bytes b = glb_of(json);
    fv_parts parts = read_bytes(&b, "a.glb");
    assert_int_equal(parts.count, 1);
    assert_string_equal(parts.part[0].name, "box");
    expect_box(&parts.part[0].mesh, volume_ml);
    fv_parts_free(&parts);
}

static void test_glb(void **state)
{
    (void)state;
    expect_glb(HEAD NODE MESH ACCESSORS BUFFERS, BOX_ML);
    /* named by its mesh, as a node may be without a name; not the scene that comes first */
    expect_glb(
        "{\"asset\":{\"version\":\"2.0\"},\"scene\":1,\"scenes\":[{},{\"nodes\":[0]}],\"nodes\":[{\"mesh\":0}],"
        "\"meshes\":[{\"name\":\"box\",\"primitives\":[{\"attributes\":{\"POSITION\":0},\"indices\":1}]}]," ACCESSORS
            BUFFERS,
        BOX_ML);
}

/* Where a corner of the box comes to lie: turned, scaled, mirrored; all that is enclosed stays inside. */
static void test_transforms(void **state)
{
    static const struct {
        const char *node;
        double low[3], high[3], volume_ml;
    } cases[] = {
        {"\"translation\":[1,2,3]", {1, 2, 3}, {3, 5, 7}, BOX_ML},
        {"\"scale\":[-2,1,0.5]", {-4, 0, 0}, {0, 3, 2}, BOX_ML},
        /* a quarter turn about z takes x to y, and y to -x */
        {"\"rotation\":[0,0,0.70710678118,0.70710678118]", {-3, 0, 0}, {0, 2, 4}, BOX_ML},
        {"\"rotation\":[0.70710678118,0,0,0.70710678118],\"scale\":[1,2,1]", {0, -4, 0}, {2, 0, 6}, 2 * BOX_ML},
        {"\"matrix\":[0,1,0,0, 1,0,0,0, 0,0,1,0, 5,6,7,1]", {5, 6, 7}, {8, 8, 11}, BOX_ML},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char json[2048];
        fv_mesh_report report;
        snprintf(json, sizeof json,
                 HEAD "\"nodes\":[{\"children\":[1]},{\"name\":\"box\",\"mesh\":0,%s}]," MESH ACCESSORS BUFFERS,
                 cases[i].node);
        const bytes b = glb_of(json);
        fv_parts parts = read_bytes(&b, "a.glb");
        expect_box(&parts.part[0].mesh, cases[i].volume_ml);
        expect_ok(fv_mesh_inspect(&parts.part[0].mesh, "box", &report));
        for (int k = 0; k < 3; k++) {
            expect_near((double)report.low_mm[k], cases[i].low[k], 1e-5, cases[i].node);
            expect_near((double)report.high_mm[k], cases[i].high[k], 1e-5, cases[i].node);
        }
        fv_parts_free(&parts);
    }
}

/* The four corners 0, 1, 2, 3 of the box's lowest side, without indices. */
static void test_strip_and_fan(void **state)
{
    (void)state;
    for (int mode = 4; mode <= 6; mode++) {
        char json[2048];
        snprintf(json, sizeof json,
                 HEAD NODE
                 "\"meshes\":[{\"primitives\":[{\"attributes\":{\"POSITION\":0},\"mode\":%d}]}],"
                 "\"accessors\":[{\"bufferView\":0,\"componentType\":5126,\"count\":4,\"type\":\"VEC3\"}],"
                 "\"bufferViews\":[{\"buffer\":0,\"byteOffset\":4,\"byteLength\":64,\"byteStride\":16}]," BUFFERS,
                 mode);
        const bytes b = glb_of(json);
        fv_parts parts = read_bytes(&b, "a.glb");
        const fv_mesh *mesh = &parts.part[0].mesh;
        assert_int_equal(mesh->triangle_count, mode == 4 ? 1 : 2);
        if (mode == 5) { /* both triangles of a strip face alike: up */
            for (int t = 0; t < 2; t++) {
                const float *p = mesh->vertex[mesh->triangle[t][0]], *q = mesh->vertex[mesh->triangle[t][1]],
                            *r = mesh->vertex[mesh->triangle[t][2]];
                assert_true((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]) > 0);
            }
        }
        fv_parts_free(&parts);
    }
}

/* Numbers in a file beside it; never elsewhere. */
static void test_beside(void **state)
{
    bytes numbers = {0}, b = {0};
    fv_parts parts;
    const fv_affine same = fv_mesh_frame(FV_AXES_LPS, 1);
    (void)state;
    put_numbers(&numbers);
    FILE *file = fopen(in_folder("numbers.bin"), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(numbers.data, 1, numbers.size, file), numbers.size);
    fclose(file);
    write_text(in_folder("a.gltf"),
               HEAD NODE MESH ACCESSORS "\"buffers\":[{\"byteLength\":168,\"uri\":\"numbers.bin\"}]}");
    expect_ok(fv_parts_read(in_folder("a.gltf"), &same, 0, &parts));
    expect_box(&parts.part[0].mesh, BOX_ML);
    fv_parts_free(&parts);
    put_string(&b, HEAD NODE MESH ACCESSORS "\"buffers\":[{\"uri\":\"../numbers.bin\"}]}");
    expect_refused(&b, "x/a.gltf", FSAM_ERROR_UNSUPPORTED, "only the name of a file beside it");
}

static void test_gltf_refused(void **state)
{
#define VIEWS(accessor, view)                                                                                          \
    "\"accessors\":[{" accessor ",\"bufferView\":0,\"componentType\":5126,\"type\":\"VEC3\"}],"                        \
    "\"bufferViews\":[{\"buffer\":0," view "}],"
#define BARE "\"meshes\":[{\"primitives\":[{\"attributes\":{\"POSITION\":0}}]}],"
    static const struct {
        const char *json;
        fsam_status status;
        const char *reason;
    } cases[] = {
        {"{", FSAM_ERROR_FORMAT, "not readable as a mesh"},
        {"[]", FSAM_ERROR_FORMAT, "no triangles"},
        {HEAD "\"nodes\":[{\"children\":[0]}]}", FSAM_ERROR_FORMAT, "nodes: no tree"},
        {HEAD "\"nodes\":[{\"children\":[1]},{\"children\":[0]}]}", FSAM_ERROR_FORMAT, "nodes: no tree"},
        {HEAD "\"nodes\":[{\"children\":[-1]}]}", FSAM_ERROR_FORMAT, "nodes: no tree"},
        {HEAD "\"nodes\":[{\"scale\":[1,2]}]}", FSAM_ERROR_FORMAT, "a transform is malformed"},
        {HEAD "\"nodes\":[{\"matrix\":[1,2]}]}", FSAM_ERROR_FORMAT, "a transform is malformed"},
        {HEAD NODE BARE BUFFERS, FSAM_ERROR_FORMAT, "POSITION: not three floats"},
        {HEAD NODE BARE VIEWS("\"count\":12", "\"byteLength\":999999999999") BUFFERS, FSAM_ERROR_FORMAT,
         "runs past the end of its buffer"},
        {HEAD NODE BARE VIEWS("\"count\":12", "\"byteOffset\":9223372036854775807,\"byteLength\":168") BUFFERS,
         FSAM_ERROR_FORMAT, "runs past the end of its buffer"},
        {HEAD NODE BARE VIEWS("\"count\":9223372036854775807", "\"byteLength\":168") BUFFERS, FSAM_ERROR_FORMAT,
         "runs past the end of its view"},
        {HEAD NODE BARE VIEWS("\"count\":3,\"byteOffset\":140", "\"byteLength\":168") BUFFERS, FSAM_ERROR_FORMAT,
         "runs past the end of its view"},
        {HEAD NODE BARE VIEWS("\"count\":-3", "\"byteLength\":168") BUFFERS, FSAM_ERROR_FORMAT, "cannot be"},
        {HEAD NODE BARE VIEWS("\"count\":3", "\"byteLength\":168,\"byteStride\":4") BUFFERS, FSAM_ERROR_FORMAT,
         "cannot be"},
        {HEAD NODE BARE VIEWS("\"count\":3,\"sparse\":{}", "\"byteLength\":168") BUFFERS, FSAM_ERROR_UNSUPPORTED,
         "sparse"},
        {HEAD NODE BARE VIEWS("\"count\":3", "\"byteLength\":36") "\"buffers\":[{\"uri\":\"data:;base64,A*\"}]}",
         FSAM_ERROR_FORMAT, "no base64"},
        {HEAD NODE BARE VIEWS("\"count\":3", "\"byteLength\":36") "\"buffers\":[{\"uri\":\"data:text\"}]}",
         FSAM_ERROR_FORMAT, "not in base64"},
        {HEAD "\"extensionsRequired\":[\"KHR_draco_mesh_compression\"]}", FSAM_ERROR_UNSUPPORTED, "KHR_draco"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const bytes b = glb_of(cases[i].json);
        expect_refused(&b, "a.glb", cases[i].status, cases[i].reason);
    }
    bytes b = glb_of(HEAD NODE MESH ACCESSORS BUFFERS);
    b.data[b.size - 1] = 8; /* there are corners 0 to 7 */
    expect_refused(&b, "a.glb", FSAM_ERROR_FORMAT, "vertex 8, of 8");
    b.size--;
    expect_refused(&b, "a.glb", FSAM_ERROR_FORMAT, "binary chunk runs past its end");
    b.size = 40;
    expect_refused(&b, "a.glb", FSAM_ERROR_FORMAT, "JSON chunk runs past its end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stl_binary),   cmocka_unit_test(test_stl_text),      cmocka_unit_test(test_obj),
        cmocka_unit_test(test_ply),          cmocka_unit_test(test_ply_refused),   cmocka_unit_test(test_glb),
        cmocka_unit_test(test_transforms),   cmocka_unit_test(test_strip_and_fan), cmocka_unit_test(test_beside),
        cmocka_unit_test(test_gltf_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
