#include "xray/projector.h"

#include "base/memory.h"
#include "tensor/cpu/gemm.h"
#include "xray/projector_internal.h"
#include <math.h>
#include <omp.h>
#include <string.h>

/* Rays in the coordinates of the padded arrays: from start, through pixel (x, y) at start + first + x column + y row.
 */
typedef struct ray_fan {
    double start[3], first[3], column[3], row[3];
} ray_fan;

/* One picture in the making. */
typedef struct picture {
    const fx_body *body;
    const fx_camera *camera;
    ray_fan fan;
    fx_bundle_kernel *kernel;
    int lanes;
    double least_mm;
    float *const *mass; /* [body->materials] planes */
    double unit;        /* of mass, in mm times the body's densities */
    fx_shadows *shadows;
} picture;

/* What a thread works with. */
typedef struct workspace {
    fx_paths paths;         /* [1 + labels], zero between tiles; NULL without labels */
    float part_mm[FX_TILE]; /* what a part of a step is */
    fx_bundle bundle;
    size_t *pixels;     /* [labels], this thread's own share */
    float *longest_mm;  /* [labels] */
    uint16_t *together; /* [FX_MOST_UNIONS][FX_TILE]: parts in the members of each union; NULL without unions */
    uint64_t met;       /* bits of the unions of which the tile has any: the others' parts are not set */
    float together_mm[FX_MOST_UNIONS];
} workspace;

static ray_fan fan_of(const fx_body *body, const fx_camera *camera)
{
    const fv_affine seen = fv_affine_compose(&body->voxel_from_world, &camera->world_from_camera);
    ray_fan fan;
    for (int i = 0; i < 3; i++) {
        fan.start[i] = seen.m[i][3];
        fan.column[i] = seen.m[i][0] * camera->pixel_mm;
        fan.row[i] = seen.m[i][1] * camera->pixel_mm;
        fan.first[i] = seen.m[i][2] * camera->sdd_mm - camera->centre_x * fan.column[i] - camera->centre_y * fan.row[i];
    }
    return fan;
}

static void fan_ray(const ray_fan *fan, double x, double y, double ray[3])
{
    for (int i = 0; i < 3; i++) ray[i] = fan->first[i] + x * fan->column[i] + y * fan->row[i];
}

/* Narrows low .. high to where start + k step is between 0 and size for at least one of the packet's lanes, and to a
 * little more. The first and last lanes enclose the others. */
static void narrow(const float *start, const float *step, int lanes, double size, double *low, double *high)
{
    const int ends[2] = {0, lanes - 1};
    for (int side = 0; side < 2; side++) { /* above 0; below size, turned into above 0 */
        double from = INFINITY, to = -INFINITY;
        for (int e = 0; e < 2; e++) {
            const double s = side == 0 ? step[ends[e]] : -step[ends[e]];
            const double at = side == 0 ? start[ends[e]] : size - start[ends[e]];
            const double meets = -at / s;
            if (s > 0) {
                from = fmin(from, meets);
                to = INFINITY;
            } else if (s < 0) {
                from = -INFINITY;
                to = fmax(to, meets);
            } else if (at > 0) {
                from = -INFINITY;
                to = INFINITY;
            }
        }
        *low = fmax(*low, from);
        *high = fmin(*high, to);
    }
}

/* The planes of voxels that the packet's rays may meet. */
static void bound_planes(const picture *job, const fx_bundle *bundle, fx_packet *p)
{
    const int *size = job->body->size;
    double low = FX_PAD_LOW, high = size[bundle->axis] - 1 - FX_PAD_HIGH;
    double nearest = INFINITY, farthest = -INFINITY, whole_from = low, whole_to = high;
    for (int i = 0; i < job->lanes; i++) {
        nearest = fmin(nearest, p->near[i]);
        farthest = fmax(farthest, p->far[i]);
        whole_from = fmax(whole_from, ceil(p->near[i] + 0.5));
        whole_to = fmin(whole_to, floor(p->far[i] - 0.5));
    }
    p->whole_first = (int)fmin(whole_from, size[bundle->axis]);
    p->whole_end = (int)fmax(whole_to + 1, 0);
    low = fmax(low, floor(nearest + 0.5));
    high = fmin(high, ceil(farthest - 0.5));
    narrow(p->a_start, p->a_step, job->lanes, size[bundle->a] - FX_PAD_HIGH, &low, &high);
    narrow(p->b_start, p->b_step, job->lanes, size[bundle->b] - FX_PAD_HIGH, &low, &high);
    p->first = p->end = FX_PAD_LOW;
    if (!(low <= high)) return;
    p->first = (int)floor(low) < FX_PAD_LOW ? FX_PAD_LOW : (int)floor(low);
    p->end = (int)fmin(ceil(high), size[bundle->axis] - 1 - FX_PAD_HIGH) + 1;
}

