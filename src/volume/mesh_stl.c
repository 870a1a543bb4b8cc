#include "volume/mesh.h"

#include "base/file.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER = 80, RECORD = 50 }; /* bytes; a record is a triangle's normal, corners, and two bytes that are 0 */

/* Unit length; zero for a triangle without area. */
static void find_normal(const fv_mesh *mesh, const uint32_t triangle[3], float normal[3])
{
    double a[3], b[3], length = 0, n[3];
    for (int k = 0; k < 3; k++) {
        a[k] = (double)mesh->vertex[triangle[1]][k] - (double)mesh->vertex[triangle[0]][k];
        b[k] = (double)mesh->vertex[triangle[2]][k] - (double)mesh->vertex[triangle[0]][k];
    }
    for (int k = 0; k < 3; k++) {
        n[k] = a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3];
        length += n[k] * n[k];
    }
    for (int k = 0; k < 3; k++) normal[k] = length > 0 ? (float)(n[k] / sqrt(length)) : 0;
}

static fsam_status write_triangles(const fv_mesh *mesh, fb_writer *writer)
{
    unsigned char records[256][RECORD] = {{0}};
    size_t filled = 0;
    for (size_t i = 0; i < mesh->triangle_count; i++) {
        float numbers[4][3];
        find_normal(mesh, mesh->triangle[i], numbers[0]);
        for (int k = 0; k < 3; k++) memcpy(numbers[k + 1], mesh->vertex[mesh->triangle[i][k]], sizeof numbers[0]);
        memcpy(records[filled++], numbers, sizeof numbers);
        if (filled < 256 && i + 1 < mesh->triangle_count) continue;
        FB_TRY(fb_writer_write(writer, records, filled * RECORD));
        filled = 0;
    }
    return FSAM_OK;
}

fsam_status fv_mesh_write_stl(const fv_mesh *mesh, const char *path, bool overwrite)
{
    fb_writer *writer;
    char header[HEADER + 4] = "binary STL, mm, LPS"; /* must not begin with "solid", as text does */
    if (mesh->triangle_count > UINT32_MAX) return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: more than 2^32 triangles", path);
    memcpy(header + HEADER, &(uint32_t){(uint32_t)mesh->triangle_count}, 4);
    FB_TRY(fb_writer_open(path, overwrite, &writer));
    fsam_status status = fb_writer_write(writer, header, sizeof header);
    if (status == FSAM_OK) status = write_triangles(mesh, writer);
    if (status == FSAM_OK) return fb_writer_commit(writer);
    fb_writer_abort(writer);
    return status;
}
