/* glTF 2.0: nodes in a tree, each with a transform and perhaps a mesh of primitives. */
#include "volume/gltf_buffers.h"

#include <stdlib.h>
#include <string.h>

enum { TRIANGLES = 4, STRIP = 5, FAN = 6 }; /* modes of primitives */

/* ---- transforms ---- */

/* `count` numbers of an array; false when it is there and is none. */
static bool get_numbers(const json_t *object, const char *key, size_t count, double *numbers)
{
    const json_t *array = json_object_get(object, key);
    if (array == NULL) return true;
    if (json_array_size(array) != count) return false;
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(array, i);
        if (!json_is_number(value)) return false;
        numbers[i] = json_number_value(value);
    }
    return true;
}

/* The rotation of a unit quaternion x, y, z, w, times a scale, and a translation. */
static fv_affine compose(const double q[4], const double scale[3], const double move[3])
{
    const double x = q[0], y = q[1], z = q[2], w = q[3];
    const double turn[3][3] = {{1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)},
                               {2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)},
                               {2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)}};
    fv_affine map;
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) map.m[i][j] = turn[i][j] * scale[j];
        map.m[i][3] = move[i];
    }
    return map;
}

/* A node's own transform: a matrix by columns, or translation, rotation and scale. */
static bool get_transform(const json_t *node, fv_affine *map)
{
    double matrix[16] = {0}, q[4] = {0, 0, 0, 1}, scale[3] = {1, 1, 1}, move[3] = {0};
    if (json_object_get(node, "matrix") == NULL) {
        const bool sound = get_numbers(node, "rotation", 4, q) && get_numbers(node, "scale", 3, scale) &&
                           get_numbers(node, "translation", 3, move);
        *map = compose(q, scale, move);
        return sound;
    }
    if (!get_numbers(node, "matrix", 16, matrix)) return false;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++) map->m[i][j] = matrix[4 * j + i];
    return true;
}

/* ---- a node's triangles ---- */

static fsam_status add_vertices(const fv_gltf_numbers *positions, const fv_mesh_source *source,
                                fv_mesh_builder *builder)
{
    for (uint64_t i = 0; i < positions->count; i++) {
        double at[3];
        fv_gltf_position(positions, i, at);
        FB_TRY(fv_builder_vertex(builder, at, source->where));
    }
    return FSAM_OK;
}

/* Corner `index` of a primitive: through its indices, or in the order of its positions. */
static uint64_t corner(const fv_gltf_numbers *indices, uint64_t index)
{
    return indices->first != NULL ? fv_gltf_index(indices, index) : index;
}

static fsam_status add_triangles(const fv_gltf_numbers *positions, const fv_gltf_numbers *indices, int mode,
                                 uint64_t first, const fv_mesh_source *source, fv_mesh_builder *builder)
{
    const uint64_t corners = indices->first != NULL ? indices->count : positions->count;
    const uint64_t step = mode == TRIANGLES ? 3 : 1;
    for (uint64_t i = 0; i + 3 <= corners; i += step) {
        const bool turned = mode == STRIP && i % 2 == 1; /* every other triangle of a strip runs the other way */
        const uint64_t t[3] = {corner(indices, mode == FAN ? 0
                                               : turned    ? i + 1
                                                           : i),
                               corner(indices, mode == FAN || !turned ? i + 1 : i), corner(indices, i + 2)};
        for (int k = 0; k < 3; k++)
            if (t[k] >= positions->count)
                return fb_fail(FSAM_ERROR_FORMAT, "%s: a triangle of vertex %llu, of %llu", source->where,
                               (unsigned long long)t[k], (unsigned long long)positions->count);
        FB_TRY(fv_builder_triangle(builder, (const uint64_t[]){first + t[0], first + t[1], first + t[2]}, source));
    }
    return FSAM_OK;
}

static fsam_status add_primitive(fv_gltf *file, const json_t *primitive, fv_mesh_builder *builder)
{
    const json_t *mode = json_object_get(primitive, "mode"), *indices = json_object_get(primitive, "indices");
    const json_int_t kind = mode != NULL ? json_integer_value(mode) : TRIANGLES;
    const json_t *attributes = json_object_get(primitive, "attributes");
    fv_gltf_numbers positions, corners = {0};
    if (kind < TRIANGLES || kind > FAN) return FSAM_OK; /* points and lines */
    FB_TRY(fv_gltf_positions(file, fv_gltf_at(file, "accessors", json_object_get(attributes, "POSITION")), &positions));
    if (indices != NULL) FB_TRY(fv_gltf_indices(file, fv_gltf_at(file, "accessors", indices), &corners));
    const uint64_t first = builder->mesh.vertex_count;
    if (positions.count > 3 * (uint64_t)file->source->max_triangles)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: more vertices than %zu triangles have", file->source->where,
                       file->source->max_triangles);
    FB_TRY(add_vertices(&positions, file->source, builder));
    return add_triangles(&positions, &corners, (int)kind, first, file->source, builder);
}

