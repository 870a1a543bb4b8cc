/* Instruments of two halves: forceps, clamps, scissors and spreaders; and tweezers. The jaws open in the x-z plane. */
#include "scene/tool_loft.h"
#include "scene/tool_recipes.h"

/* A hinged instrument's sizes by name. */
typedef struct hinged {
    double length, jaw, joint_half, tip_half, bow, open, ring;
    bool curved, ratchet;
    int prongs;
} hinged;

static hinged read_hinged(const fs_tool_size *size)
{
    const double *m = size->more;
    return (hinged){size->a, m[0],          m[1],       m[2],     m[3], m[4] / 2 * FS_PI / 180,
                    m[5],    size->b > 1.5, m[6] > 0.5, (int)m[7]};
}

enum { JAW_STEPS = 16 };

/* From the joint to the tip; this half's jaw lies at +x. */
static void add_jaw(fs_solid *solid, const hinged *h)
{
    fs_path path = {.side = {0, 1, 0}};
    fs_outline section;
    double scale[JAW_STEPS + 1][2];
    fs_outline_rounded_box(&section, 1, 1, 0.35, 2);
    for (int i = 0; i <= JAW_STEPS; i++) {
        const double t = (double)i / JAW_STEPS, half = h->joint_half + (h->tip_half - h->joint_half) * t;
        const double out = half * 0.9 + h->bow * sin(FS_PI * t); /* the inner edges meet when the jaws close */
        const double x = h->jaw * t * sin(h->open) + out * cos(h->open);
        const double z = h->jaw * (1 - t * cos(h->open)) + out * sin(h->open) * t;
        fs_path_add(&path, (fs_xyz){x, h->curved ? 0.16 * h->jaw * t * t : 0, z});
        scale[i][0] = fmin(1.6, 0.5 * half + 0.5); /* thickness */
        scale[i][1] = i == JAW_STEPS ? 0.6 * half : half;
    }
    fs_sweep(solid, &path, &section, (const double(*)[2])scale);
}

/* From the joint across to the ring, which lies at -x. Returns the ring's middle. */
static fs_xyz add_shank(fs_solid *solid, const hinged *h)
{
    const double rest = h->length - h->jaw, spread = rest * tan(h->open), tall = 1.35 * h->ring;
    const fs_xyz ring = {-(spread + h->ring + 1.5), 0, h->length - tall - 2};
    const double near_ring = h->ring > 0 ? h->length - 2 * tall - 2 : h->length;
    fs_path path = {.side = {0, 1, 0}};
    fs_outline section;
    double scale[FS_PATH_MOST][2];
    fs_path_add(&path, (fs_xyz){0.6 * h->joint_half, 0, h->jaw - 0.5 * h->joint_half});
    fs_path_add(&path, (fs_xyz){-0.8 * h->joint_half - 0.1 * spread, 0, h->jaw + 0.12 * rest});
    fs_path_add(&path, (fs_xyz){-3 - 0.5 * spread, 0, h->jaw + 0.5 * rest});
    fs_path_add(&path, (fs_xyz){ring.x + 0.5 * h->ring, 0, near_ring + 0.15 * tall});
    fs_path_smooth(&path, 8);
    fs_outline_rounded_box(&section, 1, 1, 0.5, 2);
    for (int i = 0; i < path.count; i++) {
        const double t = (double)i / (path.count - 1);
        scale[i][0] = 1.9;
        scale[i][1] = 0.9 * h->joint_half * (1 - t) + 1.9 * t;
    }
    fs_sweep(solid, &path, &section, (const double(*)[2])scale);
    return ring;
}

static void add_ring(fs_solid *solid, fs_xyz centre, double radius)
{
    enum { STEPS = 40 };
    fs_path path = {.closed = true, .side = {0, 1, 0}};
    for (int i = 0; i < STEPS; i++) {
        const double angle = 2 * FS_PI * i / STEPS;
        fs_path_add(&path, (fs_xyz){centre.x + radius * cos(angle), 0, centre.z + 1.35 * radius * sin(angle)});
    }
    fs_rod(solid, &path, 2, 10);
}