/* The axis along which the middle ray of the pixels (x, y) and below it passes voxels fastest. */
static int fastest_axis(const picture *job, int x, int y)
{
    double ray[3];
    int axis = 0;
    fan_ray(&job->fan, x, y + (job->lanes - 1) * 0.5, ray);
    for (int i = 1; i < 3; i++)
        if (fabs(ray[i]) > fabs(ray[axis])) axis = i;
    return axis;
}

/* The rays of the pixels (x, y) and below it, and in step_mm their steps. */
static void aim(const picture *job, const fx_bundle *bundle, int x, int y, fx_packet *p, double step_mm[FX_MOST_LANES])
{
    const fx_camera *camera = job->camera;
    const int axis = bundle->axis, a = bundle->a, b = bundle->b;
    const double *start = job->fan.start, across = (x - camera->centre_x) * camera->pixel_mm;
    p->steep = false;
    for (int i = 0; i < job->lanes; i++) {
        double ray[3];
        fan_ray(&job->fan, x, y + i, ray);
        const double source = start[axis], reach = ray[axis];
        const double a_step = ray[a] / reach, b_step = ray[b] / reach;
        const double down = (y + i - camera->centre_y) * camera->pixel_mm;
        p->a_step[i] = (float)a_step;
        p->b_step[i] = (float)b_step;
        p->a_start[i] = (float)(start[a] - source * a_step);
        p->b_start[i] = (float)(start[b] - source * b_step);
        p->near[i] = (float)fmin(source, source + reach);
        p->far[i] = (float)fmax(source, source + reach);
        p->steep = p->steep || fabs(a_step) > 1 || fabs(b_step) > 1;
        step_mm[i] = sqrt(across * across + down * down + camera->sdd_mm * camera->sdd_mm) / fabs(reach);
    }
    bound_planes(job, bundle, p);
}

/* What the rays from pixel (x, y) on found. */
static void keep_mass(const picture *job, int x, int y, const fx_packet *p, const double step_mm[FX_MOST_LANES])
{
    for (int i = 0; i < job->lanes; i++) {
        if (p->pixel[i] < 0) continue;
        const size_t pixel = (size_t)(y + i) * (size_t)job->camera->width + (size_t)x;
        for (int b = 0; b < job->body->materials; b++)
            job->mass[b][pixel] = (float)(p->sum[b][i] * job->body->quantum[b] * step_mm[i] * job->unit);
    }
}

/* Adds the pixels (x, y) and below it to the tile's bundle. */
static void add_packet(const picture *job, int tile_x, int tile_y, int x, int y, double step_mm[FX_MOST_LANES],
                       workspace *work)
{
    fx_packet *p = &work->bundle.packet[work->bundle.count++];
    aim(job, &work->bundle, x, y, p, step_mm);
    for (int i = 0; i < job->lanes; i++) {
        const bool seen = y + i < tile_y + FX_TILE_HEIGHT && y + i < job->camera->height;
        p->pixel[i] = seen ? (y + i - tile_y) * FX_TILE_WIDTH + x - tile_x : -1;
        if (seen) work->part_mm[p->pixel[i]] = (float)(step_mm[i] / job->body->parts);
    }
}

/* Packets of a column, where the bundle has as many in all columns. */
static int rows_of(const fx_bundle *bundle, int place[FX_MOST_PACKETS][2])
{
    const int last = bundle->count - 1;
    int rows = 1;
    while (rows < bundle->count && place[rows][0] == place[0][0]) rows++;
    const bool whole = bundle->count == (place[last][0] - place[0][0] + 1) * rows;
    return whole && place[last][1] == place[rows - 1][1] ? rows : 0;
}

