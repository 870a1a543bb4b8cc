/* Any bytes as a mesh file. The first says of which format the others are. */
#include "volume/mesh_read.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TRIANGLES = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const fv_mesh *mesh)
{
    fv_mesh_report report;
    for (size_t i = 0; i < mesh->vertex_count; i++)
        for (int k = 0; k < 3; k++)
            if (!isfinite(mesh->vertex[i][k])) abort();
    for (size_t i = 0; i < mesh->triangle_count; i++)
        for (int k = 0; k < 3; k++)
            if (mesh->triangle[i][k] >= mesh->vertex_count) abort();
    if (fv_mesh_inspect(mesh, "fuzz", &report) != FSAM_OK) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* In a folder that is not there, so that nothing beside a file can be opened. */
    static const char *const names[] = {"none/fuzz.stl", "none/fuzz.obj", "none/fuzz.ply", "none/fuzz.glb",
                                        "none/fuzz.gltf"};
    const fv_affine frame = fv_mesh_frame(FV_AXES_Y_UP, 1000);
    fv_parts parts;
    if (size == 0) return 0;
    const char *where = names[data[0] % (sizeof names / sizeof *names)];
    const fsam_status status = fv_parts_read_memory(data + 1, size - 1, where, &frame, MOST_TRIANGLES, &parts);
    if (status != FSAM_OK && (parts.part != NULL || fb_message()[0] == '\0')) abort();
    if (status == FSAM_OK && parts.count == 0) abort();
    for (int i = 0; i < parts.count; i++) check(&parts.part[i].mesh);
    fv_parts_free(&parts);
    return 0;
}
