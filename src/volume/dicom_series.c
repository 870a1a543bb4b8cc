#include "volume/dicom_series.h"

#include "base/file.h"
#include "volume/dicom_slice.h"
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
    char *path;
    fv_dicom_slice slice;
    double along_mm; /* position along the normal of the first slice's plane */
} entry;

typedef struct series {
    const char *folder;
    entry *entries;
    int count;
    double normal[3];
} series;

/* Of the distance of two slices: how far it may be from the others', and how far a slice may be aside of the normal. */
#define SPACING_TOLERANCE 0.02
#define ASIDE_TOLERANCE   0.02

static void free_series(series *s)
{
    for (int i = 0; i < s->count; i++) free(s->entries[i].path);
    free(s->entries);
}

/* ---- finding the slices ---- */

/* Takes over `path`. */
static fsam_status add_file(series *s, char *path)
{
    entry *more = s->count < FV_MAX_SIZE ? realloc(s->entries, ((size_t)s->count + 1) * sizeof *more) : NULL;
    if (more == NULL) {
        free(path);
        return s->count < FV_MAX_SIZE ? fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", s->folder)
                                      : fb_fail(FSAM_ERROR_MEMORY, "%s: more than %d slices", s->folder, FV_MAX_SIZE);
    }
    s->entries = more;
    s->entries[s->count++] = (entry){.path = path};
    return FSAM_OK;
}

static fsam_status list_files(series *s, DIR *folder)
{
    for (struct dirent *item; (item = readdir(folder)) != NULL;) {
        char *path;
        if (asprintf(&path, "%s/%s", s->folder, item->d_name) < 0)
            return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", s->folder);
        if (!fv_dicom_probe(path))
            free(path);
        else
            FB_TRY(add_file(s, path));
    }
    return FSAM_OK;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->path, ((const entry *)b)->path);
}

static fsam_status read_entry(entry *e)
{
    fb_map map;
    FB_TRY(fb_map_open(e->path, &map));
    const fsam_status status = fv_dicom_slice_read(map.data, map.size, e->path, &e->slice);
    fb_map_close(&map);
    return status;
}

/* All slices, by name: what is said of them does not depend on the order of the folder. */
static fsam_status find_slices(series *s)
{
    DIR *folder = opendir(s->folder);
    if (folder == NULL) return fb_fail(FSAM_ERROR_IO, "%s: cannot open: %s", s->folder, strerror(errno));
    fsam_status status = list_files(s, folder);
    closedir(folder);
    FB_TRY(status);
    if (s->count < 2)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s", s->folder,
                       s->count == 0 ? "no DICOM files in this folder" : "a single slice is no volume");
    qsort(s->entries, (size_t)s->count, sizeof *s->entries, by_path);
    for (int i = 0; i < s->count; i++) FB_TRY(read_entry(&s->entries[i]));
    return FSAM_OK;
}

/* ---- what all slices have in common ---- */

static fsam_status differs(const entry *a, const entry *b, const char *what)
{
    return fb_fail(FSAM_ERROR_MISMATCH, "%s: %s is not that of %s", b->path, what, a->path);
}

static fsam_status check_common(const entry *a, const entry *b)
{
    const fv_dicom_slice *p = &a->slice, *q = &b->slice;
    if (strcmp(p->series, q->series) != 0) return differs(a, b, "(0020,000e) SeriesInstanceUID: another series, which");
    if (p->rows != q->rows) return differs(a, b, "(0028,0010) Rows");
    if (p->columns != q->columns) return differs(a, b, "(0028,0011) Columns");
    for (int i = 0; i < 6; i++)
        if (fabs(p->orientation[i] - q->orientation[i]) > 1e-3)
            return differs(a, b, "(0020,0037) ImageOrientationPatient");
    if (fabs(p->row_spacing_mm - q->row_spacing_mm) > 1e-3 * p->row_spacing_mm ||
        fabs(p->column_spacing_mm - q->column_spacing_mm) > 1e-3 * p->column_spacing_mm)
        return differs(a, b, "(0028,0030) PixelSpacing");
    return FSAM_OK;
}

/* ---- positions ---- */

static int by_position(const void *a, const void *b)
{
    const entry *p = a, *q = b;
    if (p->along_mm != q->along_mm) return p->along_mm < q->along_mm ? -1 : 1;
    return by_path(a, b);
}

static void sort_slices(series *s)
{
    const double *o = s->entries[0].slice.orientation;
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3, k = (i + 2) % 3;
        s->normal[i] = o[j] * o[3 + k] - o[k] * o[3 + j];
    }
    for (int i = 0; i < s->count; i++) {
        const double *p = s->entries[i].slice.position_mm;
        s->entries[i].along_mm = p[0] * s->normal[0] + p[1] * s->normal[1] + p[2] * s->normal[2];
    }
    qsort(s->entries, (size_t)s->count, sizeof *s->entries, by_position);
}