/* Those of the columns from x on, over the height of the tile, whose fastest axis is this one. */
static void project_bundle(const picture *job, int tile_x, int tile_y, int x, int axis, workspace *work)
{
    static const int others[3][2] = {{1, 2}, {0, 2}, {0, 1}};
    double step_mm[FX_MOST_PACKETS][FX_MOST_LANES];
    int place[FX_MOST_PACKETS][2];
    fx_bundle *bundle = &work->bundle;
    bundle->axis = axis;
    bundle->a = others[axis][0];
    bundle->b = others[axis][1];
    bundle->count = bundle->rows = 0;
    for (int column = x; column < x + FX_BUNDLE_WIDTH && column < job->camera->width; column++)
        for (int y = tile_y; y < tile_y + FX_TILE_HEIGHT && y < job->camera->height; y += job->lanes) {
            if (fastest_axis(job, column, y) != axis) continue;
            place[bundle->count][0] = column;
            place[bundle->count][1] = y;
            add_packet(job, tile_x, tile_y, column, y, step_mm[bundle->count], work);
        }
    if (bundle->count == 0) return;
    if (place[0][0] == x && place[0][1] == tile_y) bundle->rows = rows_of(bundle, place);
    job->kernel(job->body, bundle, work->paths.path != NULL ? &work->paths : NULL);
    for (int k = 0; k < bundle->count; k++) keep_mass(job, place[k][0], place[k][1], &bundle->packet[k], step_mm[k]);
}

static void keep_paths(const picture *job, int label, int tile_x, int tile_y, const workspace *work)
{
    float *path_mm = job->shadows->path_mm[label - 1];
    const uint16_t *paths = work->paths.path + (size_t)label * FX_TILE;
    for (int y = tile_y; y < tile_y + FX_TILE_HEIGHT && y < job->camera->height; y++)
        for (int x = tile_x; x < tile_x + FX_TILE_WIDTH && x < job->camera->width; x++) {
            const int pixel = (y - tile_y) * FX_TILE_WIDTH + x - tile_x;
            path_mm[(size_t)y * (size_t)job->camera->width + (size_t)x] = (float)paths[pixel] * work->part_mm[pixel];
        }
}

static bool any_of_row(const uint16_t path[FX_TILE_WIDTH])
{
    uint16_t any = 0;
    for (int x = 0; x < FX_TILE_WIDTH; x++) any |= path[x];
    return any != 0;
}

/* The paths of a row in mm, and the longest of them. Its bits are compared, which rise with numbers that are not
 * negative: compilers do that to many at once. */
static float row_in_mm(const uint16_t path[FX_TILE_WIDTH], const float part_mm[FX_TILE_WIDTH],
                       float path_mm[FX_TILE_WIDTH])
{
    int32_t bits[FX_TILE_WIDTH], most = 0;
    float longest_mm;
    for (int x = 0; x < FX_TILE_WIDTH; x++) path_mm[x] = (float)path[x] * part_mm[x];
    memcpy(bits, path_mm, sizeof bits);
    for (int x = 0; x < FX_TILE_WIDTH; x++) most = bits[x] > most ? bits[x] : most;
    memcpy(&longest_mm, &most, sizeof most);
    return longest_mm;
}

/* Bit x: whether path x is more than the least. */
static uint64_t bits_of_row(const float path_mm[FX_TILE_WIDTH], float least_mm)
{
    uint8_t more[FX_TILE_WIDTH];
    uint64_t word = 0;
    for (int x = 0; x < FX_TILE_WIDTH; x++) more[x] = path_mm[x] > least_mm;
    for (int x = 0; x < FX_TILE_WIDTH; x += 8) {
        uint64_t byte = 0;
        for (int i = 0; i < 8; i++) byte |= (uint64_t)more[x + i] << i;
        word |= byte << x;
    }
    return word;
}

/* A label's paths in a tile become bits of its mask. Returns the rows that have any. */
static uint64_t set_bits(const picture *job, int label, int tile_x, int tile_y, workspace *work)
{
    float longest_mm = work->longest_mm[label - 1];
    uint64_t rows = 0;
    for (int y = 0; y < FX_TILE_HEIGHT && tile_y + y < job->camera->height; y++) {
        const size_t first = (size_t)y * FX_TILE_WIDTH;
        const uint16_t *path = work->paths.path + (size_t)label * FX_TILE + first;
        float path_mm[FX_TILE_WIDTH];
        uint64_t word = 0;
        if (any_of_row(path)) {
            longest_mm = fmaxf(longest_mm, row_in_mm(path, work->part_mm + first, path_mm));
            word = bits_of_row(path_mm, (float)job->least_mm);
            rows |= (uint64_t)1 << y;
        }
        fx_shadows_row(job->shadows, label - 1, tile_y + y)[tile_x / FX_TILE_WIDTH] = word;
        work->pixels[label - 1] += (size_t)__builtin_popcountll(word);
    }
    work->longest_mm[label - 1] = longest_mm;
    return rows;
}

