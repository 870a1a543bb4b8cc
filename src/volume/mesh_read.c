#include "volume/mesh_read.h"

#include "base/file.h"
#include "volume/mesh_build.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

fv_affine fv_mesh_frame(fv_axes axes, double unit_mm)
{
    static const int rows[][3][3] = {[FV_AXES_LPS] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
                                     [FV_AXES_RAS] = {{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}},
                                     [FV_AXES_Y_UP] = {{1, 0, 0}, {0, 0, -1}, {0, 1, 0}}};
    fv_affine map = {0};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) map.m[i][j] = rows[axes][i][j] * unit_mm;
    return map;
}

typedef fsam_status read_mesh(const fv_mesh_source *source, fv_parts *parts);

static read_mesh *reader_of(const char *where)
{
    static const struct {
        const char *end;
        read_mesh *read;
    } readers[] = {{".stl", fv_stl_read},
                   {".obj", fv_obj_read},
                   {".ply", fv_ply_read},
                   {".glb", fv_gltf_read},
                   {".gltf", fv_gltf_read}};
    const char *end = strrchr(where, '.');
    for (size_t i = 0; end != NULL && i < sizeof readers / sizeof *readers; i++)
        if (strcasecmp(end, readers[i].end) == 0) return readers[i].read;
    return NULL;
}

static fsam_status move_to_world(fv_parts *parts, const fv_affine *world_from_file, const char *where)
{
    if (parts->count == 0) return fb_fail(FSAM_ERROR_FORMAT, "%s: no triangles in it", where);
    for (int i = 0; i < parts->count; i++) {
        fv_mesh *mesh = &parts->part[i].mesh;
        fv_mesh_transform(mesh, world_from_file);
        for (size_t v = 0; v < mesh->vertex_count; v++)
            for (int k = 0; k < 3; k++)
                if (!isfinite(mesh->vertex[v][k]))
                    return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: a vertex is too far away", where, parts->part[i].name);
    }
    return FSAM_OK;
}

fsam_status fv_parts_read_memory(const void *data, size_t size, const char *where, const fv_affine *world_from_file,
                                 size_t max_triangles, fv_parts *parts)
{
    const fv_mesh_source source = {data, size, where, max_triangles != 0 ? max_triangles : FV_MAX_TRIANGLES};
    read_mesh *read = reader_of(where);
    *parts = (fv_parts){0};
    if (read == NULL)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: not readable as a mesh: no .stl, .obj, .ply, .glb or .gltf", where);
    if (size == 0) return fb_fail(FSAM_ERROR_FORMAT, "%s: the file is empty", where);
    fsam_status status = read(&source, parts);
    if (status == FSAM_OK) status = move_to_world(parts, world_from_file, where);
    if (status != FSAM_OK) fv_parts_free(parts);
    return status;
}

fsam_status fv_parts_read(const char *path, const fv_affine *world_from_file, size_t max_triangles, fv_parts *parts)
{
    fb_map map;
    *parts = (fv_parts){0};
    FB_TRY(fb_map_open(path, &map));
    const fsam_status status = fv_parts_read_memory(map.data, map.size, path, world_from_file, max_triangles, parts);
    fb_map_close(&map);
    return status;
}

void fv_parts_free(fv_parts *parts)
{
    if (parts == NULL) return;
    for (int i = 0; i < parts->count; i++) {
        free(parts->part[i].name);
        fv_mesh_free(&parts->part[i].mesh);
    }
    free(parts->part);
    *parts = (fv_parts){0};
}
