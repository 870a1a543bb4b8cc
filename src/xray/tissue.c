#include "xray/tissue.h"

#include <math.h>

const fx_material fx_basis[FX_BASES] = {FX_WATER, FX_CORTICAL_BONE};

static fsam_status basis_at(double kev, double mu[FX_BASES])
{
    for (int b = 0; b < FX_BASES; b++) FB_TRY(fx_material_attenuation(fx_basis[b], kev, &mu[b]));
    return FSAM_OK;
}

fsam_status fx_basis_of(fx_material material, double share[FX_BASES])
{
    double aa = 0, ab = 0, bb = 0, a1 = 0, b1 = 0, mu, basis[FX_BASES]; /* the normal equations of a x + b y = 1 */
    for (int kev = 20; kev <= FX_HIGHEST_KEV; kev++) {
        FB_TRY(fx_material_attenuation(material, kev, &mu));
        FB_TRY(basis_at(kev, basis));
        const double a = basis[FX_BASIS_WATER] / mu, b = basis[FX_BASIS_BONE] / mu;
        aa += a * a;
        ab += a * b;
        bb += b * b;
        a1 += a;
        b1 += b;
    }
    const double determinant = aa * bb - ab * ab;
    share[FX_BASIS_WATER] = (a1 * bb - b1 * ab) / determinant;
    share[FX_BASIS_BONE] = (b1 * aa - a1 * ab) / determinant;
    FB_TRY(fx_material_attenuation(material, FX_CT_KEV, &mu));
    FB_TRY(basis_at(FX_CT_KEV, basis));
    const double scale =
        mu / (share[FX_BASIS_WATER] * basis[FX_BASIS_WATER] + share[FX_BASIS_BONE] * basis[FX_BASIS_BONE]);
    for (int b = 0; b < FX_BASES; b++) share[b] *= scale;
    return FSAM_OK;
}

fsam_status fx_material_hu(fx_material material, double *hu)
{
    double mu, water;
    FB_TRY(fx_material_attenuation(material, FX_CT_KEV, &mu));
    FB_TRY(fx_material_attenuation(FX_WATER, FX_CT_KEV, &water));
    *hu = 1000 * (mu * fx_material_density(material) / (water * fx_material_density(FX_WATER)) - 1);
    return FSAM_OK;
}

/* A tissue at its CT number. */
typedef struct tissue_knot {
    double hu, density[FX_BASES]; /* g/cm^3 of the basis materials */
} tissue_knot;

static fsam_status place(fx_material material, tissue_knot *knot)
{
    FB_TRY(fx_material_hu(material, &knot->hu));
    FB_TRY(fx_basis_of(material, knot->density));
    for (int b = 0; b < FX_BASES; b++) knot->density[b] *= fx_material_density(material);
    return FSAM_OK;
}

/* In the manner of Schneider, Pedroni and Lomax, Phys. Med. Biol. 41 (1996) 111: CT numbers of tissues of known
 * composition, straight lines between. Densities are linear in the CT number on each line, and so is attenuation. */
static fsam_status blend(fx_tissue_table *table)
{
    static const fx_material tissue[] = {FX_LUNG, FX_ADIPOSE, FX_MUSCLE, FX_TRABECULAR_BONE, FX_CORTICAL_BONE};
    enum { KNOTS = sizeof tissue / sizeof *tissue + 2 };
    tissue_knot knots[KNOTS] = {{-1000, {0}}}; /* nothing */
    for (int k = 1; k < KNOTS - 1; k++) FB_TRY(place(tissue[k - 1], &knots[k]));
    const tissue_knot *bone = &knots[KNOTS - 2], *last = &knots[KNOTS - 1];
    knots[KNOTS - 1].hu = FX_HIGHEST_HU; /* bone of a higher density */
    for (int b = 0; b < FX_BASES; b++)
        knots[KNOTS - 1].density[b] = bone->density[b] * (1000 + last->hu) / (1000 + bone->hu);
    for (int row = 0, k = 0; row < FX_HUS; row++) {
        const double hu = fmax(-1000, FX_LOWEST_HU + row);
        while (k < KNOTS - 2 && hu > knots[k + 1].hu) k++;
        const double t = (hu - knots[k].hu) / (knots[k + 1].hu - knots[k].hu);
        for (int b = 0; b < FX_BASES; b++)
            table->density[row][b] = (float)((1 - t) * knots[k].density[b] + t * knots[k + 1].density[b]);
    }
    return FSAM_OK;
}

/* The constants are DeepDRR's (Unberath et al., MICCAI 2018). */
static fsam_status threshold(fx_tissue_table *table)
{
    double share[3][FX_BASES];
    FB_TRY(fx_basis_of(FX_AIR, share[0]));
    FB_TRY(fx_basis_of(FX_SOFT_TISSUE, share[1]));
    FB_TRY(fx_basis_of(FX_CORTICAL_BONE, share[2]));
    for (int row = 0; row < FX_HUS; row++) {
        const int hu = FX_LOWEST_HU + row, material = hu <= -800 ? 0 : hu <= 350 ? 1 : 2;
        const double density = fmax(fmin(0.001029 * hu + 1.030, 0.0005886 * hu + 1.03), 0);
        for (int b = 0; b < FX_BASES; b++) table->density[row][b] = (float)(density * share[material][b]);
    }
    return FSAM_OK;
}

fsam_status fx_tissue_table_of(fx_tissue_rule rule, fx_tissue_table *table)
{
    return rule == FX_TISSUE_BLENDED ? blend(table) : threshold(table);
}
