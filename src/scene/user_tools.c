#include "scene/user_tools.h"

#include "base/categories.h"
#include "scene/fields.h"
#include "scene/record.h"
#include "text/descriptions.h"
#include "volume/mesh_read.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_MM 1.0    /* the greatest extent of a tool: beyond these the unit is wrong */
#define MOST_MM  2000.0 /* a guide wire has less */

enum { MOST_TEXT_BYTES = 1 << 20 };

static fsam_status no_memory(const char *path)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
}

/* ---- words ---- */

fsam_status fs_tool_material(const char *name, fx_material *material)
{
    char list[480] = "";
    size_t used = 0;
    if (fx_material_find(name, material) == FSAM_OK) return FSAM_OK;
    for (int i = 0; i < FX_MATERIALS && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "",
                                 fx_material_name((fx_material)i));
    return fb_fail(FSAM_ERROR_ARGUMENT, "material \"%s\" is none of %s", name, list);
}

static fsam_status check_name(const fs_user_tool *tool)
{
    fw_texts *texts;
    if (tool->name[0] == '\0' || strlen(tool->name) >= FS_TOOL_NAME)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: the tool's name has %zu bytes, not 1 to %d", tool->path,
                       strlen(tool->name), FS_TOOL_NAME - 1);
    FB_TRY(fw_texts_open(NULL, &texts));
    const fw_name *known = fw_name_find(texts, tool->name);
    const bool taken = known != NULL && known->kind != FW_TOOL;
    fw_texts_free(texts);
    if (!taken) return FSAM_OK;
    return fb_fail(FSAM_ERROR_ARGUMENT, "%s: the tool cannot be called \"%s\": that is a structure", tool->path,
                   tool->name);
}

static fsam_status add_text(fs_tray_item *item, const char *path, const char *format, const char *name)
{
    char **more = realloc(item->text, ((size_t)item->texts + 1) * sizeof *more);
    if (more == NULL) return no_memory(path);
    item->text = more;
    if (asprintf(&item->text[item->texts], format, name) < 0) return no_memory(path);
    item->texts++;
    return FSAM_OK;
}

static fsam_status say(fs_tray_item *item, const fs_user_tool *tool)
{
    static const char *const ways[] = {"%s",
                                       "the %s",
                                       "%s in the picture",
                                       "segment the %s",
                                       "where is the %s?",
                                       "show me the %s",
                                       "outline the %s",
                                       "is there a %s?"};
    char name[FS_TOOL_NAME]; /* "bone_clamp" is said "bone clamp" */
    snprintf(name, sizeof name, "%s", tool->name);
    for (char *at = name; *at != '\0'; at++)
        if (*at == '_') *at = ' ';
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) FB_TRY(add_text(item, tool->path, ways[i], name));
    return FSAM_OK;
}

/* ---- meshes ---- */

/* Closes a part and turns it outward, so that the whole is closed whatever its parts are like. */
static fsam_status close_part(fv_mesh *mesh, const char *path, size_t *holes)
{
    fv_mesh_report report;
    size_t rings = 0;
    FB_TRY(fv_mesh_inspect(mesh, path, &report));
    if (report.open_edges > 0) {
        FB_TRY(fv_mesh_cap(mesh, path, &rings));
        FB_TRY(fv_mesh_inspect(mesh, path, &report));
    }
    if (report.open_edges > 0)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: mesh: not closed, and cannot be: %zu open edges", path,
                       report.open_edges);
    *holes += rings;
    for (size_t i = 0; report.volume_ml < 0 && i < mesh->triangle_count; i++) {
        const uint32_t kept = mesh->triangle[i][1];
        mesh->triangle[i][1] = mesh->triangle[i][2];
        mesh->triangle[i][2] = kept;
    }
    return FSAM_OK;
}

static fsam_status join(const fv_parts *parts, const char *path, fv_mesh *mesh)
{
    size_t vertices = 0, triangles = 0;
    for (int p = 0; p < parts->count; p++) {
        vertices += parts->part[p].mesh.vertex_count;
        triangles += parts->part[p].mesh.triangle_count;
    }
    FB_TRY(fv_mesh_make(vertices, triangles, path, mesh));
    uint32_t first = 0;
    size_t next = 0;
    for (int p = 0; p < parts->count; p++) {
        const fv_mesh *part = &parts->part[p].mesh;
        memcpy(mesh->vertex + first, part->vertex, part->vertex_count * sizeof *part->vertex);
        for (size_t t = 0; t < part->triangle_count; t++, next++)
            for (int k = 0; k < 3; k++) mesh->triangle[next][k] = first + part->triangle[t][k];
        first += (uint32_t)part->vertex_count;
    }
    return FSAM_OK;
}

static fsam_status check_size(const fs_tool *tool, const char *path)
{
    double low[3], high[3], extent = 0;
    fs_tool_bounds(tool, low, high);
    for (int i = 0; i < 3; i++) extent = fmax(extent, high[i] - low[i]);
    if (extent >= LEAST_MM && extent <= MOST_MM) return FSAM_OK;
    return fb_fail(FSAM_ERROR_ARGUMENT, "%s: the tool is %g mm long, not %g to %g: is its unit another (--tool-scale)?",
                   path, extent, LEAST_MM, MOST_MM);
}

static fsam_status read_mesh(const fs_user_tool *tool, fv_mesh *mesh, size_t *holes)
{
    const fv_affine scale = fv_mesh_frame(FV_AXES_LPS, tool->scale);
    fv_parts parts;
    *mesh = (fv_mesh){0};
    FB_TRY(fv_parts_read(tool->path, &scale, 0, &parts));
    fsam_status status = FSAM_OK;
    for (int p = 0; p < parts.count && status == FSAM_OK; p++)
        status = close_part(&parts.part[p].mesh, tool->path, holes);
    if (status == FSAM_OK) status = join(&parts, tool->path, mesh);
    fv_parts_free(&parts);
    return status;
}

