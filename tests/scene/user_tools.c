/* A user's meshes as tools: a box, read, closed, named, drawn into trays; and what is refused. */
#include "scene/user_tools.h"

#include "on_disk.h"

/* A box of 20 x 30 x 40 units, which may lack its last face. */
static void write_box(const char *name, bool open)
{
    char text[1000] = "o box\n";
    for (int c = 0; c < 8; c++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "v %d %d %d\n", c & 1 ? 20 : 0, c & 2 ? 30 : 0,
                 c & 4 ? 40 : 0);
    strcat(text, "f 1 3 4 2\nf 1 2 6 5\nf 2 4 8 6\nf 4 3 7 8\nf 3 1 5 7\n");
    if (!open) strcat(text, "f 5 6 8 7\n");
    write_file(name, text);
}

static fs_user_tool box(const char *file)
{
    return (fs_user_tool){in_folder(file), "bone_block", FX_TITANIUM, 1};
}

static void test_add(void **state)
{
    fs_user_tools tools = {0};
    fs_user_tool tool = box("box.obj");
    size_t holes;
    double low[3], high[3];
    (void)state;
    write_box("box.obj", false);
    write_box("open.obj", true);
    assert_ok(fs_user_tools_add(&tools, &tool, &holes));
    assert_int_equal(holes, 0);
    tool.path = in_folder("open.obj");
    tool.scale = 2;
    assert_ok(fs_user_tools_add(&tools, &tool, &holes));
    assert_int_equal(holes, 1);
    assert_int_equal(tools.count, 2);
    for (int i = 0; i < 2; i++) {
        const double expected[3] = {20, 30, 40};
        fv_mesh_report report;
        fs_tool_bounds(&tools.item[i].tool, low, high);
        for (int k = 0; k < 3; k++) assert_true(high[k] - low[k] == (i + 1) * expected[k]);
        assert_ok(fv_mesh_inspect(&tools.item[i].tool.part[0].mesh, "box", &report));
        assert_int_equal(report.open_edges, 0);
        assert_true(report.volume_ml > 23.9 * (i == 0 ? 1 : 8) && report.volume_ml < 24.1 * (i == 0 ? 1 : 8));
        assert_int_equal(tools.item[i].tool.part[0].material, FX_TITANIUM);
        assert_string_equal(tools.item[i].tool.name, "bone_block");
        assert_string_equal(tools.item[i].text[0], "bone block");
        assert_string_equal(tools.item[i].text[1], "the bone block");
        assert_true(tools.item[i].points.count > 1900 && tools.item[i].bvh[0] != NULL);
    }
    fs_user_tools_free(&tools);
}

static void refuse(fs_user_tool tool, fsam_status status, const char *part)
{
    fs_user_tools tools = {0};
    size_t holes;
    assert_int_equal(fs_user_tools_add(&tools, &tool, &holes), status);
    if (strstr(fb_message(), part) == NULL) fail_msg("%s", fb_message());
    fs_user_tools_free(&tools);
}

static void test_refused(void **state)
{
    char longest[FS_TOOL_NAME + 1];
    fs_user_tool tool = box("box.obj");
    (void)state;
    memset(longest, 'a', FS_TOOL_NAME);
    longest[FS_TOOL_NAME] = '\0';
    tool.name = "liver";
    refuse(tool, FSAM_ERROR_ARGUMENT, "the tool cannot be called \"liver\": that is a structure");
    tool.name = longest;
    refuse(tool, FSAM_ERROR_ARGUMENT, "the tool's name has 96 bytes, not 1 to 95");
    tool.name = "";
    refuse(tool, FSAM_ERROR_ARGUMENT, "the tool's name has 0 bytes, not 1 to 95");
    tool = box("box.obj");
    tool.scale = 1000;
    refuse(tool, FSAM_ERROR_ARGUMENT, "the tool is 40000 mm long, not 1 to 2000");
    tool.scale = 0.001;
    refuse(tool, FSAM_ERROR_ARGUMENT, "the tool is 0.04 mm long, not 1 to 2000");
    refuse(box("none.obj"), FSAM_ERROR_IO, "none.obj: cannot open");
    write_file("flat.obj", "v 0 0 0\nv 9 0 0\nv 0 9 0\nf 1 2 3\n");
    refuse(box("flat.obj"), FSAM_ERROR_FORMAT, "flat.obj: mesh: encloses no volume");
    fx_material material;
    assert_int_equal(fs_tool_material("gold", &material), FSAM_ERROR_ARGUMENT);
    assert_non_null(strstr(fb_message(), "material \"gold\" is none of air, "));
    assert_non_null(strstr(fb_message(), ", cesium_iodide"));
    assert_ok(fs_tool_material("titanium", &material));
    assert_int_equal(material, FX_TITANIUM);
}