/* Prongs across the tip of a spreader's jaw, pointing along y. */
static void add_prongs(fs_solid *solid, const hinged *h)
{
    for (int i = 0; i < h->prongs; i++) {
        const double t = 1 - 0.28 * i / h->prongs;
        const double x = h->jaw * t * sin(h->open) + h->tip_half, z = h->jaw * (1 - t * cos(h->open)) + 1.5;
        fs_path path = {0};
        fs_path_add(&path, (fs_xyz){x, 0, z});
        fs_path_add(&path, (fs_xyz){x + 1, -8, z});
        fs_path_add(&path, (fs_xyz){x + 5, -14, z});
        fs_path_smooth(&path, 5);
        fs_rod(solid, &path, 1.1, 8);
    }
}

static void add_half(fs_solid *solid, const hinged *h)
{
    add_jaw(solid, h);
    const fs_xyz ring = add_shank(solid, h);
    if (h->ring > 0) add_ring(solid, ring, h->ring);
    add_prongs(solid, h);
    if (h->ratchet) {
        /* a bar from the shank towards the other one */
        fs_path bar = {.side = {0, 1, 0}};
        fs_outline section;
        const double z = ring.z - 1.35 * h->ring - 6, x = ring.x + 0.4 * h->ring;
        fs_path_line(&bar, (fs_xyz){x, 0, z}, (fs_xyz){0.25 * fabs(x), 0, z + 1}, 2);
        fs_outline_rounded_box(&section, 1.2, 2.2, 0.5, 2);
        fs_sweep(solid, &bar, &section, NULL);
    }
}

void fs_make_hinged(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const hinged h = read_hinged(size);
    /* the other half is this one turned about z; each lies a little to its side of the joint's plane */
    const fv_affine aside = {{{1, 0, 0, 0}, {0, 1, 0, 1.2}, {0, 0, 1, 0}}};
    const fv_affine other = {{{-1, 0, 0, 0}, {0, 1, 0, -1.2}, {0, 0, 1, 0}}};
    (void)random;
    add_half(part, &h);
    fs_solid_move(part, 0, 0, &aside);
    const size_t first = part->vertices, first_triangle = part->triangles;
    add_half(part, &h);
    fs_solid_move(part, first, first_triangle, &other);
    const size_t screw = part->vertices;
    fs_cylinder(part, 0.45 * h.joint_half + 1, -3.4, 3.4);
    fs_solid_move(part, screw, 0, &(fv_affine){{{1, 0, 0, 0}, {0, 0, -1, 0}, {0, 1, 0, h.jaw}}});
    double low, high;
    fs_solid_reach(part, &low, &high);
    fs_solid_move(
        part, 0, 0,
        &(fv_affine){{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, size->a / (high - low), -low * size->a / (high - low)}}});
}

void fs_make_tweezers(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    enum { STEPS = 24 };
    const double length = size->a, gap = size->more[1] / 2;
    fs_outline section;
    (void)random;
    fs_outline_rounded_box(&section, 1, 1, 0.3, 2);
    for (int side = -1; side <= 1; side += 2) {
        fs_path path = {.side = {0, 1, 0}};
        double scale[STEPS + 1][2];
        for (int i = 0; i <= STEPS; i++) {
            const double t = (double)i / STEPS, out = gap * (1 - t) + 0.05 * length * sin(FS_PI * t) * (1 - 0.5 * t);
            fs_path_add(&path, (fs_xyz){side * (0.55 + out), 0, length * t});
            scale[i][0] =
                size->b / 2 + (size->more[0] - size->b) / 2 * fmin(1, 1.8 * t) * (t > 0.8 ? 1.4 - 0.5 * t : 1);
            scale[i][1] = 0.6;
        }
        fs_sweep(part, &path, &section, (const double(*)[2])scale);
    }
    fs_rounded_box(part, 1.4, size->more[0] / 2.2, 0.9 * length, length, 0.6);
}