static int by_value(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/* The median distance of neighbours: a few missing or doubled slices do not change it. */
static fsam_status usual_distance(const series *s, double *distance_mm)
{
    int gaps = s->count - 1;
    double *gap = malloc((size_t)gaps * sizeof *gap);
    if (gap == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", s->folder);
    for (int i = 0; i < gaps; i++) gap[i] = s->entries[i + 1].along_mm - s->entries[i].along_mm;
    qsort(gap, (size_t)gaps, sizeof *gap, by_value);
    *distance_mm = gap[gaps / 2];
    free(gap);
    return FSAM_OK;
}

static fsam_status check_neighbours(const entry *a, const entry *b, double usual_mm)
{
    double gap = b->along_mm - a->along_mm, aside = 0, tolerance = SPACING_TOLERANCE * usual_mm + 1e-3;
    if (gap < 0.01)
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: (0020,0032) ImagePositionPatient: the position of %s too", b->path,
                       a->path);
    if (gap > usual_mm + tolerance)
        return fb_fail(FSAM_ERROR_MISMATCH,
                       "%s: (0020,0032) ImagePositionPatient: %.2f mm from the slice before it, the others %.2f mm: "
                       "slices are missing",
                       b->path, gap, usual_mm);
    if (gap < usual_mm - tolerance)
        return fb_fail(FSAM_ERROR_MISMATCH,
                       "%s: (0020,0032) ImagePositionPatient: %.2f mm from the slice before it, the others %.2f mm",
                       b->path, gap, usual_mm);
    for (int i = 0; i < 3; i++) aside += pow(b->slice.position_mm[i] - a->slice.position_mm[i], 2);
    aside = sqrt(fmax(aside - gap * gap, 0));
    if (aside > ASIDE_TOLERANCE * gap + 5e-3)
        return fb_fail(FSAM_ERROR_UNSUPPORTED,
                       "%s: (0018,1120) GantryDetectorTilt: slices are shifted by %.2f mm against each other (tilt "
                       "recorded: %.1f degrees); correct the tilt first",
                       b->path, aside, b->slice.tilt_degrees);
    return FSAM_OK;
}

static fsam_status check_positions(const series *s)
{
    double usual_mm;
    FB_TRY(usual_distance(s, &usual_mm));
    for (int i = 0; i + 1 < s->count; i++) FB_TRY(check_neighbours(&s->entries[i], &s->entries[i + 1], usual_mm));
    return FSAM_OK;
}

/* ---- the volume ---- */

static fv_grid grid_of(const series *s)
{
    const fv_dicom_slice *first = &s->entries[0].slice, *last = &s->entries[s->count - 1].slice;
    fv_grid grid = {.size = {first->columns, first->rows, s->count}};
    for (int i = 0; i < 3; i++) {
        double *row = grid.world_from_voxel.m[i];
        row[0] = first->orientation[i] * first->column_spacing_mm;
        row[1] = first->orientation[3 + i] * first->row_spacing_mm;
        row[2] = (last->position_mm[i] - first->position_mm[i]) / (s->count - 1);
        row[3] = first->position_mm[i];
    }
    return grid;
}

/* Slice z of the series, to its turned place. */
static void place_slice(const int16_t *from, const int size[3], ptrdiff_t first, const ptrdiff_t step[3], int z,
                        int16_t *hu)
{
    for (int y = 0; y < size[1]; y++)
        for (int x = 0; x < size[0]; x++) hu[first + x * step[0] + y * step[1] + z * step[2]] = *from++;
}

static fsam_status read_plane(const entry *e, int16_t *plane)
{
    fb_map map;
    FB_TRY(fb_map_open(e->path, &map));
    const fsam_status status = fv_dicom_slice_hu(map.data, map.size, e->path, &e->slice, plane);
    fb_map_close(&map);
    return status;
}

static fsam_status read_voxels(const series *s, const fv_grid *grid, const fv_turn *turn, fv_ct *ct)
{
    ptrdiff_t first, step[3];
    fsam_status status = FSAM_OK;
    fv_turn_steps(turn, &ct->grid, &first, step);
    int16_t *plane = malloc((size_t)grid->size[0] * (size_t)grid->size[1] * sizeof *plane);
    if (plane == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", s->folder);
    for (int z = 0; z < s->count && status == FSAM_OK; z++) {
        status = read_plane(&s->entries[z], plane);
        if (status == FSAM_OK) place_slice(plane, grid->size, first, step, z, ct->hu);
    }
    free(plane);
    return status;
}

static fsam_status read_series(series *s, size_t max_voxels, fv_ct *ct)
{
    fv_grid turned;
    FB_TRY(find_slices(s));
    for (int i = 1; i < s->count; i++) FB_TRY(check_common(&s->entries[0], &s->entries[i]));
    sort_slices(s);
    FB_TRY(check_positions(s));
    fv_grid grid = grid_of(s);
    FB_TRY(fv_grid_check(&grid, s->folder, max_voxels));
    fv_turn turn = fv_grid_turn(&grid, &turned);
    FB_TRY(fv_ct_make(&turned, s->folder, ct));
    return read_voxels(s, &grid, &turn, ct);
}

fsam_status fv_dicom_read_ct(const char *folder, size_t max_voxels, fv_ct *ct)
{
    series s = {.folder = folder};
    *ct = (fv_ct){0};
    fsam_status status = read_series(&s, max_voxels, ct);
    if (status != FSAM_OK) fv_ct_free(ct);
    free_series(&s);
    return status;
}
