#include "xray/material.h"

#include <string.h>
#include <xraylib.h>

typedef struct share {
    int z;           /* atomic number */
    double fraction; /* of the mass */
} share;

typedef struct material_recipe {
    const char *name;
    double density; /* g/cm^3 */
    share part[FX_MOST_ELEMENTS];
} material_recipe;

/* Tissues, air and water: ICRU Report 44 (1989), as NIST tabulates it with its mass attenuation coefficients (Hubbell
 * and Seltzer, NISTIR 5632). Cartilage, marrow and spongiosa: Woodard and White, Br. J. Radiol. 59 (1986) 1209, and
 * ICRU Report 46. The inflated lung's density: ICRP Publication 23. Alloys: the middle of what ASTM F136 (Ti-6Al-4V),
 * F138 (316L), F75 (CoCrMo) and F2063 (nitinol) allow. Plastics and compounds: their formulae. */
static const material_recipe recipes[FX_MATERIALS] = {
    [FX_AIR] = {"air", 1.205e-3, {{6, 0.000124}, {7, 0.755268}, {8, 0.231781}, {18, 0.012827}}},
    [FX_WATER] = {"water", 0.998, {{1, 0.111898}, {8, 0.888102}}},
    [FX_LUNG] = {"lung",
                 0.26,
                 {{1, 0.103},
                  {6, 0.105},
                  {7, 0.031},
                  {8, 0.749},
                  {11, 0.002},
                  {15, 0.002},
                  {16, 0.003},
                  {17, 0.003},
                  {19, 0.002}}},
    [FX_ADIPOSE] = {"adipose",
                    0.95,
                    {{1, 0.114}, {6, 0.598}, {7, 0.007}, {8, 0.278}, {11, 0.001}, {16, 0.001}, {17, 0.001}}},
    [FX_SOFT_TISSUE] = {"soft_tissue",
                        1.06,
                        {{1, 0.102},
                         {6, 0.143},
                         {7, 0.034},
                         {8, 0.708},
                         {11, 0.002},
                         {15, 0.003},
                         {16, 0.003},
                         {17, 0.002},
                         {19, 0.003}}},
    [FX_MUSCLE] = {"muscle",
                   1.05,
                   {{1, 0.102},
                    {6, 0.143},
                    {7, 0.034},
                    {8, 0.710},
                    {11, 0.001},
                    {15, 0.002},
                    {16, 0.003},
                    {17, 0.001},
                    {19, 0.004}}},
    [FX_BLOOD] = {"blood",
                  1.06,
                  {{1, 0.102},
                   {6, 0.110},
                   {7, 0.033},
                   {8, 0.745},
                   {11, 0.001},
                   {15, 0.001},
                   {16, 0.002},
                   {17, 0.003},
                   {19, 0.002},
                   {26, 0.001}}},
    /* 1.06 g of blood and 0.03 g of iodine: contrast medium of 300 mg/mL, diluted tenfold. */
    [FX_CONTRAST_BLOOD] = {"contrast_blood",
                           1.09,
                           {{1, 0.102 * 1.06 / 1.09},
                            {6, 0.110 * 1.06 / 1.09},
                            {7, 0.033 * 1.06 / 1.09},
                            {8, 0.745 * 1.06 / 1.09},
                            {11, 0.001 * 1.06 / 1.09},
                            {15, 0.001 * 1.06 / 1.09},
                            {16, 0.002 * 1.06 / 1.09},
                            {17, 0.003 * 1.06 / 1.09},
                            {19, 0.002 * 1.06 / 1.09},
                            {26, 0.001 * 1.06 / 1.09},
                            {53, 0.03 / 1.09}}},
    [FX_CARTILAGE] =
        {"cartilage",
         1.10,
         {{1, 0.096}, {6, 0.099}, {7, 0.022}, {8, 0.744}, {11, 0.005}, {15, 0.022}, {16, 0.009}, {17, 0.003}}},
    [FX_RED_MARROW] = {"red_marrow",
                       1.03,
                       {{1, 0.105},
                        {6, 0.414},
                        {7, 0.034},
                        {8, 0.439},
                        {15, 0.001},
                        {16, 0.002},
                        {17, 0.002},
                        {19, 0.002},
                        {26, 0.001}}},
    [FX_YELLOW_MARROW] = {"yellow_marrow",
                          0.98,
                          {{1, 0.115}, {6, 0.644}, {7, 0.007}, {8, 0.231}, {11, 0.001}, {16, 0.001}, {17, 0.001}}},
    [FX_TRABECULAR_BONE] = {"trabecular_bone",
                            1.18,
                            {{1, 0.085},
                             {6, 0.404},
                             {7, 0.028},
                             {8, 0.367},
                             {11, 0.001},
                             {12, 0.001},
                             {15, 0.034},
                             {16, 0.002},
                             {17, 0.002},
                             {19, 0.001},
                             {20, 0.074},
                             {26, 0.001}}},
    [FX_CORTICAL_BONE] = {"cortical_bone",
                          1.92,
                          {{1, 0.034},
                           {6, 0.155},
                           {7, 0.042},
                           {8, 0.435},
                           {11, 0.001},
                           {12, 0.002},
                           {15, 0.103},
                           {16, 0.003},
                           {20, 0.225}}},
    [FX_TITANIUM] = {"titanium", 4.43, {{13, 0.06}, {22, 0.90}, {23, 0.04}}},
    [FX_STAINLESS_STEEL] = {"stainless_steel",
                            8.0,
                            {{14, 0.01}, {24, 0.17}, {25, 0.02}, {26, 0.655}, {28, 0.12}, {42, 0.025}}},
    [FX_COBALT_CHROME] = {"cobalt_chrome", 8.3, {{14, 0.005}, {24, 0.28}, {25, 0.005}, {27, 0.65}, {42, 0.06}}},
    [FX_NITINOL] = {"nitinol", 6.45, {{22, 0.45}, {28, 0.55}}},
    [FX_PMMA] = {"pmma", 1.19, {{1, 0.080538}, {6, 0.599848}, {8, 0.319614}}},
    [FX_POLYETHYLENE] = {"polyethylene", 0.94, {{1, 0.143711}, {6, 0.856289}}},
    [FX_SILICONE] = {"silicone", 1.12, {{1, 0.0816}, {6, 0.3239}, {8, 0.2158}, {14, 0.3787}}},
    [FX_RADIOPAQUE_POLYMER] = {"radiopaque_polymer",
                               1.117,
                               {{1, 0.114969}, {6, 0.685031}, {8, 0.054842}, {16, 0.027474}, {56, 0.117684}}},
    [FX_IODINE] = {"iodine", 4.93, {{53, 1}}},
    [FX_ALUMINIUM] = {"aluminium", 2.699, {{13, 1}}},
    [FX_COPPER] = {"copper", 8.96, {{29, 1}}},
    [FX_TANTALUM] = {"tantalum", 16.65, {{73, 1}}},
    [FX_TUNGSTEN] = {"tungsten", 19.3, {{74, 1}}},
    [FX_CESIUM_IODIDE] = {"cesium_iodide", 4.51, {{53, 0.488451}, {55, 0.511549}}},
};