/* Adds a label's paths in some rows of a tile to those of its unions. */
static void add_to_unions(uint64_t unions, const uint16_t *paths, uint64_t rows, workspace *work)
{
    for (; unions != 0; unions &= unions - 1) {
        const int u = __builtin_ctzll(unions);
        uint16_t *sum = work->together + (size_t)u * FX_TILE;
        if ((work->met >> u & 1) == 0) memset(sum, 0, FX_TILE * sizeof *sum);
        work->met |= (uint64_t)1 << u;
        for (uint64_t left = rows; left != 0; left &= left - 1) {
            const size_t first = (size_t)__builtin_ctzll(left) * FX_TILE_WIDTH;
            for (size_t i = first; i < first + FX_TILE_WIDTH; i++) sum[i] = (uint16_t)(sum[i] + paths[i]);
        }
    }
}

static void finish_unions(workspace *work)
{
    for (; work->met != 0; work->met &= work->met - 1) {
        const int u = __builtin_ctzll(work->met);
        const uint16_t *sum = work->together + (size_t)u * FX_TILE;
        float longest_mm = work->together_mm[u], path_mm[FX_TILE_WIDTH];
        for (size_t i = 0; i < FX_TILE; i += FX_TILE_WIDTH)
            longest_mm = fmaxf(longest_mm, row_in_mm(sum + i, work->part_mm + i, path_mm));
        work->together_mm[u] = longest_mm;
    }
}

static void finish_labels(const picture *job, int tile_x, int tile_y, workspace *work)
{
    for (int label = 1; label <= job->body->labels; label++) {
        uint16_t *paths = work->paths.path + (size_t)label * FX_TILE;
        if (job->shadows->path_mm[label - 1] != NULL) keep_paths(job, label, tile_x, tile_y, work);
        if (work->paths.met[label]) {
            const uint64_t rows = set_bits(job, label, tile_x, tile_y, work);
            if (work->together != NULL && rows != 0) add_to_unions(job->shadows->unions[label - 1], paths, rows, work);
            memset(paths, 0, FX_TILE * sizeof *paths);
            work->paths.met[label] = false;
        } else {
            for (int y = tile_y; y < tile_y + FX_TILE_HEIGHT && y < job->camera->height; y++)
                fx_shadows_row(job->shadows, label - 1, y)[tile_x / FX_TILE_WIDTH] = 0;
        }
    }
}

static void project_tile(const picture *job, int tile_x, int tile_y, workspace *work)
{
    const fx_camera *camera = job->camera;
    for (int x = tile_x; x < tile_x + FX_TILE_WIDTH && x < camera->width; x += FX_BUNDLE_WIDTH)
        for (int axis = 0; axis < 3; axis++) project_bundle(job, tile_x, tile_y, x, axis, work);
    if (work->paths.path != NULL) finish_labels(job, tile_x, tile_y, work);
    finish_unions(work);
}

static bool workspace_make(const picture *job, workspace *work)
{
    memset(work, 0, sizeof *work);
    if (job->shadows == NULL) return true;
    const size_t labels = (size_t)job->body->labels + 1;
    work->paths.path = fb_alloc(labels * FX_TILE, sizeof *work->paths.path);
    work->paths.met = fb_alloc(labels, sizeof *work->paths.met);
    work->pixels = fb_alloc(labels, sizeof *work->pixels);
    work->longest_mm = fb_alloc(labels, sizeof *work->longest_mm);
    const bool unions = job->shadows->unions != NULL;
    if (unions) work->together = fb_alloc((size_t)FX_MOST_UNIONS * FX_TILE, sizeof *work->together);
    return work->paths.path != NULL && work->paths.met != NULL && work->pixels != NULL && work->longest_mm != NULL &&
           (!unions || work->together != NULL);
}

