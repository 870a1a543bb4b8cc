#include "cli/volume_report.h"
#include "cli/json_text.h"
#include "cli/safe_text.h"

/* ---- JSON ---- */

static json_t *numbers_json(const double *value, int count)
{
    json_t *list = json_array();
    for (int i = 0; i < count; i++) json_array_append_new(list, cli_json_number(value[i]));
    return list;
}

static json_t *affine_json(const fv_affine *map)
{
    static const double last[4] = {0, 0, 0, 1};
    json_t *rows = json_array();
    for (int i = 0; i < 3; i++) json_array_append_new(rows, numbers_json(map->m[i], 4));
    json_array_append_new(rows, numbers_json(last, 4));
    return rows;
}

static void set_grid(json_t *object, const cli_volume_facts *facts)
{
    const fv_grid *grid = facts->grid;
    double spacing[3], low[3], high[3];
    fv_grid_spacing(grid, spacing);
    fv_grid_bounds(grid, low, high);
    json_object_set_new(object, "size", numbers_json((const double[]){grid->size[0], grid->size[1], grid->size[2]}, 3));
    json_object_set_new(object, "spacing_mm", numbers_json(spacing, 3));
    json_object_set_new(object, "world_from_voxel", affine_json(&grid->world_from_voxel));
    json_object_set_new(object, "tilt_deg", cli_json_number(facts->tilt_degrees));
    json_object_set_new(object, "low_mm", numbers_json(low, 3));
    json_object_set_new(object, "high_mm", numbers_json(high, 3));
}

static json_t *hu_json(const cli_volume_facts *facts)
{
    if (facts->ct == NULL) return json_null();
    json_t *object = json_object();
    json_object_set_new(object, "min", json_integer(facts->least));
    json_object_set_new(object, "max", json_integer(facts->greatest));
    json_object_set_new(object, "mean", cli_json_number(facts->mean));
    return object;
}

static json_t *structure_json(const fv_structure *structure, int label, const fv_extent *extent)
{
    json_t *object = json_object();
    json_object_set_new(object, "label", json_integer(label));
    json_object_set_new(object, "name", cli_json_text(structure->name));
    json_object_set_new(object, "category", json_boolean(structure->category != NULL));
    json_object_set_new(object, "voxels", json_integer((json_int_t)extent->voxels));
    json_object_set_new(object, "volume_ml", cli_json_number(extent->volume_ml));
    json_object_set_new(object, "centroid_mm", numbers_json(extent->centroid_mm, 3));
    return object;
}

fsam_status cli_volume_json(const cli_volume_facts *facts)
{
    json_t *object = json_object();
    json_object_set_new(object, "ct", cli_json_text(facts->ct));
    json_object_set_new(object, "labels", cli_json_text(facts->labels));
    set_grid(object, facts);
    json_object_set_new(object, "hu", hu_json(facts));
    json_t *list = json_array();
    for (int k = 1; facts->map != NULL && k <= facts->map->count; k++)
        json_array_append_new(list, structure_json(&facts->map->structure[k - 1], k, &facts->extents[k]));
    json_object_set_new(object, "structures", list);
    bool good = json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15)) == 0;
    putchar('\n');
    json_decref(object);
    return good ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "out of memory for the report");
}

/* ---- text ---- */

static void print_path(const char *title, const char *path)
{
    if (path == NULL) return;
    printf("%-12s", title);
    cli_print_text(stdout, path);
    putchar('\n');
}

static void print_grid(const cli_volume_facts *facts)
{
    const fv_grid *grid = facts->grid;
    double spacing[3], low[3], high[3];
    fv_grid_spacing(grid, spacing);
    fv_grid_bounds(grid, low, high);
    printf("grid        %d x %d x %d voxels, to the left, back and head\n", grid->size[0], grid->size[1],
           grid->size[2]);
    printf("spacing     %g x %g x %g mm\n", spacing[0], spacing[1], spacing[2]);
    if (facts->tilt_degrees < 0.05)
        printf("orientation along the patient's axes\n");
    else
        printf("orientation oblique, by up to %.1f degrees from the patient's axes\n", facts->tilt_degrees);
    printf("box         right to left %g to %g mm, front to back %g to %g mm, feet to head %g to %g mm\n", low[0],
           high[0], low[1], high[1], low[2], high[2]);
}

static void print_structures(const fv_labels *map, const fv_extent *extents)
{
    int known = 0;
    for (int k = 0; k < map->count; k++) known += map->structure[k].category != NULL;
    printf("structures  %d, of which %d are among the %d categories\n", map->count, known, FB_CATEGORIES);
    if (map->count > 0) printf("%6s %12s   %-26s %s\n", "label", "volume ml", "centroid, LPS mm", "name");
    for (int k = 1; k <= map->count; k++) {
        const double *at = extents[k].centroid_mm;
        printf("%6d %12.3f   %8.1f %8.1f %8.1f ", k, extents[k].volume_ml, at[0], at[1], at[2]);
        cli_print_text(stdout, map->structure[k - 1].name);
        putchar('\n');
    }
}

void cli_volume_text(const cli_volume_facts *facts)
{
    print_path("CT", facts->ct);
    print_path("labels", facts->labels);
    print_grid(facts);
    if (facts->ct != NULL) printf("values      %d to %d HU, mean %.1f\n", facts->least, facts->greatest, facts->mean);
    if (facts->map != NULL) print_structures(facts->map, facts->extents);
}
