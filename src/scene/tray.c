#include "scene/tray.h"

#include "base/random.h"
#include <math.h>
#include <stdlib.h>

enum { STREAM_TOOLS = 48, STREAM_SURFACE = 49, SURFACE_POINTS = 2000 };

/* ---- places on the surface ---- */

static double area_of(const fv_mesh *mesh, size_t triangle, double corner[3][3])
{
    double edge[2][3], normal[3];
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < 3; i++) corner[k][i] = mesh->vertex[mesh->triangle[triangle][k]][i];
    for (int i = 0; i < 3; i++) {
        edge[0][i] = corner[1][i] - corner[0][i];
        edge[1][i] = corner[2][i] - corner[0][i];
    }
    for (int i = 0; i < 3; i++)
        normal[i] = edge[0][(i + 1) % 3] * edge[1][(i + 2) % 3] - edge[0][(i + 2) % 3] * edge[1][(i + 1) % 3];
    return 0.5 * sqrt(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]);
}

static void add_point(double corner[3][3], fb_random *random, fs_points *points)
{
    double at[3], u = fb_random_uniform(random), v = fb_random_uniform(random);
    if (u + v > 1) {
        u = 1 - u;
        v = 1 - v;
    }
    for (int i = 0; i < 3; i++)
        at[i] = corner[0][i] + u * (corner[1][i] - corner[0][i]) + v * (corner[2][i] - corner[0][i]);
    fs_points_add(points, at);
}

/* As many points on each triangle as its area asks for; what is left over goes to the next one. */
static void sample_mesh(const fv_mesh *mesh, double area_of_point, fb_random *random, double *left, fs_points *points)
{
    double corner[3][3];
    for (size_t t = 0; t < mesh->triangle_count; t++) {
        *left += area_of(mesh, t, corner);
        while (*left >= area_of_point) {
            add_point(corner, random, points);
            *left -= area_of_point;
        }
    }
}

static fsam_status sample_surface(fs_tray_item *item, fb_random *random)
{
    double area = 0, corner[3][3], left = 0;
    const fs_tool *tool = &item->tool;
    for (int p = 0; p < tool->parts; p++)
        for (size_t t = 0; t < tool->part[p].mesh.triangle_count; t++) area += area_of(&tool->part[p].mesh, t, corner);
    FB_TRY(fs_points_make(SURFACE_POINTS + 1, tool->name, &item->points));
    item->points.spacing_mm = sqrt(area / SURFACE_POINTS);
    for (int p = 0; p < tool->parts && area > 0; p++)
        sample_mesh(&tool->part[p].mesh, area / SURFACE_POINTS, random, &left, &item->points);
    return FSAM_OK;
}

/* ---- drawing ---- */

/* A tool of a family drawn first, so that families with many sizes are not more frequent than others. */
static int draw_id(fb_random *random)
{
    const fs_tool_family *wanted = fs_tool_family_at((int)fb_random_below(random, (uint32_t)fs_tool_family_count()));
    const fs_tool_family *family;
    char name[FS_TOOL_NAME];
    int id = 1;
    uint32_t seen = 0;
    for (int i = 1; i <= fs_tool_count(); i++)
        if (fs_tool_describe(i, &family, name) == FSAM_OK && family == wanted && fb_random_below(random, ++seen) == 0)
            id = i;
    return id;
}

static fsam_status finish(fs_tray_item *item, fb_random *random)
{
    for (int p = 0; p < item->tool.parts; p++) {
        const fv_mesh *mesh = &item->tool.part[p].mesh;
        FB_TRY(fx_bvh_make((const float(*)[3])mesh->vertex, mesh->vertex_count, (const uint32_t(*)[3])mesh->triangle,
                           mesh->triangle_count, item->tool.name, &item->bvh[p]));
    }
    return sample_surface(item, random);
}

fsam_status fs_tray_item_finish(fs_tray_item *item, uint64_t seed, uint32_t scene, uint32_t number)
{
    fb_random random = fb_random_start(seed, scene, number, STREAM_SURFACE);
    return finish(item, &random);
}

static fsam_status make_item(uint64_t seed, fb_random *random, const fs_stock *stock, fs_tray_item *item)
{
    if (stock != NULL && stock->count > 0 && fb_random_uniform(random) < stock->share) {
        *item = stock->item[fb_random_below(random, (uint32_t)stock->count)];
        item->borrowed = true;
        return FSAM_OK;
    }
    const int id = draw_id(random);
    const uint64_t bend = seed ^ ((uint64_t)fb_random_word(random) << 32);
    FB_TRY(fs_tool_make(id, bend, &item->tool));
    return finish(item, random);
}

fsam_status fs_tray_draw(uint64_t seed, uint32_t scene, int least, int most, const fs_stock *stock, fs_tray *tray)
{
    *tray = (fs_tray){0};
    if (least < 0 || most > FS_MOST_TOOLS || least > most)
        return fb_fail(FSAM_ERROR_ARGUMENT, "tools: %d to %d, not within 0 to %d", least, most, FS_MOST_TOOLS);
    fb_random random = fb_random_start(seed, scene, 0, STREAM_TOOLS);
    const int count = least + (int)fb_random_below(&random, (uint32_t)(most - least + 1));
    for (int i = 0; i < count; i++) {
        fb_random own = fb_random_start(seed, scene, (uint32_t)i, STREAM_SURFACE);
        tray->count++;
        const fsam_status status = make_item(seed, &own, stock, &tray->item[i]);
        if (status == FSAM_OK) continue;
        fs_tray_free(tray);
        return status;
    }
    return FSAM_OK;
}

void fs_tray_item_free(fs_tray_item *item)
{
    for (int p = 0; p < FS_TOOL_PARTS; p++) fx_bvh_free(item->bvh[p]);
    for (int t = 0; t < item->texts; t++) free(item->text[t]);
    free(item->text);
    fs_points_free(&item->points);
    fs_tool_free(&item->tool);
    *item = (fs_tray_item){0};
}

void fs_tray_free(fs_tray *tray)
{
    for (int i = 0; i < tray->count; i++)
        if (!tray->item[i].borrowed) fs_tray_item_free(&tray->item[i]);
    *tray = (fs_tray){0};
}