static fsam_status add_mesh(fv_gltf *file, const json_t *node, const fv_affine *map, fv_parts *parts)
{
    const json_t *mesh = fv_gltf_at(file, "meshes", json_object_get(node, "mesh")), *primitive;
    const char *name = json_string_value(json_object_get(node, "name"));
    fv_mesh_builder builder = {0};
    fsam_status status = FSAM_OK;
    size_t i;
    if (name == NULL) name = json_string_value(json_object_get(mesh, "name"));
    if (name == NULL) name = "";
    json_array_foreach(json_object_get(mesh, "primitives"), i, primitive) if (status == FSAM_OK) status =
        add_primitive(file, primitive, &builder);
    fv_mesh_transform(&builder.mesh, map);
    if (status == FSAM_OK) status = fv_builder_finish(&builder, name, strlen(name), file->source, parts);
    fv_builder_free(&builder);
    return status;
}

/* ---- the tree of nodes, without recursion: files nest as deep as they like ---- */

typedef struct visit {
    json_int_t node;
    fv_affine world_from_parent;
} visit;

typedef struct stack {
    visit *items; /* [nodes]: a node comes once */
    size_t count, nodes;
    bool *seen; /* [nodes] */
} stack;

static fsam_status push(stack *s, const json_t *node, const fv_affine *map, const char *where)
{
    const json_int_t at = json_integer_value(node);
    if (!json_is_integer(node) || at < 0 || (size_t)at >= s->nodes || s->seen[at])
        return fb_fail(FSAM_ERROR_FORMAT, "%s: not readable as a mesh: nodes: no tree", where);
    s->seen[at] = true;
    s->items[s->count++] = (visit){at, *map};
    return FSAM_OK;
}

static fsam_status push_all(stack *s, const json_t *nodes, const fv_affine *map, const char *where)
{
    for (size_t i = json_array_size(nodes); i-- > 0;) FB_TRY(push(s, json_array_get(nodes, i), map, where));
    return FSAM_OK;
}

static fsam_status walk(fv_gltf *file, stack *s, fv_parts *parts)
{
    const json_t *nodes = json_object_get(file->root, "nodes");
    while (s->count > 0) {
        const visit at = s->items[--s->count];
        const json_t *node = json_array_get(nodes, (size_t)at.node);
        fv_affine local;
        if (!get_transform(node, &local))
            return fb_fail(FSAM_ERROR_FORMAT, "%s: nodes: a transform is malformed", file->source->where);
        const fv_affine map = fv_affine_compose(&at.world_from_parent, &local);
        FB_TRY(add_mesh(file, node, &map, parts));
        FB_TRY(push_all(s, json_object_get(node, "children"), &map, file->source->where));
    }
    return FSAM_OK;
}

/* The nodes of the scene that is meant to be shown, or of the first. */
static fsam_status read_scene(fv_gltf *file, stack *s, fv_parts *parts)
{
    const fv_affine same = fv_affine_identity();
    const json_t *chosen = json_object_get(file->root, "scene");
    const json_t *scene =
        chosen != NULL ? fv_gltf_at(file, "scenes", chosen) : json_array_get(json_object_get(file->root, "scenes"), 0);
    if (s->items == NULL || s->seen == NULL)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory for its nodes", file->source->where);
    FB_TRY(push_all(s, json_object_get(scene, "nodes"), &same, file->source->where));
    return walk(file, s, parts);
}

fsam_status fv_gltf_read(const fv_mesh_source *source, fv_parts *parts)
{
    fv_gltf file;
    FB_TRY(fv_gltf_open(source, &file));
    stack s = {.nodes = json_array_size(json_object_get(file.root, "nodes"))};
    s.items = calloc(s.nodes + 1, sizeof *s.items);
    s.seen = calloc(s.nodes + 1, sizeof *s.seen);
    const fsam_status status = read_scene(&file, &s, parts);
    free(s.items);
    free(s.seen);
    fv_gltf_close(&file);
    return status;
}