static fsam_status make_item(const fs_user_tool *tool, fs_tray_item *item, size_t *holes)
{
    fv_mesh mesh;
    FB_TRY(read_mesh(tool, &mesh, holes));
    fsam_status status = fs_tool_from_mesh(&mesh, tool->path, tool->material, &item->tool);
    fv_mesh_free(&mesh); /* nothing is left in it unless that failed */
    if (status == FSAM_OK) status = check_size(&item->tool, tool->path);
    snprintf(item->tool.name, sizeof item->tool.name, "%s", tool->name);
    if (status == FSAM_OK) status = fs_tray_item_finish(item, 0, 0, 0);
    return status == FSAM_OK ? say(item, tool) : status;
}

fsam_status fs_user_tools_add(fs_user_tools *tools, const fs_user_tool *tool, size_t *holes)
{
    *holes = 0;
    if (tools->count == FS_MOST_USER_TOOLS)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: more than %d tools", tool->path, FS_MOST_USER_TOOLS);
    if (!(tool->scale > 0 && tool->scale < 1e6))
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: scale: %g", tool->path, tool->scale);
    FB_TRY(check_name(tool));
    const size_t room = (size_t)tools->count + 1;
    fs_tray_item *items = realloc(tools->item, room * sizeof *items);
    if (items == NULL) return no_memory(tool->path);
    tools->item = items;
    char **paths = realloc(tools->path, room * sizeof *paths);
    if (paths == NULL) return no_memory(tool->path);
    tools->path = paths;
    tools->item[tools->count] = (fs_tray_item){0};
    tools->path[tools->count] = strdup(tool->path);
    tools->count++;
    if (tools->path[tools->count - 1] == NULL) return no_memory(tool->path);
    return make_item(tool, &tools->item[tools->count - 1], holes);
}

void fs_user_tools_free(fs_user_tools *tools)
{
    for (int i = 0; i < tools->count; i++) {
        fs_tray_item_free(&tools->item[i]);
        free(tools->path[i]);
    }
    free(tools->item);
    free(tools->path);
    *tools = (fs_user_tools){0};
}

/* ---- a file of texts ---- */

/* The text goes before those made from the name, but after the name itself, so that none is left out of a record. */
static fsam_status insert_text(fs_tray_item *item, const char *path, const char *text, int own)
{
    FB_TRY(add_text(item, path, "%s", text));
    char *added = item->text[item->texts - 1];
    memmove(item->text + 2 + own, item->text + 1 + own, ((size_t)item->texts - 2 - (size_t)own) * sizeof *item->text);
    item->text[1 + own] = added;
    return FSAM_OK;
}

/* own [tools->count]: how many texts of the file each tool has. */
static fsam_status take_line(fs_user_tools *tools, const char *path, int number, char *line, int *own)
{
    char *tab = strchr(line, '\t');
    bool found = false;
    if (line[0] == '\0' || line[0] == '#') return FSAM_OK;
    if (tab == NULL || tab == line || tab[1] == '\0')
        return fb_fail(FSAM_ERROR_FORMAT, "%s:%d: not a tool's name, a tab and a text", path, number);
    *tab = '\0';
    for (int i = 0; i < tools->count; i++) {
        if (strcmp(tools->item[i].tool.name, line) != 0) continue;
        found = true;
        FB_TRY(insert_text(&tools->item[i], path, tab + 1, own[i]++));
    }
    return found ? FSAM_OK : fb_fail(FSAM_ERROR_FORMAT, "%s:%d: no tool is called \"%s\"", path, number, line);
}

fsam_status fs_user_tools_texts(fs_user_tools *tools, const char *path)
{
    char *text;
    FB_TRY(fs_text_read(path, MOST_TEXT_BYTES, &text));
    int *own = calloc((size_t)tools->count + 1, sizeof *own);
    fsam_status status = own != NULL ? FSAM_OK : no_memory(path);
    int number = 1;
    for (char *line = text, *next; status == FSAM_OK && line != NULL; line = next, number++) {
        next = strchr(line, '\n');
        if (next != NULL) *next++ = '\0';
        const size_t length = strlen(line);
        if (length > 0 && line[length - 1] == '\r') line[length - 1] = '\0';
        status = take_line(tools, path, number, line, own);
    }
    free(own);
    free(text);
    return status;
}

/* ---- what they are ---- */

/* FNV-1a. */
static uint64_t hash_bytes(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *byte = data;
    for (size_t i = 0; i < size; i++) hash = (hash ^ byte[i]) * 1099511628211u;
    return hash;
}

uint64_t fs_user_tools_hash(const fs_user_tools *tools)
{
    uint64_t hash = 14695981039346656037u;
    for (int i = 0; i < tools->count; i++) {
        const fs_tray_item *item = &tools->item[i];
        const fs_tool_part *part = &item->tool.part[0];
        const char *material = fx_material_name(part->material);
        hash = hash_bytes(hash, item->tool.name, strlen(item->tool.name) + 1);
        hash = hash_bytes(hash, material, strlen(material) + 1);
        hash = hash_bytes(hash, part->mesh.vertex, part->mesh.vertex_count * sizeof *part->mesh.vertex);
        hash = hash_bytes(hash, part->mesh.triangle, part->mesh.triangle_count * sizeof *part->mesh.triangle);
        for (int t = 0; t < item->texts; t++) hash = hash_bytes(hash, item->text[t], strlen(item->text[t]) + 1);
    }
    return hash;
}
