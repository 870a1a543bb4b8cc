#include "cli/phantom_patient.h"
#include "cli/progress.h"
#include "volume/body_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- files ---- */

static bool is_mesh_name(const char *path)
{
    static const char *const ends[] = {".stl", ".obj", ".ply", ".glb", ".gltf"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot != NULL && i < sizeof ends / sizeof *ends; i++)
        if (strcasecmp(dot, ends[i]) == 0) return true;
    return false;
}

/* Leaves out what was found in folders and is no mesh, from `first` on. The number that are left. */
static size_t keep_meshes(cli_inputs *inputs, size_t first)
{
    size_t kept = first;
    for (size_t i = first; i < inputs->count; i++) {
        if (inputs->item[i].listed && !is_mesh_name(inputs->item[i].path))
            free(inputs->item[i].path);
        else
            inputs->item[kept++] = inputs->item[i];
    }
    inputs->count = kept;
    return kept - first;
}

fsam_status cli_mesh_inputs(const cli_texts *words, cli_inputs *inputs)
{
    for (size_t i = 0; i < words->count; i++) {
        size_t first = inputs->count;
        FB_TRY(cli_inputs_add(inputs, words->item[i], false));
        if (keep_meshes(inputs, first) == 0)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: no meshes in this folder (.stl, .obj, .ply, .glb, .gltf)",
                           words->item[i]);
    }
    return cli_inputs_unique(inputs);
}

/* ---- the patient ---- */

static fsam_status read_parts(const cli_inputs *inputs, const fv_body_source *source, fv_body_parts *parts)
{
    for (size_t i = 0; i < inputs->count; i++) {
        cli_progress("reading %zu of %zu: %s", i + 1, inputs->count, inputs->item[i].path);
        FB_TRY(fv_body_parts_add(inputs->item[i].path, source, parts));
    }
    return FSAM_OK;
}

static fsam_status voxelise(const fv_body_parts *parts, const cli_mesh_request *wanted, cli_patient *patient)
{
    const fv_body_options options = {
        .spacing_mm = {wanted->spacing_mm[0], wanted->spacing_mm[1], wanted->spacing_mm[2]},
        .bare = wanted->bare,
        .seed = wanted->seed};
    if (parts->count == 0)
        return fb_fail(FSAM_ERROR_FORMAT,
                       "meshes: no part is left: %d not closed, %d left out by the map, %d not in it", parts->open,
                       parts->left_out, parts->unmapped);
    cli_progress("voxelising %d parts", parts->count);
    return fv_body_voxelise(parts, &options, &patient->ct, &patient->labels);
}

fsam_status cli_patient_of_meshes(const cli_inputs *inputs, const cli_mesh_request *wanted, cli_patient *patient,
                                  cli_mesh_counts *counts)
{
    fv_part_map map = {0};
    fv_body_parts parts = {0};
    *patient = (cli_patient){0};
    if (wanted->map != NULL) FB_TRY(fv_part_map_read(wanted->map, &map));
    const fv_body_source source = {.world_from_file = fv_mesh_frame(wanted->axes, wanted->unit_mm),
                                   .map = wanted->map != NULL ? &map : NULL,
                                   .cap_holes = wanted->cap_holes,
                                   .skip_open = wanted->skip_open};
    fsam_status status = read_parts(inputs, &source, &parts);
    if (status == FSAM_OK) status = voxelise(&parts, wanted, patient);
    cli_progress_clear();
    *counts = (cli_mesh_counts){inputs->count, parts.count, parts.capped, parts.open, parts.left_out, parts.unmapped};
    fv_body_parts_free(&parts);
    fv_part_map_free(&map);
    return status;
}
