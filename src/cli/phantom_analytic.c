#include "cli/phantom_patient.h"
#include "cli/progress.h"
#include "volume/phantom.h"

#include <math.h>
#include <string.h>

#define REGION_MARGIN_MM 30.0 /* about the structures of a region */

/* Widens the box by all pieces of a structure; false when there is none. */
static bool widen(const fv_phantom *phantom, const char *name, double low[3], double high[3])
{
    size_t count;
    const fv_piece *piece = fv_phantom_pieces(phantom, &count);
    bool found = false;
    for (const fv_piece *end = piece + count; piece < end; piece++) {
        if (piece->category == NULL || strcmp(piece->category->name, name) != 0) continue;
        found = true;
        for (int i = 0; i < 3; i++) {
            low[i] = fmin(low[i], piece->shape.low[i] - REGION_MARGIN_MM);
            high[i] = fmax(high[i], piece->shape.high[i] + REGION_MARGIN_MM);
        }
    }
    return found;
}

static fsam_status find_box(const fv_phantom *phantom, const cli_texts *regions, fv_phantom_options *options)
{
    double *low = options->low_mm, *high = options->high_mm;
    if (regions->count == 0) return FSAM_OK;
    for (int i = 0; i < 3; i++) {
        low[i] = INFINITY;
        high[i] = -INFINITY;
    }
    for (size_t i = 0; i < regions->count; i++)
        if (!widen(phantom, regions->item[i], low, high))
            return fb_fail(FSAM_ERROR_ARGUMENT, "--region: '%s' is none of the %d categories", regions->item[i],
                           FB_CATEGORIES);
    return FSAM_OK;
}

fsam_status cli_patient_analytic(double spacing_mm, const cli_texts *regions, uint64_t seed, cli_patient *patient)
{
    fv_phantom *phantom;
    fv_phantom_options options = {.spacing_mm = spacing_mm, .seed = seed};
    *patient = (cli_patient){0};
    FB_TRY(fv_phantom_make(&phantom));
    fsam_status status = find_box(phantom, regions, &options);
    if (status == FSAM_OK) {
        cli_progress("voxelising the analytic phantom");
        status = fv_phantom_voxelise(phantom, &options, &patient->ct, &patient->labels);
        cli_progress_clear();
    }
    fv_phantom_free(phantom);
    return status;
}
