/* phantom_spine.c - vertebrae, sacrum, what fills the canal, and the ribs with their cartilages. */
#include "volume/phantom_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { RIBS = 12, RIB_POINTS = 14, CANAL_MM = 17 };

static const fv_vertebra vertebrae[] = {
    /* name  y   z    width depth height transverse spinous droops */
    {"C1", 22, 1578, 10, 4, 5, 40, 4, 0},         {"C2", 22, 1560, 11, 7, 9, 28, 16, 6},
    {"C3", 22, 1542, 11, 8, 6.5, 28, 14, 6},      {"C4", 23, 1526, 11.5, 8, 6.5, 28, 14, 7},
    {"C5", 26, 1510, 12, 8, 6.5, 29, 15, 8},      {"C6", 30, 1494, 12.5, 8.5, 6.5, 30, 19, 9},
    {"C7", 36, 1477, 13.5, 8.5, 7, 34, 26, 11},   {"T1", 42, 1457, 14, 9, 8, 38, 28, 18},
    {"T2", 47, 1436, 14, 9.5, 8.5, 35, 26, 22},   {"T3", 51, 1414, 14, 10, 9, 33, 25, 26},
    {"T4", 54, 1391, 14, 11, 9.5, 32, 24, 28},    {"T5", 57, 1368, 14, 11.5, 9.5, 32, 23, 30},
    {"T6", 58, 1344, 14.5, 12, 10, 32, 22, 30},   {"T7", 58, 1320, 15, 13, 10, 32, 22, 30},
    {"T8", 57, 1295, 15.5, 14, 10.5, 32, 22, 28}, {"T9", 54, 1270, 16.5, 14.5, 10.5, 31, 22, 24},
    {"T10", 50, 1244, 17.5, 15, 11, 29, 23, 18},  {"T11", 45, 1217, 19, 15.5, 11.5, 26, 24, 14},
    {"T12", 40, 1188, 20.5, 16, 12, 24, 25, 10},  {"L1", 35, 1157, 21.5, 16, 12.5, 38, 28, 8},
    {"L2", 31, 1125, 22, 16.5, 13, 41, 29, 8},    {"L3", 28, 1091, 23, 17, 13, 45, 30, 8},
    {"L4", 28, 1057, 24, 17, 13, 42, 28, 8},      {"L5", 33, 1024, 25, 17, 13, 46, 24, 8},
};
enum { VERTEBRAE = sizeof vertebrae / sizeof *vertebrae };

const fv_vertebra *fv_vertebra_find(const char *name)
{
    for (int i = 0; i < VERTEBRAE; i++)
        if (strcmp(vertebrae[i].name, name) == 0) return &vertebrae[i];
    return NULL;
}

/* A disc for the body; the arch about the canal, and the processes on it. */
static fsam_status add_vertebra(fv_phantom *phantom, const fv_vertebra *v)
{
    char name[32], both[32];
    snprintf(name, sizeof name, "vertebrae_%s", v->name);
    snprintf(both, sizeof both, "vertebrae_%s+", v->name);
    const double w = v->width, z = v->z, h = v->height, back = v->y + v->depth, rear = back + CANAL_MM + 3;
    const double thick = fmin(0.42 * h + 0.5, 5);
    const fv_row rows[] = {
        FV_BALL(name, 0, v->y, z, w, v->depth, 3 * h, .cut = {{0, 0, 1}, z - h, z + h}),
        {.name = both,
         .point = {{0.62 * w, back - 3, z + 0.3 * h, thick},
                   {12, back + 9, z + 0.1 * h, thick},
                   {0, rear, z - 0.5 * h, thick}}},
        {.name = both,
         .point = {{13, back + 6, z, thick}, {v->transverse, back + (v->name[0] == 'T' ? 14 : 6), z, thick - 0.7}}},
        {.name = both, .point = {{14, back + 10, z + 0.9 * h, thick}, {14, back + 13, z - 1.2 * h, thick}}},
        {.name = name,
         .point = {{0, rear, z - 0.4 * h, thick}, {0, rear + v->spinous, z - 0.4 * h - v->droops, thick}}},
    };
    FB_TRY(fv_phantom_add(phantom, rows, sizeof rows / sizeof *rows));
    if (strcmp(v->name, "C2") != 0) return FSAM_OK;
    const fv_row dens = {.name = name, .point = {{0, v->y - 1, z + 8, 5}, {0, v->y + 3, z + 22, 4.5}}};
    return fv_phantom_add(phantom, &dens, 1);
}

static const fv_row sacrum[] = {
    {.name = "sacrum", .point = {{0, 66, 972, 44}, {0, 88, 935, 27}, {0, 92, 905, 14}}, .flat = 0.42},
    {.name = "sacrum+", .point = {{26, 62, 976, 15}, {38, 76, 948, 9}}},
    {.name = "sacrum", .point = {{0, 92, 905, 9}, {0, 86, 886, 6}, {0, 74, 872, 4}}},
    {.name = "sacrum", .point = {{0, 96, 975, 5}, {0, 108, 940, 4}}},
    {.name = "(soft)+", .point = {{14, 60, 958, 4}, {15, 84, 962, 4}}}, /* foramina */
    {.name = "(soft)+", .point = {{13, 70, 937, 3.5}, {14, 98, 938, 3.5}}},
    FV_BALL("vertebrae_S1", 0, 48, 994, 25, 17, 40, .cut = {{0, -0.45, 0.89}, 849, 876}),
    {.name = "vertebrae_S1+", .point = {{18, 56, 990, 13}, {40, 68, 984, 14}}},
    {.name = "vertebrae_S1", .point = {{0, 86, 988, 4}, {0, 98, 982, 4}}},
};

