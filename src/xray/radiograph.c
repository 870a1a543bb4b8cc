#include "xray/radiograph.h"

#include "base/memory.h"
#include "xray/blur.h"

/* Planes of a picture, one block of memory. */
typedef struct planes {
    size_t pixels;
    float *signal, *variance, *factor;
} planes;

double fx_open_signal(const fx_technique *t)
{
    const double distance = t->plane.sdd_mm / 1000;
    return t->beam->open_signal * t->mas * t->plane.pixel_mm * t->plane.pixel_mm / (distance * distance);
}

static fsam_status check(const fx_technique *t)
{
    if (t->plane.height < 1 || t->plane.width < 1)
        return fb_fail(FSAM_ERROR_ARGUMENT, "radiograph: size: %d x %d", t->plane.height, t->plane.width);
    if (!(t->plane.pixel_mm > 0)) return fb_fail(FSAM_ERROR_ARGUMENT, "radiograph: pixel_mm: %g", t->plane.pixel_mm);
    if (!(t->plane.sdd_mm > 0)) return fb_fail(FSAM_ERROR_ARGUMENT, "radiograph: sdd_mm: %g", t->plane.sdd_mm);
    if (!(t->mas > 0)) return fb_fail(FSAM_ERROR_ARGUMENT, "radiograph: mas: %g", t->mas);
    if (t->focal_spot_mm > 0 && !(t->magnification >= 1))
        return fb_fail(FSAM_ERROR_ARGUMENT, "radiograph: magnification: %g", t->magnification);
    return FSAM_OK;
}

/* Brings the planes to this exposure, and turns `factor` into the signal without an object. */
static void expose(const fx_technique *t, const planes *p)
{
    const float open = (float)t->beam->open_signal;
    fx_exposure(&t->plane, t->mas, t->heel, p->factor);
    if (t->collimator != NULL) fx_collimate(t->collimator, t->plane.height, t->plane.width, p->factor);
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < p->pixels; i++) {
        p->signal[i] *= p->factor[i];
        p->variance[i] *= p->factor[i];
        p->factor[i] *= open;
    }
}

/* The focal spot seen through a point of the object: a shadow as wide as focal spot times (magnification - 1). */
static fsam_status blur_focal_spot(const fx_technique *t, const planes *p)
{
    const fx_kernel kernel = fx_box_kernel(t->focal_spot_mm * (t->magnification - 1) / t->plane.pixel_mm);
    FB_TRY(fx_blur(&kernel, FX_BORDER_REPEATED, t->plane.height, t->plane.width, p->signal));
    return fx_blur(&kernel, FX_BORDER_REPEATED, t->plane.height, t->plane.width, p->variance);
}

static fsam_status take(const fx_technique *t, const float *const *mass, const planes *p, uint16_t *counts)
{
    const int height = t->plane.height, width = t->plane.width;
    fx_detector detector = t->detector;
    detector.pixel_mm = t->plane.pixel_mm;
    fx_beam_image(t->beam, mass, p->pixels, p->signal, p->variance);
    expose(t, p);
    FB_TRY(blur_focal_spot(t, p));
    if (t->scatter != NULL)
        FB_TRY(fx_scatter_add(t->scatter, t->plane.pixel_mm, height, width, p->factor, p->signal, p->variance));
    return fx_detector_read(&detector, t->noise, height, width, p->signal, p->variance, counts);
}

fsam_status fx_radiograph(const fx_technique *technique, const float *const *mass, uint16_t *counts)
{
    planes p;
    FB_TRY(check(technique));
    if (!fb_multiply((size_t)technique->plane.height, (size_t)technique->plane.width, &p.pixels) ||
        (p.signal = fb_alloc(p.pixels, 3 * sizeof *p.signal)) == NULL)
        return fb_fail(FSAM_ERROR_MEMORY, "radiograph: no memory for %d x %d pixels", technique->plane.height,
                       technique->plane.width);
    p.variance = p.signal + p.pixels;
    p.factor = p.variance + p.pixels;
    const fsam_status status = take(technique, mass, &p, counts);
    fb_free(p.signal);
    return status;
}