static void test_texts(void **state)
{
    fs_user_tools tools = {0};
    fs_user_tool tool = box("box.obj");
    size_t holes;
    (void)state;
    assert_ok(fs_user_tools_add(&tools, &tool, &holes));
    tool.name = "other";
    assert_ok(fs_user_tools_add(&tools, &tool, &holes));
    const uint64_t before = fs_user_tools_hash(&tools);
    const int made = tools.item[0].texts;
    write_file("texts.tsv", "# what ours are called\nbone_block\tspacer\n\nother\tcage\r\nbone_block\tthe implant");
    assert_ok(fs_user_tools_texts(&tools, in_folder("texts.tsv")));
    assert_int_equal(tools.item[0].texts, made + 2);
    assert_string_equal(tools.item[0].text[0], "bone block");
    assert_string_equal(tools.item[0].text[1], "spacer");
    assert_string_equal(tools.item[0].text[2], "the implant");
    assert_string_equal(tools.item[0].text[3], "the bone block");
    assert_string_equal(tools.item[1].text[1], "cage");
    assert_true(fs_user_tools_hash(&tools) != before);
    static const struct {
        const char *text, *message;
    } bad[] = {{"other\tx\nbone_block spacer\n", "bad.tsv:2: not a tool's name, a tab and a text"},
               {"\tspacer\n", "bad.tsv:1: not a tool's name, a tab and a text"},
               {"other\t\n", "bad.tsv:1: not a tool's name, a tab and a text"},
               {"clamp\tx\n", "bad.tsv:1: no tool is called \"clamp\""}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_file("bad.tsv", bad[i].text);
        assert_int_equal(fs_user_tools_texts(&tools, in_folder("bad.tsv")), FSAM_ERROR_FORMAT);
        if (strstr(fb_message(), bad[i].message) == NULL) fail_msg("%s", fb_message());
    }
    fs_user_tools_free(&tools);
}

static void test_trays(void **state)
{
    fs_user_tools tools = {0};
    const fs_user_tool tool = box("box.obj");
    size_t holes, own = 0, all = 0;
    fs_tray tray;
    (void)state;
    assert_ok(fs_user_tools_add(&tools, &tool, &holes));
    fs_stock stock = {tools.count, tools.item, 1};
    assert_ok(fs_tray_draw(1, 0, 3, 3, &stock, &tray));
    for (int i = 0; i < 3; i++) assert_true(tray.item[i].borrowed && tray.item[i].tool.family == NULL);
    fs_tray_free(&tray);
    assert_string_equal(tools.item[0].tool.name, "bone_block"); /* still there */
    stock.share = 0.5;
    for (uint32_t scene = 0; scene < 20; scene++) {
        assert_ok(fs_tray_draw(1, scene, 4, 4, &stock, &tray));
        for (int i = 0; i < 4; i++, all++) own += tray.item[i].borrowed;
        fs_tray_free(&tray);
    }
    assert_true(own > all / 4 && own < all - all / 4);
    fs_user_tools_free(&tools);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_add), cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_texts), cmocka_unit_test(test_trays)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