/* A tube through the vertebral canal from C1 down to the vertebra `last`, of one radius. */
static fsam_status add_through_canal(fv_phantom *phantom, const char *name, double radius, const char *last)
{
    for (const fv_vertebra *a = vertebrae, *b = a + 1; strcmp(a->name, last) != 0; a = b++) {
        const double ya = a->y + a->depth + 0.5 * CANAL_MM, yb = b->y + b->depth + 0.5 * CANAL_MM;
        const fv_row row = {.name = name, .point = {{0, ya, a->z, radius}, {0, yb, b->z, radius}}};
        FB_TRY(fv_phantom_add(phantom, &row, 1));
    }
    return FSAM_OK;
}

/* Discs about the bodies before, the canal and the cord after them. */
fsam_status fv_phantom_add_spine(fv_phantom *phantom)
{
    for (int i = 0; i + 1 < VERTEBRAE; i++) {
        const fv_vertebra *a = &vertebrae[i], *b = a + 1;
        const fv_row disc = {.name = "(soft)",
                             .point = {{0, a->y, a->z, a->width}, {0, b->y, b->z, b->width}},
                             .flat = a->depth / a->width};
        FB_TRY(fv_phantom_add(phantom, &disc, 1));
    }
    for (int i = 0; i < VERTEBRAE; i++) FB_TRY(add_vertebra(phantom, &vertebrae[i]));
    FB_TRY(fv_phantom_add(phantom, sacrum, sizeof sacrum / sizeof *sacrum));
    FB_TRY(add_through_canal(phantom, "(soft)", 7.5, "L5"));
    return add_through_canal(phantom, "spinal_cord", 5, "L2");
}

/* A rib runs on an ellipse about the chest, from its vertebra round to its front end, and sinks on the way. */
typedef struct rib {
    double width;     /* half that of the ellipse */
    double front;     /* y of its foremost point */
    double sinks;     /* from back to front, if it went all the way */
    double end_deg;   /* where it ends; 0 is the back, 180 the front */
    double sternum_z; /* where its cartilage meets the sternum; 0: the cartilage above; -1: has none */
} rib;

static const rib ribs[RIBS] = {
    {64, -62, 50, 152, 1410},   {90, -76, 75, 154, 1376},    {108, -86, 95, 152, 1352},   {119, -93, 108, 150, 1329},
    {127, -98, 118, 147, 1306}, {132, -101, 126, 143, 1284}, {135, -102, 134, 138, 1266}, {136, -100, 142, 130, 0},
    {134, -96, 150, 122, 0},    {129, -90, 155, 114, 0},     {121, -80, 150, 92, -1},     {110, -70, 120, 62, -1},
};

static void rib_place(int number, double degrees, double at[3])
{
    const rib *r = &ribs[number - 1];
    const fv_vertebra *v = fv_vertebra_find("T1") + number - 1;
    const double angle = degrees * M_PI / 180, back = v->y + v->depth + 34, half = 0.5 * (back - r->front);
    at[0] = 6 + (r->width - 6) * sin(angle);
    at[1] = r->front + half * (1 + cos(angle));
    at[2] = v->z + 2 - r->sinks * (0.5 - 0.5 * cos(angle)) * (0.6 + 0.4 * degrees / 180);
}

static fsam_status add_rib(fv_phantom *phantom, int number)
{
    const rib *r = &ribs[number - 1];
    const fv_vertebra *v = fv_vertebra_find("T1") + number - 1;
    char name[32];
    snprintf(name, sizeof name, "rib_*_%d", number);
    fv_row rows[RIB_POINTS];
    int count = 0;
    double last[4] = {v->width + 2, v->y + v->depth - 2, v->z + 4, 5}; /* the head, beside the body */
    for (int i = 0; i < RIB_POINTS; i++) {
        double next[4] = {0, 0, 0, 4.6 + 0.8 * i / RIB_POINTS};
        rib_place(number, 16 + (r->end_deg - 16) * i / (RIB_POINTS - 1), next);
        rows[count] = (fv_row){.name = name};
        memcpy(rows[count].point[0], last, sizeof last);
        memcpy(rows[count].point[1], next, sizeof next);
        memcpy(last, next, sizeof last);
        count++;
    }
    return fv_phantom_add(phantom, rows, (size_t)count);
}

static fsam_status add_cartilage(fv_phantom *phantom, int number)
{
    const rib *r = &ribs[number - 1];
    double from[3], to[3];
    rib_place(number, r->end_deg, from);
    if (r->sternum_z > 0) {
        to[0] = 17;
        to[1] = -62 - 27 * fmin(fmax((1408 - r->sternum_z) / 128, 0), 1);
        to[2] = r->sternum_z;
    } else { /* to the middle of the cartilage above */
        rib_place(number - 1, ribs[number - 2].end_deg, to);
        to[0] -= 14;
        to[1] -= 4;
        to[2] += 2;
    }
    const double low = r->sternum_z > 0 ? 0.35 * (from[2] - to[2]) : -4; /* it dips before it climbs */
    const fv_row row = {
        .name = "costal_cartilages+",
        .point = {{from[0], from[1], from[2], 6},
                  {0.6 * from[0] + 0.4 * to[0], 0.6 * from[1] + 0.4 * to[1] - 3, 0.6 * from[2] + 0.4 * to[2] + low, 6},
                  {to[0], to[1], to[2], 5}},
        .flat = 0.8};
    return fv_phantom_add(phantom, &row, 1);
}

fsam_status fv_phantom_add_ribs(fv_phantom *phantom)
{
    for (int number = 1; number <= RIBS; number++)
        if (ribs[number - 1].sternum_z >= 0) FB_TRY(add_cartilage(phantom, number));
    for (int number = 1; number <= RIBS; number++) FB_TRY(add_rib(phantom, number));
    return FSAM_OK;
}