const char *fx_material_name(fx_material material)
{
    return recipes[material].name;
}

fsam_status fx_material_find(const char *name, fx_material *material)
{
    for (int i = 0; i < FX_MATERIALS; i++)
        if (strcmp(recipes[i].name, name) == 0) {
            *material = (fx_material)i;
            return FSAM_OK;
        }
    return fb_fail(FSAM_ERROR_ARGUMENT, "material: \"%s\" is not known", name);
}

double fx_material_density(fx_material material)
{
    return recipes[material].density;
}

/* One of xraylib's cross sections of an element, cm^2/g. */
typedef double cross_section(int z, double kev, xrl_error **error);

static fsam_status mix(fx_material material, double kev, cross_section *of_element, double *cm2_per_g)
{
    const material_recipe *recipe = &recipes[material];
    if (!(kev >= FX_LOWEST_KEV && kev <= FX_HIGHEST_KEV))
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: energy: %g keV is not in %d .. %d", recipe->name, kev,
                       (int)FX_LOWEST_KEV, (int)FX_HIGHEST_KEV);
    *cm2_per_g = 0;
    for (int i = 0; i < FX_MOST_ELEMENTS && recipe->part[i].z > 0; i++) {
        xrl_error *error = NULL;
        *cm2_per_g += recipe->part[i].fraction * of_element(recipe->part[i].z, kev, &error);
        if (error == NULL) continue;
        const fsam_status status = fb_fail(FSAM_ERROR_INTERNAL, "%s: xraylib: %s", recipe->name, error->message);
        xrl_error_free(error);
        return status;
    }
    return FSAM_OK;
}

fsam_status fx_material_attenuation(fx_material material, double kev, double *cm2_per_g)
{
    return mix(material, kev, CS_Total, cm2_per_g);
}

fsam_status fx_material_energy_absorption(fx_material material, double kev, double *cm2_per_g)
{
    return mix(material, kev, CS_Energy, cm2_per_g);
}

int fx_material_edges(fx_material material, double kev[FX_MOST_ELEMENTS])
{
    int count = 0;
    for (int i = 0; i < FX_MOST_ELEMENTS && recipes[material].part[i].z > 0; i++) {
        const double edge = EdgeEnergy(recipes[material].part[i].z, K_SHELL, NULL);
        if (edge >= FX_LOWEST_KEV && edge <= FX_HIGHEST_KEV) kev[count++] = edge; /* elements rise, and so do edges */
    }
    return count;
}
