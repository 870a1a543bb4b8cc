#include "xray/solids.h"

#include "base/memory.h"
#include <math.h>
#include <string.h>

/* Disjoint rising stretches of a ray that solids already have. */
enum { MOST_TAKEN = 4 * FX_MOST_STRETCHES };
typedef struct taken {
    fx_stretch stretch[MOST_TAKEN];
    int count;
} taken;

/* A solid as the camera sees it. */
typedef struct placed {
    const fx_solid *solid;
    fv_affine mesh_from_world;
    int first[2], end[2]; /* columns and rows of the picture that it may be in */
} placed;

typedef struct scene {
    const fx_camera *camera;
    const placed *solid;
    int solids;
    const fx_body *body;
    double least_mm;
    float *const *mass;
    fx_shadows *shadows;
} scene;

/* The pixels that a mesh's box covers; all of them when it reaches behind the source. */
static void bound_pixels(const fx_camera *camera, placed *p)
{
    const int size[2] = {camera->width, camera->height};
    double low[3], high[3], from[2] = {INFINITY, INFINITY}, to[2] = {-INFINITY, -INFINITY};
    bool behind = false;
    fx_bvh_bounds(p->solid->bvh, low, high);
    for (int corner = 0; corner < 8 && low[0] <= high[0]; corner++) {
        double at[3], pixel[2];
        for (int i = 0; i < 3; i++) at[i] = (corner >> i & 1) != 0 ? high[i] : low[i];
        fv_affine_apply(&p->solid->world_from_mesh, at, at);
        if (!(fx_camera_project(camera, at, pixel) > 1e-6 * camera->sdd_mm)) behind = true;
        for (int i = 0; i < 2; i++) {
            from[i] = fmin(from[i], pixel[i]);
            to[i] = fmax(to[i], pixel[i]);
        }
    }
    for (int i = 0; i < 2; i++) {
        p->first[i] = behind ? 0 : (int)fmin(fmax(floor(from[i]), 0), size[i]);
        p->end[i] = behind ? size[i] : (int)fmin(fmax(ceil(to[i]) + 1, 0), size[i]);
    }
}

/* Adds a stretch to those taken, and returns what of it is new, mm. The list stays rising and disjoint; a stretch that
 * finds no room any more counts and is forgotten. */
static double take(taken *t, fx_stretch s)
{
    double fresh = s.far - s.near;
    int from = 0;
    while (from < t->count && t->stretch[from].far < s.near) from++;
    int to = from;
    for (; to < t->count && t->stretch[to].near <= s.far; to++) {
        fresh -= fmin(s.far, t->stretch[to].far) - fmax(s.near, t->stretch[to].near);
        s.near = fmin(s.near, t->stretch[to].near);
        s.far = fmax(s.far, t->stretch[to].far);
    }
    const int count = t->count - (to - from) + 1;
    if (count > MOST_TAKEN) return fresh;
    memmove(t->stretch + from + 1, t->stretch + to, (size_t)(t->count - to) * sizeof *t->stretch);
    t->stretch[from] = s;
    t->count = count;
    return fresh;
}

/* The whole path of a ray through a solid, mm; *fresh is that part of it which no solid before has. */
static double pass_solid(const placed *p, const double source[3], const double direction[3], double distance, taken *t,
                         double *fresh)
{
    fx_stretch stretch[FX_MOST_STRETCHES];
    double origin[3], along[3], whole = 0;
    fv_affine_apply(&p->mesh_from_world, source, origin);
    for (int i = 0; i < 3; i++) {
        along[i] = 0;
        for (int j = 0; j < 3; j++) along[i] += p->mesh_from_world.m[i][j] * direction[j];
    }
    const int count = fx_bvh_inside(p->solid->bvh, origin, along, stretch);
    *fresh = 0;
    for (int i = 0; i < count; i++) {
        const fx_stretch cut = {fmax(stretch[i].near, 0), fmin(stretch[i].far, distance)};
        if (!(cut.near < cut.far)) continue;
        whole += cut.far - cut.near;
        *fresh += take(t, cut);
    }
    return whole;
}

/* longest_mm [solids], together_mm [FX_MOST_UNIONS]: this thread's own. */
static void pass_ray(const scene *s, int x, int y, float *longest_mm, float *together_mm)
{
    taken occupied = {.count = 0};
    double source[3], direction[3], sum[FX_MOST_UNIONS];
    uint64_t met = 0;
    const size_t pixel = (size_t)y * (size_t)s->camera->width + (size_t)x;
    fx_camera_source(s->camera, source);
    const double distance = fx_camera_ray(s->camera, x, y, direction);
    for (int i = 0; i < s->solids; i++) {
        const placed *p = &s->solid[i];
        if (x < p->first[0] || x >= p->end[0] || y < p->first[1] || y >= p->end[1]) continue;
        double fresh;
        const double whole = pass_solid(p, source, direction, distance, &occupied, &fresh);
        s->mass[p->solid->plane][pixel] += (float)(p->solid->density * fresh / 10);
        if (s->shadows == NULL) continue;
        longest_mm[i] = fmaxf(longest_mm[i], (float)whole);
        if (whole > s->least_mm) fx_shadows_row(s->shadows, i, y)[x / 64] |= (uint64_t)1 << (x % 64);
        if (s->shadows->path_mm[i] != NULL) s->shadows->path_mm[i][pixel] = (float)whole;
        for (uint64_t unions = s->shadows->unions != NULL ? s->shadows->unions[i] : 0; unions != 0;
             unions &= unions - 1) {
            const int u = __builtin_ctzll(unions);
            sum[u] = (met >> u & 1) != 0 ? sum[u] + fresh : fresh;
            met |= (uint64_t)1 << u;
        }
    }
    for (; met != 0; met &= met - 1) {
        const int u = __builtin_ctzll(met);
        together_mm[u] = fmaxf(together_mm[u], (float)sum[u]);
    }
    for (int i = 0; i < occupied.count && s->body != NULL; i++) {
        double replaced[FX_BASES];
        fx_body_between(s->body, source, direction, occupied.stretch[i].near, occupied.stretch[i].far, replaced);
        for (int b = 0; b < FX_BASES; b++) s->mass[b][pixel] -= (float)replaced[b];
    }
}

