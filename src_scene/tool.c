#include "scene/tool.h"

#include "scene/tool_catalogue.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- the catalogue's numbers ---- */

static int list_length(const double *list)
{
    int n = 0;
    while (n < FS_TOOL_SIZES && list[n] != 0) n++;
    return n > 0 ? n : 1;
}

/* The row of a tool and its sizes; NULL when there is no such id. */
static const fs_tool_row *find_row(int id, fs_tool_size *size)
{
    int left = id - 1;
    for (int i = 0; i < fs_tool_row_count && left >= 0; i++) {
        const fs_tool_row *row = &fs_tool_rows[i];
        const int b = list_length(row->b), count = list_length(row->a) * b;
        if (left < count) {
            *size = (fs_tool_size){.a = row->a[left / b], .b = row->b[left % b]};
            memcpy(size->more, row->more, sizeof size->more);
            return row;
        }
        left -= count;
    }
    return NULL;
}

int fs_tool_count(void)
{
    int count = 0;
    for (int i = 0; i < fs_tool_row_count; i++)
        count += list_length(fs_tool_rows[i].a) * list_length(fs_tool_rows[i].b);
    return count;
}

int fs_tool_family_count(void)
{
    return fs_tool_families_count;
}

const fs_tool_family *fs_tool_family_at(int index)
{
    return index >= 0 && index < fs_tool_families_count ? &fs_tool_families[index] : NULL;
}

static const fs_tool_family *find_family(const char *key)
{
    for (int i = 0; i < fs_tool_families_count; i++)
        if (strcmp(fs_tool_families[i].key, key) == 0) return &fs_tool_families[i];
    return NULL;
}

/* What stands for {a} and so on, or "" when it is no such word. */
static void say(const char *word, size_t length, const fs_tool_size *size, char text[32])
{
    text[0] = '\0';
    if (length == 1) snprintf(text, 32, "%g", *word == 'a' ? size->a : size->b);
    if (strncmp(word, "side", length) == 0) strcpy(text, size->b > 0 ? "left" : "right");
    if (strncmp(word, "shape", length) == 0 && length == 5) strcpy(text, size->b > 1.5 ? "curved" : "straight");
}

static void fill_name(const char *pattern, const fs_tool_size *size, char name[FS_TOOL_NAME])
{
    size_t used = 0;
    for (const char *at = pattern; *at != '\0' && used + 1 < FS_TOOL_NAME; at++) {
        const char *end = *at == '{' ? strchr(at, '}') : NULL;
        if (end == NULL) {
            name[used++] = *at;
            continue;
        }
        char text[32];
        say(at + 1, (size_t)(end - at - 1), size, text);
        used += (size_t)snprintf(name + used, FS_TOOL_NAME - used, "%s", text);
        at = end;
    }
    name[used < FS_TOOL_NAME ? used : FS_TOOL_NAME - 1] = '\0';
}

fsam_status fs_tool_describe(int id, const fs_tool_family **family, char name[FS_TOOL_NAME])
{
    fs_tool_size size;
    const fs_tool_row *row = find_row(id, &size);
    if (row == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "tool %d: there are tools 1 to %d", id, fs_tool_count());
    *family = find_family(row->family);
    fill_name(row->name, &size, name);
    return FSAM_OK;
}

/* ---- making ---- */

/* Moves all parts so that the lowest point lies at z = 0. */
static void stand_up(fs_solid *part)
{
    double lowest = INFINITY;
    for (int k = 0; k < FS_TOOL_PARTS; k++) {
        double low, high;
        fs_solid_reach(&part[k], &low, &high);
        if (part[k].vertices > 0) lowest = fmin(lowest, low);
    }
    for (int k = 0; k < FS_TOOL_PARTS; k++)
        fs_solid_move(&part[k], 0, 0, &(fv_affine){{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, -lowest}}});
}

fsam_status fs_tool_make(int id, uint64_t seed, fs_tool *tool)
{
    enum { STREAM = 0x746f6f6c }; /* keeps these numbers apart from others drawn from the seed */
    fs_tool_size size;
    fs_solid part[FS_TOOL_PARTS] = {0};
    fsam_status status = FSAM_OK;
    const fs_tool_row *row = find_row(id, &size);
    *tool = (fs_tool){.id = id};
    FB_TRY(fs_tool_describe(id, &tool->family, tool->name));
    fb_random random = fb_random_start(seed, (uint32_t)id, 0, STREAM);
    row->make(&size, &random, part);
    if (!tool->family->flexible) stand_up(part);
    for (int k = 0; k < FS_TOOL_PARTS; k++) {
        const bool empty = part[k].triangles == 0 && part[k].fault == NULL;
        if (empty || status != FSAM_OK) {
            fs_solid_free(&part[k]);
            continue;
        }
        tool->part[tool->parts].material = row->material[k];
        status = fs_solid_finish(&part[k], tool->name, &tool->part[tool->parts].mesh);
        tool->parts += status == FSAM_OK;
    }
    if (status != FSAM_OK) fs_tool_free(tool);
    return status;
}

static fsam_status check_mesh(fv_mesh *mesh, const char *name, fv_mesh_report *report)
{
    FB_TRY(fv_mesh_weld(mesh, name));
    FB_TRY(fv_mesh_inspect(mesh, name, report));
    if (mesh->triangle_count == 0) return fb_fail(FSAM_ERROR_FORMAT, "%s: mesh: no triangles", name);
    if (report->open_edges > 0)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: mesh: not closed, %zu open edges", name, report->open_edges);
    if (!isfinite(report->volume_ml) || report->volume_ml == 0)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: mesh: encloses no volume", name);
    return FSAM_OK;
}

fsam_status fs_tool_from_mesh(fv_mesh *mesh, const char *name, fx_material material, fs_tool *tool)
{
    fv_mesh_report report;
    *tool = (fs_tool){0};
    FB_TRY(check_mesh(mesh, name, &report));
    if (report.volume_ml < 0)
        for (size_t i = 0; i < mesh->triangle_count; i++) {
            const uint32_t kept = mesh->triangle[i][1];
            mesh->triangle[i][1] = mesh->triangle[i][2];
            mesh->triangle[i][2] = kept;
        }
    const double x = ((double)report.low_mm[0] + (double)report.high_mm[0]) / 2;
    const double y = ((double)report.low_mm[1] + (double)report.high_mm[1]) / 2;
    fv_mesh_transform(mesh, &(fv_affine){{{1, 0, 0, -x}, {0, 1, 0, -y}, {0, 0, 1, -(double)report.low_mm[2]}}});
    snprintf(tool->name, sizeof tool->name, "%s", name);
    tool->parts = 1;
    tool->part[0] = (fs_tool_part){material, *mesh};
    *mesh = (fv_mesh){0};
    return FSAM_OK;
}

void fs_tool_free(fs_tool *tool)
{
    if (tool == NULL) return;
    for (int k = 0; k < tool->parts; k++) fv_mesh_free(&tool->part[k].mesh);
    *tool = (fs_tool){0};
}

void fs_tool_bounds(const fs_tool *tool, double low_mm[3], double high_mm[3])
{
    for (int j = 0; j < 3; j++) low_mm[j] = INFINITY, high_mm[j] = -INFINITY;
    for (int k = 0; k < tool->parts; k++)
        for (size_t i = 0; i < tool->part[k].mesh.vertex_count; i++)
            for (int j = 0; j < 3; j++) {
                const double at = (double)tool->part[k].mesh.vertex[i][j];
                low_mm[j] = fmin(low_mm[j], at);
                high_mm[j] = fmax(high_mm[j], at);
            }
}
