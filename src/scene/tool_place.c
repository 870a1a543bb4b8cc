#include "scene/tool_place.h"

#include "scene/tool_xyz.h"
#include <string.h>

static fs_xyz xyz(const double a[3])
{
    return (fs_xyz){a[0], a[1], a[2]};
}

/* ---- turning ---- */

static fs_xyz random_way(fb_random *random)
{
    const double z = fb_random_between(random, -1, 1), angle = fb_random_between(random, 0, 2 * FS_PI);
    const double r = sqrt(fmax(0, 1 - z * z));
    return (fs_xyz){r * cos(angle), r * sin(angle), z};
}

/* The pose that takes `foot` of the tool's frame to `at`, its z axis to `rise` (of length 1), and is else turned by
 * chance. */
static void pose_at(fs_xyz foot, fs_xyz at, fs_xyz rise, fb_random *random, fv_affine *pose)
{
    fs_xyz x = fs_xyz_cross(random_way(random), rise);
    if (fs_xyz_length(x) < 1e-3) x = fs_xyz_cross(fabs(rise.x) < 0.9 ? (fs_xyz){1, 0, 0} : (fs_xyz){0, 1, 0}, rise);
    x = fs_xyz_unit(x);
    const fs_xyz y = fs_xyz_cross(rise, x);
    *pose = (fv_affine){{{x.x, y.x, rise.x, 0}, {x.y, y.y, rise.y, 0}, {x.z, y.z, rise.z, 0}}};
    double moved[3] = {foot.x, foot.y, foot.z};
    fv_affine_apply(pose, moved, moved);
    pose->m[0][3] = at.x - moved[0];
    pose->m[1][3] = at.y - moved[1];
    pose->m[2][3] = at.z - moved[2];
}

static fs_xyz place_in_field(const fs_field *field, fb_random *random)
{
    fs_xyz at = xyz(field->centre_mm);
    for (int i = 0; i < 3; i++)
        at = fs_xyz_add(at, fs_xyz_times(field->half_mm[i] * fb_random_between(random, -1, 1), xyz(field->axis[i])));
    return at;
}