static fsam_status pass_all(const scene *s)
{
    bool failed = false;
#pragma omp parallel
    {
        float *longest_mm = fb_alloc((size_t)s->solids, sizeof *longest_mm), together_mm[FX_MOST_UNIONS] = {0};
#pragma omp for schedule(dynamic, 8)
        for (int y = 0; y < s->camera->height; y++)
            for (int x = 0; x < s->camera->width && longest_mm != NULL; x++) pass_ray(s, x, y, longest_mm, together_mm);
#pragma omp critical(fx_project_solids)
        {
            failed = failed || longest_mm == NULL;
            for (int i = 0; i < s->solids && longest_mm != NULL && s->shadows != NULL; i++)
                s->shadows->longest_mm[i] = fmaxf(s->shadows->longest_mm[i], longest_mm[i]);
            for (int u = 0; u < FX_MOST_UNIONS && s->shadows != NULL; u++)
                s->shadows->longest_together_mm[u] = fmaxf(s->shadows->longest_together_mm[u], together_mm[u]);
        }
        fb_free(longest_mm);
    }
    return failed ? fb_fail(FSAM_ERROR_MEMORY, "projection: solids: out of memory") : FSAM_OK;
}

static fsam_status clear_shadows(const fx_camera *camera, int solids, fx_shadows *shadows)
{
    if (shadows->width != camera->width || shadows->height != camera->height || shadows->count != solids)
        return fb_fail(FSAM_ERROR_MISMATCH, "projection: shadows: %d of %d x %d pixels, not %d of %d x %d",
                       shadows->count, shadows->width, shadows->height, solids, camera->width, camera->height);
    const size_t rows = (size_t)shadows->count * (size_t)shadows->height;
    memset(shadows->bits, 0, rows * shadows->words * sizeof *shadows->bits);
    memset(shadows->longest_together_mm, 0, sizeof shadows->longest_together_mm);
    for (int i = 0; i < shadows->count; i++) {
        shadows->longest_mm[i] = 0;
        if (shadows->path_mm[i] != NULL)
            memset(shadows->path_mm[i], 0, (size_t)camera->width * (size_t)camera->height * sizeof(float));
    }
    return FSAM_OK;
}

static void count_pixels(fx_shadows *shadows)
{
    const size_t words = (size_t)shadows->height * shadows->words;
    for (int i = 0; i < shadows->count; i++) {
        shadows->pixels[i] = 0;
        for (size_t w = 0; w < words; w++)
            shadows->pixels[i] += (size_t)__builtin_popcountll(shadows->bits[(size_t)i * words + w]);
    }
}

static fsam_status place(const fx_camera *camera, const fx_solid *solid, int solids, int planes, placed *out)
{
    for (int i = 0; i < solids; i++) {
        out[i].solid = &solid[i];
        if (solid[i].plane < 0 || solid[i].plane >= planes)
            return fb_fail(FSAM_ERROR_ARGUMENT, "projection: solid %d: plane: %d of %d", i, solid[i].plane, planes);
        if (!fv_affine_invert(&solid[i].world_from_mesh, &out[i].mesh_from_world))
            return fb_fail(FSAM_ERROR_ARGUMENT, "projection: solid %d: world_from_mesh: it has no inverse", i);
        bound_pixels(camera, &out[i]);
    }
    return FSAM_OK;
}

fsam_status fx_project_solids(const fx_camera *camera, const fx_solid *solid, int solids, const fx_body *body,
                              double least_mm, float *const *mass, int planes, fx_shadows *shadows)
{
    FB_TRY(fx_camera_check(camera));
    if (body != NULL && planes < FX_BASES)
        return fb_fail(FSAM_ERROR_ARGUMENT, "projection: planes: %d, and a body needs %d", planes, FX_BASES);
    if (shadows != NULL) FB_TRY(clear_shadows(camera, solids, shadows));
    if (solids < 1) return FSAM_OK;
    placed *all = fb_alloc((size_t)solids, sizeof *all);
    if (all == NULL) return fb_fail(FSAM_ERROR_MEMORY, "projection: solids: out of memory");
    const scene s = {camera, all, solids, body, least_mm, mass, shadows};
    fsam_status status = place(camera, solid, solids, planes, all);
    if (status == FSAM_OK) status = pass_all(&s);
    if (status == FSAM_OK && shadows != NULL) count_pixels(shadows);
    fb_free(all);
    return status;
}
