/* project.c - milliseconds that a projection of 512 x 512 pixels takes, by the clock and of processor time, as many
 * threads as OpenMP gives:
 *
 *     bench_project CT.nii.gz [LABELS.nii.gz [OUT]]
 *
 * from the front, the left, askew and above; medians. With OUT, writes OUT_VIEW.f32, the plain line integrals as floats
 * [512, 512], OUT_VIEW.png, the same as a picture, and OUT_density.nii, HU + 1000, for other programs to project. The
 * geometry is that of drr.sh. */
#include "base/memory.h"
#include "image/png.h"
#include "tensor/cpu/gemm.h"
#include "volume/label_read.h"
#include "volume/nifti.h"
#include "xray/projector.h"
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SIZE = 512, PIXELS = SIZE * SIZE, RUNS = 7 };

typedef struct view {
    const char *name;
    double from[3], up[3]; /* towards the source, from the middle of the body */
} view;

static const view views[] = {
    {"ap", {0, -1, 0}, {0, 0, 1}},
    {"left", {1, 0, 0}, {0, 0, 1}},
    {"oblique", {0.5, -0.8, 0.33166247903554}, {0, 0, 1}},
    {"above", {0, 0, 1}, {0, -1, 0}},
};
enum { VIEWS = sizeof views / sizeof *views };

typedef struct bodies {
    fx_body *plain, *tissue;
    double centre_mm[3];
    fx_shadows shadows;
    float *plane[FX_BASES];
} bodies;

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef enum pass { PLAIN, MASS, ALL, PASSES } pass;

static fsam_status project(const bodies *b, const fx_camera *camera, pass which)
{
    fx_shadows shadows = b->shadows;
    if (which == PLAIN) return fx_line_integral(b->plain, camera, b->plane[0]);
    return fx_project(b->tissue, camera, 0, b->plane, which == ALL ? &shadows : NULL);
}

/* Milliseconds. */
typedef struct taken {
    double wall, processor;
} taken;

static fsam_status time_one(const bodies *b, const fx_camera *camera, pass which, taken *ms)
{
    double wall[RUNS], processor[RUNS];
    for (int run = 0; run < RUNS; run++) {
        const double start = now(CLOCK_MONOTONIC), processor_start = now(CLOCK_PROCESS_CPUTIME_ID);
        FB_TRY(project(b, camera, which));
        wall[run] = now(CLOCK_MONOTONIC) - start;
        processor[run] = now(CLOCK_PROCESS_CPUTIME_ID) - processor_start;
    }
    qsort(wall, RUNS, sizeof *wall, rising);
    qsort(processor, RUNS, sizeof *processor, rising);
    *ms = (taken){1e3 * wall[RUNS / 2], 1e3 * processor[RUNS / 2]};
    return FSAM_OK;
}

/* Bright where more is in the way. */
static fsam_status write_picture(const char *out, const char *name, const float *path)
{
    char file[4096];
    static uint8_t gray[PIXELS];
    float most = 1e-9f;
    for (int i = 0; i < PIXELS; i++) most = path[i] > most ? path[i] : most;
    for (int i = 0; i < PIXELS; i++) gray[i] = (uint8_t)lrintf(255 * path[i] / most);
    snprintf(file, sizeof file, "%s_%s.png", out, name);
    FB_TRY(fi_png_write_gray8(file, true, gray, SIZE, SIZE));
    snprintf(file, sizeof file, "%s_%s.f32", out, name);
    FILE *f = fopen(file, "wb");
    if (f == NULL) return fb_fail(FSAM_ERROR_IO, "%s: cannot be written", file);
    const bool written = fwrite(path, sizeof *path, PIXELS, f) == PIXELS;
    return fclose(f) == 0 && written ? FSAM_OK : fb_fail(FSAM_ERROR_IO, "%s: cannot be written", file);
}

