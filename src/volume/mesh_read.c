#include "volume/mesh_read.h"

#include "base/file.h"
#include <assimp/cimport.h>
#include <assimp/scene.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NODES = 1 << 16 };

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

static fv_affine map_of_node(const struct aiNode *node)
{
    const struct aiMatrix4x4 *m = &node->mTransformation;
    return (fv_affine){.m = {{(double)m->a1, (double)m->a2, (double)m->a3, (double)m->a4},
                             {(double)m->b1, (double)m->b2, (double)m->b3, (double)m->b4},
                             {(double)m->c1, (double)m->c2, (double)m->c3, (double)m->c4}}};
}

/* ---- a node's triangles ---- */

/* A polygon is a fan of triangles; points and lines are none. */
static unsigned triangles_of(const struct aiFace *face)
{
    return face->mNumIndices < 3 ? 0 : face->mNumIndices - 2;
}

static void count_node(const struct aiScene *scene, const struct aiNode *node, size_t *vertices, size_t *triangles)
{
    *vertices = *triangles = 0;
    for (unsigned i = 0; i < node->mNumMeshes; i++) {
        const struct aiMesh *mesh = scene->mMeshes[node->mMeshes[i]];
        *vertices += mesh->mNumVertices;
        for (unsigned k = 0; k < mesh->mNumFaces; k++) *triangles += triangles_of(&mesh->mFaces[k]);
    }
}

/* Appends a mesh; false when a vertex is not finite, or a triangle names one that there is not. */
static bool append(const struct aiMesh *from, fv_mesh *to)
{
    size_t first = to->vertex_count;
    for (unsigned i = 0; i < from->mNumVertices; i++) {
        const struct aiVector3D *v = &from->mVertices[i];
        if (!isfinite(v->x) || !isfinite(v->y) || !isfinite(v->z)) return false;
        memcpy(to->vertex[to->vertex_count++], (float[]){v->x, v->y, v->z}, sizeof *to->vertex);
    }
    for (unsigned i = 0; i < from->mNumFaces; i++) {
        const struct aiFace *face = &from->mFaces[i];
        for (unsigned k = 0; k < triangles_of(face); k++) {
            const unsigned corners[3] = {face->mIndices[0], face->mIndices[k + 1], face->mIndices[k + 2]};
            uint32_t *t = to->triangle[to->triangle_count++];
            for (int c = 0; c < 3; c++) {
                if (corners[c] >= from->mNumVertices) return false;
                t[c] = (uint32_t)(first + corners[c]);
            }
        }
    }
    return true;
}

static fsam_status fill_part(const struct aiScene *scene, const struct aiNode *node, const fv_affine *map,
                             const char *path, fv_mesh_part *part)
{
    part->mesh.vertex_count = part->mesh.triangle_count = 0; /* count what has been appended */
    part->name = strndup(node->mName.data, node->mName.length);
    if (part->name == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    for (unsigned i = 0; i < node->mNumMeshes; i++)
        if (!append(scene->mMeshes[node->mMeshes[i]], &part->mesh))
            return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: a vertex is missing or not finite", path, part->name);
    fv_mesh_transform(&part->mesh, map);
    return fv_mesh_weld(&part->mesh, path);
}

static fsam_status add_part(const struct aiScene *scene, const struct aiNode *node, const fv_affine *map,
                            const char *path, size_t *room, fv_parts *parts)
{
    size_t vertices, triangles;
    count_node(scene, node, &vertices, &triangles);
    if (triangles == 0) return FSAM_OK;
    if (triangles > *room) return fb_fail(FSAM_ERROR_MEMORY, "%s: too many triangles", path);
    *room -= triangles;
    fv_mesh_part *more = realloc(parts->part, ((size_t)parts->count + 1) * sizeof *more);
    if (more == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    parts->part = more;
    more[parts->count] = (fv_mesh_part){0};
    FB_TRY(fv_mesh_make(vertices, triangles, path, &more[parts->count].mesh));
    return fill_part(scene, node, map, path, &more[parts->count++]);
}

/* ---- the tree of nodes, without recursion: files nest as deep as they like ---- */

typedef struct visit {
    const struct aiNode *node;
    fv_affine world_from_parent;
} visit;

typedef struct stack {
    visit *items;
    size_t count, seen;
} stack;

static fsam_status push(stack *s, const struct aiNode *node, const fv_affine *map, const char *path)
{
    if (s->seen++ == MOST_NODES) return fb_fail(FSAM_ERROR_MEMORY, "%s: more than %d nodes", path, MOST_NODES);
    visit *more = realloc(s->items, (s->count + 1) * sizeof *more);
    if (more == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    s->items = more;
    more[s->count++] = (visit){node, *map};
    return FSAM_OK;
}

static fsam_status walk(const struct aiScene *scene, stack *s, const char *path, size_t room, fv_parts *parts)
{
    while (s->count > 0) {
        visit at = s->items[--s->count];
        fv_affine local = map_of_node(at.node), map = fv_affine_compose(&at.world_from_parent, &local);
        FB_TRY(add_part(scene, at.node, &map, path, &room, parts));
        for (unsigned i = at.node->mNumChildren; i-- > 0;) FB_TRY(push(s, at.node->mChildren[i], &map, path));
    }
    return FSAM_OK;
}

static fsam_status read_scene(const struct aiScene *scene, const fv_affine *world_from_file, const char *path,
                              size_t room, fv_parts *parts)
{
    stack s = {0};
    fsam_status status = push(&s, scene->mRootNode, world_from_file, path);
    if (status == FSAM_OK) status = walk(scene, &s, path, room, parts);
    free(s.items);
    if (status == FSAM_OK && parts->count == 0) status = fb_fail(FSAM_ERROR_FORMAT, "%s: no triangles in it", path);
    return status;
}

/* ---- files ---- */

/* assimp 5.2 never returns from a PLY file whose header does not end. */
static bool is_endless(const fb_map *map)
{
    static const char end[] = "end_header";
    return map->size >= 3 && memcmp(map->data, "ply", 3) == 0 &&
           memmem(map->data, map->size, end, sizeof end - 1) == NULL;
}

/* assimp says nothing of why a file cannot be opened. */
static fsam_status check_file(const char *path)
{
    fb_map map;
    fsam_status status = FSAM_OK;
    FB_TRY(fb_map_open(path, &map));
    if (map.size == 0)
        status = fb_fail(FSAM_ERROR_FORMAT, "%s: the file is empty", path);
    else if (is_endless(&map))
        status = fb_fail(FSAM_ERROR_FORMAT, "%s: end_header: missing", path);
    fb_map_close(&map);
    return status;
}

fsam_status fv_parts_read(const char *path, const fv_affine *world_from_file, size_t max_triangles, fv_parts *parts)
{
    *parts = (fv_parts){0};
    FB_TRY(check_file(path));
    const struct aiScene *scene = aiImportFile(path, 0); /* its steps of processing abort on some malformed meshes */
    if (scene == NULL || scene->mRootNode == NULL) {
        aiReleaseImport(scene);
        return fb_fail(FSAM_ERROR_FORMAT, "%s: not readable as a mesh: %s", path, aiGetErrorString());
    }
    fsam_status status =
        read_scene(scene, world_from_file, path, max_triangles != 0 ? max_triangles : FV_MAX_TRIANGLES, parts);
    aiReleaseImport(scene);
    if (status != FSAM_OK) fv_parts_free(parts);
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
