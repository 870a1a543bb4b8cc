/* phantom_tissue.c - what each part of the analytic phantom is made of, from its surface inwards. */
#include "volume/phantom_internal.h"

#include "volume/synthesize.h"
#include <string.h>

/* Tissues that have no label. */
static const struct {
    const char *name;
    fv_layers layers;
} unlabelled[] = {
    {"(body)", {3, {{0, 10, 10}, {2, -100, 12}, {11, 52, 10}}}}, /* skin, fat, muscle */
    {"(cavity)", {1, {{0, -95, 12}}}},                           /* fat between the organs */
    {"(soft)", {1, {{0, 40, 8}}}},
    {"(air)", {1, {{0, FV_HU_AIR, 0}}}},
};

/* How thick the dense shell of a bone is, mm: 1 where nothing else is said. */
static const struct {
    const char *start;
    double mm;
} cortices[] = {{"femur", 4.5}, {"tibia", 4}, {"humerus", 3.5},    {"fibula", 2.5},    {"radius", 2.2},
                {"ulna", 2.2},  {"skull", 2}, {"metatarsal", 1.6}, {"metacarpal", 1.6}};

static fv_layers layers_of(const fb_structure *category)
{
    const fv_structure structure = {.name = (char *)category->name, .category = category};
    const fv_tissue tissue = fv_tissue_of(&structure);
    fv_layers layers = {1, {{0, tissue.shell_hu, tissue.texture_hu}}};
    if (tissue.shell_hu == tissue.hu) return layers;
    layers.count = 2;
    layers.layer[1] = (fv_layer){1, tissue.hu, tissue.texture_hu};
    for (size_t i = 0; i < sizeof cortices / sizeof *cortices; i++)
        if (strncmp(category->name, cortices[i].start, strlen(cortices[i].start)) == 0)
            layers.layer[1].depth_mm = cortices[i].mm;
    return layers;
}

bool fv_phantom_tissue(const char *name, const fb_structure **category, fv_layers *layers)
{
    *category = NULL;
    for (size_t i = 0; i < sizeof unlabelled / sizeof *unlabelled; i++) {
        if (strcmp(name, unlabelled[i].name) != 0) continue;
        *layers = unlabelled[i].layers;
        return true;
    }
    *category = fb_category_find(name);
    if (*category == NULL) return false;
    *layers = layers_of(*category);
    return true;
}