/* Adds a thread's counts to the picture's; their order does not matter. */
static void workspace_clear(const picture *job, workspace *work)
{
    if (work->pixels != NULL && work->longest_mm != NULL)
        for (int i = 0; i < job->shadows->count; i++) {
            job->shadows->pixels[i] += work->pixels[i];
            job->shadows->longest_mm[i] = fmaxf(job->shadows->longest_mm[i], work->longest_mm[i]);
        }
    for (int u = 0; work->together != NULL && u < FX_MOST_UNIONS; u++)
        job->shadows->longest_together_mm[u] = fmaxf(job->shadows->longest_together_mm[u], work->together_mm[u]);
    fb_free(work->paths.path);
    fb_free(work->paths.met);
    fb_free(work->pixels);
    fb_free(work->longest_mm);
    fb_free(work->together);
}

static fsam_status run(const picture *job)
{
    const int across = (job->camera->width + FX_TILE_WIDTH - 1) / FX_TILE_WIDTH;
    const int tiles = across * ((job->camera->height + FX_TILE_HEIGHT - 1) / FX_TILE_HEIGHT);
    bool failed = false;
#pragma omp parallel
    {
        workspace work;
        const bool ready = workspace_make(job, &work);
#pragma omp for schedule(dynamic)
        for (int tile = 0; tile < tiles; tile++)
            if (ready) project_tile(job, tile % across * FX_TILE_WIDTH, tile / across * FX_TILE_HEIGHT, &work);
#pragma omp critical(fx_project)
        {
            failed = failed || !ready;
            workspace_clear(job, &work);
        }
    }
    return failed ? fb_fail(FSAM_ERROR_MEMORY, "projection: labels: out of memory") : FSAM_OK;
}

static void choose_kernel(picture *job)
{
    job->kernel = fx_bundle_base;
    job->lanes = 4;
#if defined __x86_64__
    if (fk_isa_used() >= FK_ISA_AVX512) {
        job->kernel = fx_bundle_avx512;
        job->lanes = 16;
    } else if (fk_isa_used() >= FK_ISA_AVX2) {
        job->kernel = fx_bundle_avx2;
        job->lanes = 8;
    }
#endif
}

static fsam_status check_shadows(const fx_body *body, const fx_camera *camera, const fx_shadows *shadows)
{
    if (shadows->width != camera->width || shadows->height != camera->height)
        return fb_fail(FSAM_ERROR_MISMATCH, "projection: shadows: %d x %d pixels, the camera has %d x %d",
                       shadows->width, shadows->height, camera->width, camera->height);
    if (shadows->count != body->labels)
        return fb_fail(FSAM_ERROR_MISMATCH, "projection: shadows: %d structures, the body has %d", shadows->count,
                       body->labels);
    return FSAM_OK;
}

fsam_status fx_project(const fx_body *body, const fx_camera *camera, double least_mm, float *const mass[FX_BASES],
                       fx_shadows *shadows)
{
    FB_TRY(fx_camera_check(camera));
    if (body->materials != FX_BASES) return fb_fail(FSAM_ERROR_ARGUMENT, "projection: body: it is a plain one");
    if (shadows != NULL) {
        FB_TRY(check_shadows(body, camera, shadows));
        memset(shadows->longest_together_mm, 0, sizeof shadows->longest_together_mm);
        for (int i = 0; i < shadows->count; i++) {
            shadows->pixels[i] = 0;
            shadows->longest_mm[i] = 0;
        }
    }
    picture job = {.body = body,
                   .camera = camera,
                   .fan = fan_of(body, camera),
                   .least_mm = least_mm,
                   .mass = mass,
                   .unit = 0.1, /* mm g/cm^3 to g/cm^2 */
                   .shadows = shadows != NULL && shadows->count > 0 ? shadows : NULL};
    choose_kernel(&job);
    return run(&job);
}

fsam_status fx_line_integral(const fx_body *body, const fx_camera *camera, float *path)
{
    FB_TRY(fx_camera_check(camera));
    if (body->materials != 1) return fb_fail(FSAM_ERROR_ARGUMENT, "projection: body: it is not a plain one");
    picture job = {.body = body, .camera = camera, .fan = fan_of(body, camera), .mass = &path, .unit = 1};
    choose_kernel(&job);
    return run(&job);
}