void fs_tool_place_free(const fs_tool *tool, const fs_field *field, fb_random *random, fv_affine *world_from_tool)
{
    const double steepest = 40 * FS_PI / 180;
    double low[3], high[3];
    fs_tool_bounds(tool, low, high);
    const fs_xyz middle = {(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2};
    const fs_xyz at = place_in_field(field, random);
    const double angle = fb_random_between(random, 0, 2 * FS_PI), tilt = fb_random_between(random, -steepest, steepest);
    const fs_xyz in_plane =
        fs_xyz_add(fs_xyz_times(cos(angle), xyz(field->axis[0])), fs_xyz_times(sin(angle), xyz(field->axis[1])));
    const fs_xyz rise = fs_xyz_add(fs_xyz_times(cos(tilt), in_plane), fs_xyz_times(sin(tilt), xyz(field->axis[2])));
    pose_at(middle, at, fs_xyz_unit(rise), random, world_from_tool);
}

/* ---- asking the patient ---- */

/* The voxel at a place of the world, or false outside the grid. */
static bool voxel_at(const fv_grid *grid, const fv_affine *voxel_from_world, fs_xyz at, size_t *voxel)
{
    double v[3] = {at.x, at.y, at.z};
    long index[3];
    fv_affine_apply(voxel_from_world, v, v);
    for (int i = 0; i < 3; i++) {
        if (!(v[i] > -0.5 && v[i] < grid->size[i] - 0.5)) return false;
        index[i] = lround(v[i]);
    }
    *voxel = ((size_t)index[2] * (size_t)grid->size[1] + (size_t)index[1]) * (size_t)grid->size[0] + (size_t)index[0];
    return true;
}

typedef struct label_probe {
    const fv_labels *labels;
    fv_affine voxel_from_world;
} label_probe;

static label_probe probe_labels(const fv_labels *labels)
{
    label_probe probe = {.labels = labels};
    (void)fv_affine_invert(&labels->grid.world_from_voxel, &probe.voxel_from_world); /* grids have been checked */
    return probe;
}

static uint16_t label_at(const label_probe *probe, fs_xyz at)
{
    size_t voxel;
    return voxel_at(&probe->labels->grid, &probe->voxel_from_world, at, &voxel) ? probe->labels->label[voxel] : 0;
}

/* ---- bones ---- */

/* Sums over every `step`-th voxel along each axis: count, places, products of places. */
typedef struct moments {
    double count, sum[3], product[3][3];
} moments;

static void gather(const fv_labels *labels, uint16_t label, int step, moments *m)
{
    const int *size = labels->grid.size;
    for (int z = 0; z < size[2]; z += step)
        for (int y = 0; y < size[1]; y += step) {
            const uint16_t *row = labels->label + ((size_t)z * (size_t)size[1] + (size_t)y) * (size_t)size[0];
            for (int x = 0; x < size[0]; x += step) {
                if (row[x] != label) continue;
                double at[3] = {x, y, z};
                fv_affine_apply(&labels->grid.world_from_voxel, at, at);
                m->count += 1;
                for (int i = 0; i < 3; i++) {
                    m->sum[i] += at[i];
                    for (int j = 0; j < 3; j++) m->product[i][j] += at[i] * at[j];
                }
            }
        }
}

bool fs_bone_axis(const fv_labels *labels, uint16_t label, double axis[3])
{
    enum { ROUNDS = 60 };
    moments m = {0};
    for (int step = 3; step > 0 && m.count < 30; step--) {
        m = (moments){0};
        gather(labels, label, step, &m);
    }
    if (m.count == 0) return false;
    fs_xyz way = {0.3, 0.4, 0.87}; /* power iteration; anything that is not across the answer */
    for (int round = 0; round < ROUNDS; round++) {
        double next[3] = {0}, v[3] = {way.x, way.y, way.z};
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                next[i] += (m.product[i][j] / m.count - m.sum[i] / m.count * m.sum[j] / m.count) * v[j];
        if (fs_xyz_length(xyz(next)) > 0) way = fs_xyz_unit(xyz(next));
    }
    axis[0] = way.x, axis[1] = way.y, axis[2] = way.z;
    return true;
}

/* A straight way through bone: from where it enters, along `way`. */
typedef struct corridor {
    fs_xyz entry, way;
    double length;
} corridor;

enum { BONE_STEPS = 4000 };
static const double bone_step_mm = 0.5;

/* How far the bone reaches from a place in it. */
static double reach(const label_probe *probe, uint16_t label, fs_xyz from, fs_xyz way)
{
    int steps = 0;
    while (steps < BONE_STEPS &&
           label_at(probe, fs_xyz_add(from, fs_xyz_times((steps + 1) * bone_step_mm, way))) == label)
        steps++;
    return steps * bone_step_mm;
}

static corridor corridor_through(const label_probe *probe, uint16_t label, fs_xyz inside, fs_xyz way)
{
    const double back = reach(probe, label, inside, fs_xyz_times(-1, way));
    return (corridor){fs_xyz_minus(inside, fs_xyz_times(back, way)), way, back + reach(probe, label, inside, way)};
}

static bool is_family(const fs_tool *tool, const char *key)
{
    return tool->family != NULL && strcmp(tool->family->key, key) == 0;
}

/* The way that a tool's tip goes, and how far candidates may stray from it (0: not at all, large: anywhere). */
static fs_xyz usual_way(const fs_tool *tool, const fv_labels *labels, uint16_t label, double *stray)
{
    double axis[3] = {0, 0, 1};
    *stray = 1e6;
    if (is_family(tool, "pedicle_screw")) {
        *stray = 0.4;
        return (fs_xyz){0, -1, 0}; /* y runs to the back */
    }
    if (is_family(tool, "intramedullary_nail") || is_family(tool, "elastic_nail")) {
        *stray = 0.04;
        fs_bone_axis(labels, label, axis);
    }
    return xyz(axis);
}

/* What a tool of this length from its tip would stick out of the bone. */
static double lacks(const corridor *c, double length)
{
    return fmax(0, length - 0.95 * c->length);
}

bool fs_tool_place_bone(const fs_tool *tool, const fv_labels *labels, uint16_t label, const double inside_mm[3],
                        fb_random *random, fv_affine *world_from_tool)
{
    enum { CANDIDATES = 40 };
    const label_probe probe = probe_labels(labels);
    const fs_xyz inside = xyz(inside_mm);
    double low[3], high[3], stray;
    if (label == 0 || label_at(&probe, inside) != label) return false;
    fs_tool_bounds(tool, low, high);
    const fs_xyz usual = usual_way(tool, labels, label, &stray);
    const double length = high[2] - fmax(0, low[2]);
    corridor best = {0};
    for (int i = 0; i < CANDIDATES; i++) {
        const fs_xyz way = fs_xyz_unit(fs_xyz_add(usual, fs_xyz_times(stray, random_way(random))));
        const corridor c = corridor_through(&probe, label, inside, way);
        if (i == 0 || lacks(&c, length) < lacks(&best, length)) best = c;
    }
    /* a tool that does not fit stops within the bone, and the rest of it stays outside */
    const double share = fb_random_between(random, 0.5, 0.95);
    const double depth = length <= 0.95 * best.length ? length : share * best.length;
    const fs_xyz tip = fs_xyz_add(best.entry, fs_xyz_times(depth, best.way));
    pose_at((fs_xyz){0, 0, 0}, tip, fs_xyz_times(-1, best.way), random, world_from_tool);
    return true;
}

/* A place of the field that lies in a bone; its label, 0 when none was found. */
static uint16_t find_bone(const fv_labels *labels, const fs_field *field, fb_random *random, double inside_mm[3])
{
    enum { TRIES = 400 };
    const label_probe probe = probe_labels(labels);
    for (int i = 0; i < TRIES; i++) {
        const fs_xyz at = place_in_field(field, random);
        const uint16_t label = label_at(&probe, at);
        if (label == 0) continue;
        const fb_structure *category = labels->structure[label - 1].category;
        if (category == NULL || category->kind != FB_KIND_BONE) continue;
        inside_mm[0] = at.x, inside_mm[1] = at.y, inside_mm[2] = at.z;
        return label;
    }
    return 0;
}

/* ---- skin ---- */

typedef struct body_probe {
    const fs_patient *patient;
    const fv_grid *grid;
    fv_affine voxel_from_world;
} body_probe;

static bool in_body(const body_probe *probe, fs_xyz at)
{
    enum { SKIN_HU = -300 }; /* between air and fat */
    size_t voxel;
    if (!voxel_at(probe->grid, &probe->voxel_from_world, at, &voxel)) return false;
    return probe->patient->ct != NULL ? probe->patient->ct->hu[voxel] > SKIN_HU
                                      : probe->patient->labels->label[voxel] != 0;
}

/* Whether the body goes on for some way from here: a blanket or the table does not. */
static bool is_thick(const body_probe *probe, fs_xyz from, fs_xyz way)
{
    enum { THICK_MM = 15 };
    for (int mm = 0; mm < THICK_MM; mm++)
        if (!in_body(probe, fs_xyz_add(from, fs_xyz_times(mm, way)))) return false;
    return true;
}

/* Follows the ray for `longest` mm to the skin. */
static bool meet_skin(const body_probe *probe, fs_xyz from, fs_xyz way, double longest, fs_xyz *skin)
{
    const double step_mm = 0.5;
    for (int i = 0; i * step_mm < longest; i++) {
        *skin = fs_xyz_add(from, fs_xyz_times(i * step_mm, way));
        if (in_body(probe, *skin) && is_thick(probe, *skin, way)) return true;
    }
    return false;
}

/* Away from the middle of what is body within a small ball. */
static fs_xyz outward(const body_probe *probe, fs_xyz skin, fs_xyz way)
{
    enum { BALL = 4 };
    const double step = 3; /* mm */
    fs_xyz sum = {0, 0, 0};
    for (int z = -BALL; z <= BALL; z++)
        for (int y = -BALL; y <= BALL; y++)
            for (int x = -BALL; x <= BALL; x++) {
                const fs_xyz offset = {step * x, step * y, step * z};
                if (x * x + y * y + z * z > BALL * BALL || !in_body(probe, fs_xyz_add(skin, offset))) continue;
                sum = fs_xyz_minus(sum, offset);
            }
    return fs_xyz_length(sum) > 0 ? fs_xyz_unit(sum) : fs_xyz_times(-1, way);
}

bool fs_tool_place_skin(const fs_tool *tool, const fs_patient *patient, const fs_field *field, fb_random *random,
                        fv_affine *world_from_tool)
{
    enum { TRIES = 16 };
    body_probe probe = {.patient = patient};
    double low[3], high[3];
    (void)tool;
    if (patient->ct == NULL && patient->labels == NULL) return false;
    probe.grid = patient->ct != NULL ? &patient->ct->grid : &patient->labels->grid;
    (void)fv_affine_invert(&probe.grid->world_from_voxel, &probe.voxel_from_world); /* grids have been checked */
    fv_grid_bounds(probe.grid, low, high);
    const double longest = fs_xyz_length(fs_xyz_minus(xyz(high), xyz(low)));
    for (int i = 0; i < TRIES; i++) {
        const fs_xyz through = place_in_field(field, random);
        /* from the front, as far as to the sides */
        const double angle = fb_random_between(random, -1.4, 1.4);
        const fs_xyz way = {-sin(angle), cos(angle), 0};
        const fs_xyz from = fs_xyz_minus(through, fs_xyz_times(longest, way));
        fs_xyz skin;
        if (!meet_skin(&probe, from, way, 2 * longest, &skin)) continue;
        pose_at((fs_xyz){0, 0, 0}, skin, outward(&probe, skin, way), random, world_from_tool);
        return true;
    }
    return false;
}

bool fs_tool_place(const fs_tool *tool, const fs_patient *patient, const fs_field *field, fb_random *random,
                   fv_affine *world_from_tool)
{
    const fs_tool_home home = tool->family != NULL ? tool->family->home : FS_HOME_FREE;
    double inside[3];
    if (home == FS_HOME_SKIN) return fs_tool_place_skin(tool, patient, field, random, world_from_tool);
    if (home == FS_HOME_BONE) {
        const uint16_t label = patient->labels != NULL ? find_bone(patient->labels, field, random, inside) : 0;
        return label != 0 && fs_tool_place_bone(tool, patient->labels, label, inside, random, world_from_tool);
    }
    fs_tool_place_free(tool, field, random, world_from_tool);
    return true;
}
