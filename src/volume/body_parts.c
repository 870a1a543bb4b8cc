#include "volume/body_parts.h"

#include "volume/mesh_read.h"
#include "volume/voxelise.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BODY_MARGIN_MM 48.0 /* about the parts: more than the outline closes gaps by */
#define BARE_MARGIN_MM 4.0

/* ---- reading ---- */

/* "femur" of "bones/femur.left.obj"'s own name "femur.left": without folder and end. Owned; NULL: out of memory. */
static char *stem_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path, *end = strrchr(name, '.');
    return end != NULL && end != name ? strndup(name, (size_t)(end - name)) : strdup(name);
}

static fsam_status cap_holes(fv_mesh *mesh, const char *path, fv_body_parts *parts)
{
    size_t rings;
    FB_TRY(fv_mesh_cap(mesh, path, &rings));
    parts->capped += rings > 0;
    return FSAM_OK;
}

static fsam_status check_closed(const fv_mesh *mesh, const char *path, const char *name, bool *closed)
{
    fv_mesh_report report;
    FB_TRY(fv_mesh_inspect(mesh, path, &report));
    *closed = report.open_edges == 0;
    if (*closed) return FSAM_OK;
    return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: the mesh is not closed: %zu open edges", path, name, report.open_edges);
}

/* Takes the mesh over; *from is empty then. */
static fsam_status append(fv_body_parts *parts, const char *path, const char *structure, const fv_part_rule *rule,
                          fv_mesh *from)
{
    fv_body_part *more = realloc(parts->part, ((size_t)parts->count + 1) * sizeof *more);
    if (more == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    parts->part = more;
    fv_body_part *part = &more[parts->count];
    *part = (fv_body_part){.structure = structure != NULL ? strdup(structure) : NULL};
    if (structure != NULL && part->structure == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    if (rule != NULL) {
        part->has_tissue = rule->has_tissue;
        part->tissue = rule->tissue;
        part->order = rule->order;
    }
    part->mesh = *from;
    *from = (fv_mesh){0};
    parts->count++;
    return FSAM_OK;
}

static fsam_status add_part(const fv_body_source *source, const char *path, const char *stem, bool alone,
                            fv_mesh_part *from, fv_body_parts *parts)
{
    const fv_part_rule *rule = source->map != NULL ? fv_part_map_find(source->map, from->name, stem) : NULL;
    const char *name = alone || from->name[0] == '\0' ? stem : from->name;
    bool closed;
    if (source->map != NULL && rule == NULL) {
        parts->unmapped++;
        return FSAM_OK;
    }
    if (rule != NULL && rule->structure == NULL && !rule->has_tissue) {
        parts->left_out++;
        return FSAM_OK;
    }
    if (source->cap_holes) FB_TRY(cap_holes(&from->mesh, path, parts));
    fsam_status status = check_closed(&from->mesh, path, name, &closed);
    if (status == FSAM_ERROR_FORMAT && source->skip_open) {
        parts->open++;
        return FSAM_OK;
    }
    FB_TRY(status);
    return append(parts, path, rule != NULL ? rule->structure : name, rule, &from->mesh);
}

fsam_status fv_body_parts_add(const char *path, const fv_body_source *source, fv_body_parts *parts)
{
    fv_parts file;
    FB_TRY(fv_parts_read(path, &source->world_from_file, 0, &file));
    char *stem = stem_of(path);
    fsam_status status = stem != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    for (int i = 0; i < file.count && status == FSAM_OK; i++)
        status = add_part(source, path, stem, file.count == 1, &file.part[i], parts);
    free(stem);
    fv_parts_free(&file);
    return status;
}

void fv_body_parts_free(fv_body_parts *parts)
{
    if (parts == NULL) return;
    for (int i = 0; i < parts->count; i++) {
        free(parts->part[i].structure);
        fv_mesh_free(&parts->part[i].mesh);
    }
    free(parts->part);
    *parts = (fv_body_parts){0};
}

/* ---- voxels ---- */

/* While it is painted, each pair of structure and tissue has a label of its own: labels->structure may have a name
 * several times, "" for tissue without a label. */
typedef struct painting {
    fv_labels labels;
    fv_tissue *tissue;         /* [count + 1] */
    const fv_body_part **part; /* [parts->count], in the order in which they are painted */
} painting;

static fsam_status find_grid(const fv_body_parts *parts, const fv_body_options *options, fv_grid *grid)
{
    double low[3] = {INFINITY, INFINITY, INFINITY}, high[3] = {-INFINITY, -INFINITY, -INFINITY};
    double margin = options->bare ? BARE_MARGIN_MM : BODY_MARGIN_MM;
    int size[3];
    for (int p = 0; p < parts->count; p++)
        for (size_t v = 0; v < parts->part[p].mesh.vertex_count; v++)
            for (int i = 0; i < 3; i++) {
                low[i] = fmin(low[i], (double)parts->part[p].mesh.vertex[v][i]);
                high[i] = fmax(high[i], (double)parts->part[p].mesh.vertex[v][i]);
            }
    for (int i = 0; i < 3; i++) {
        double count = ceil((high[i] - low[i] + 2 * margin) / options->spacing_mm[i]);
        if (!(count >= 1 && count <= FV_MAX_SIZE))
            return fb_fail(FSAM_ERROR_ARGUMENT, "meshes: %g mm along %c, which is more than %d voxels of %g mm",
                           high[i] - low[i], 'x' + i, FV_MAX_SIZE, options->spacing_mm[i]);
        size[i] = (int)count;
        low[i] = (low[i] + high[i] - options->spacing_mm[i] * (count - 1)) / 2;
    }
    *grid = fv_grid_upright(size, options->spacing_mm, low);
    return fv_grid_check(grid, "meshes", options->max_voxels);
}

static int by_order(const void *a, const void *b)
{
    const fv_body_part *p = *(const fv_body_part *const *)a, *q = *(const fv_body_part *const *)b;
    if (p->order != q->order) return p->order < q->order ? -1 : 1;
    return p < q ? -1 : p > q; /* they lie in one array */
}

static fv_tissue tissue_of(const fv_body_part *part)
{
    const fv_structure structure = {part->structure,
                                    part->structure != NULL ? fb_category_find(part->structure) : NULL};
    return part->has_tissue ? part->tissue : fv_tissue_of(&structure);
}

/* The label of a part's structure and tissue; a new one when there is none. */
static fsam_status find_label(painting *p, const fv_body_part *part, uint16_t *label)
{
    const char *name = part->structure != NULL ? part->structure : "";
    const fv_tissue tissue = tissue_of(part);
    for (int k = 1; k <= p->labels.count; k++) {
        const fv_tissue *old = &p->tissue[k];
        *label = (uint16_t)k;
        if (strcmp(p->labels.structure[k - 1].name, name) == 0 && old->hu == tissue.hu &&
            old->texture_hu == tissue.texture_hu && old->shell_hu == tissue.shell_hu && old->gas == tissue.gas)
            return FSAM_OK;
    }
    if (p->labels.count == UINT16_MAX) return fb_fail(FSAM_ERROR_MEMORY, "meshes: more than %d structures", UINT16_MAX);
    FB_TRY(fv_labels_add(&p->labels, name));
    *label = (uint16_t)p->labels.count;
    p->tissue[*label] = tissue;
    return FSAM_OK;
}

static fsam_status paint(painting *p, const fv_body_parts *parts)
{
    for (int i = 0; i < parts->count; i++) p->part[i] = &parts->part[i];
    qsort(p->part, (size_t)parts->count, sizeof(const fv_body_part *), by_order);
    for (int i = 0; i < parts->count; i++) {
        uint16_t label;
        FB_TRY(find_label(p, p->part[i], &label));
        FB_TRY(fv_labels_paint(&p->labels, label, &p->part[i]->mesh, "meshes"));
    }
    return FSAM_OK;
}

/* Joins the labels of one name, and takes out those of tissue without one. */
static fsam_status join(fv_labels *labels)
{
    uint16_t *label = calloc((size_t)labels->count + 1, sizeof *label);
    size_t count = fv_grid_voxels(&labels->grid);
    if (label == NULL) return fb_fail(FSAM_ERROR_MEMORY, "meshes: out of memory");
    for (int k = 1; k <= labels->count; k++) {
        const char *name = labels->structure[k - 1].name;
        if (name[0] != '\0') label[k] = (uint16_t)fv_labels_find(labels, name); /* the first of that name */
    }
    for (size_t i = 0; i < count; i++) labels->label[i] = label[labels->label[i]];
    free(label);
    return fv_labels_drop_empty(labels);
}

static fsam_status make_patient(painting *p, const fv_body_parts *parts, const fv_body_options *options, fv_ct *ct)
{
    p->tissue = calloc((size_t)parts->count + 1, sizeof *p->tissue);
    p->part = malloc((size_t)parts->count * sizeof(const fv_body_part *));
    if (p->tissue == NULL || p->part == NULL) return fb_fail(FSAM_ERROR_MEMORY, "meshes: out of memory");
    FB_TRY(paint(p, parts));
    const fv_synthesis synthesis = {.tissue = p->tissue, .bare = options->bare, .seed = options->seed};
    FB_TRY(fv_ct_synthesize(&p->labels, &synthesis, ct));
    return join(&p->labels);
}

fsam_status fv_body_voxelise(const fv_body_parts *parts, const fv_body_options *options, fv_ct *ct, fv_labels *labels)
{
    fv_grid grid;
    painting p = {0};
    *ct = (fv_ct){0};
    *labels = (fv_labels){0};
    FB_TRY(find_grid(parts, options, &grid));
    FB_TRY(fv_labels_make(&grid, "meshes", &p.labels));
    fsam_status status = make_patient(&p, parts, options, ct);
    free(p.tissue);
    free((void *)p.part);
    *labels = p.labels;
    if (status != FSAM_OK) {
        fv_ct_free(ct);
        fv_labels_free(labels);
    }
    return status;
}