static fsam_status time_view(const bodies *b, const view *v, const char *out)
{
    double source[3], detector[3];
    taken ms[PASSES] = {{0}};
    fx_camera camera;
    for (int i = 0; i < 3; i++) {
        source[i] = b->centre_mm[i] + 1000 * v->from[i];
        detector[i] = b->centre_mm[i] - 500 * v->from[i];
    }
    FB_TRY(fx_camera_look(source, detector, v->up, SIZE, SIZE, 600.0 / SIZE, &camera));
    for (pass p = MASS; p < PASSES; p++) FB_TRY(time_one(b, &camera, p, &ms[p]));
    FB_TRY(time_one(b, &camera, PLAIN, &ms[PLAIN]));
    size_t seen = 0;
    for (int i = 0; i < b->shadows.count; i++) seen += b->shadows.pixels[i] > 0;
    printf("%-8s line integral %6.1f ms %6.1f cpu, two materials %6.1f ms %6.1f cpu, %d labels too (%zu seen) %6.1f ms "
           "%6.1f cpu\n",
           v->name, ms[PLAIN].wall, ms[PLAIN].processor, ms[MASS].wall, ms[MASS].processor, b->shadows.count, seen,
           ms[ALL].wall, ms[ALL].processor);
    return out != NULL ? write_picture(out, v->name, b->plane[0]) : FSAM_OK;
}

static fsam_status make_bodies(const char *ct_path, const char *labels_path, fv_ct *ct, fv_labels *labels, bodies *b)
{
    static fx_tissue_table table;
    const fv_label_source source = {.path = labels_path};
    FB_TRY(fv_nifti_read_ct(ct_path, 0, ct));
    if (labels_path != NULL) FB_TRY(fv_labels_read(&source, &ct->grid, 0, labels));
    fv_grid_centre(&ct->grid, b->centre_mm);
    printf("centre %.4f %.4f %.4f\n", b->centre_mm[0], b->centre_mm[1], b->centre_mm[2]);
    FB_TRY(fx_tissue_table_of(FX_TISSUE_BLENDED, &table));
    const double start = now(CLOCK_MONOTONIC);
    FB_TRY(fx_body_make(ct, labels_path != NULL ? labels : NULL, &table, ct_path, &b->tissue));
    printf("instruction set %d, %d threads; body made in %.0f ms\n", (int)fk_isa_used(), omp_get_max_threads(),
           1e3 * (now(CLOCK_MONOTONIC) - start));
    FB_TRY(fx_body_make_plain(ct, ct_path, &b->plain));
    for (int m = 0; m < FX_BASES; m++) {
        b->plane[m] = fb_alloc(PIXELS, sizeof(float));
        if (b->plane[m] == NULL) return fb_fail(FSAM_ERROR_MEMORY, "out of memory");
    }
    return fx_shadows_make(SIZE, SIZE, fx_body_labels(b->tissue), &b->shadows);
}

/* Of a CT that is needed no more. */
static fsam_status write_density(const char *out, fv_ct *ct)
{
    char file[4096];
    for (size_t i = 0; i < fv_grid_voxels(&ct->grid); i++)
        ct->hu[i] = (int16_t)(ct->hu[i] > FV_HU_AIR ? ct->hu[i] - FV_HU_AIR : 0);
    snprintf(file, sizeof file, "%s_density.nii", out);
    return fv_nifti_write_ct(ct, file, true);
}

int main(int argc, char **argv)
{
    fv_ct ct = {0};
    fv_labels labels = {0};
    bodies b = {0};
    if (argc < 2) {
        fprintf(stderr, "usage: bench_project CT.nii.gz [LABELS.nii.gz [OUT]]\n");
        return FSAM_ERROR_ARGUMENT;
    }
    fsam_status status = make_bodies(argv[1], argc > 2 ? argv[2] : NULL, &ct, &labels, &b);
    for (int v = 0; status == FSAM_OK && v < VIEWS; v++) status = time_view(&b, &views[v], argc > 3 ? argv[3] : NULL);
    if (status == FSAM_OK && argc > 3) status = write_density(argv[3], &ct);
    if (status != FSAM_OK) fprintf(stderr, "bench_project: %s\n", fb_message());
    fx_shadows_free(&b.shadows);
    for (int m = 0; m < FX_BASES; m++) fb_free(b.plane[m]);
    fx_body_free(b.plain);
    fx_body_free(b.tissue);
    fv_labels_free(&labels);
    fv_ct_free(&ct);
    return status;
}
