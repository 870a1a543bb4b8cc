#include "scene/shutters.h"

#include "scene/fields.h"
#include "scene/record.h"
#include <math.h>
#include <string.h>

#define TRANSMISSION 2e-5 /* of 2 mm of lead for a beam of 80 kV */

static const char *const names[FS_SHUTTER_SHAPES] = {
    [FS_SHUTTERS_RECTANGLE] = "rectangle", [FS_SHUTTERS_CIRCLE] = "circle", [FS_SHUTTERS_OCTAGON] = "octagon"};

const char *fs_shutter_shape_name(fs_shutter_shape shape)
{
    return names[shape];
}

/* ---- drawing ---- */

/* Sides of a half to nineteen twentieths of the picture's; some leave out the blades of one pair. */
static void draw_rectangle(int pixels, fb_random *random, fs_shutters *s)
{
    const double side = 0.5 * pixels;
    const bool pair = fb_random_uniform(random) < 1.0 / 3;
    const uint32_t open = fb_random_below(random, 2);
    const bool straight = fb_random_uniform(random) < 0.6;
    const double angle = fb_random_between(random, -20, 20);
    for (uint32_t i = 0; i < 2; i++) {
        const double half = side * fb_random_between(random, 0.5, 0.95);
        const double shift = 0.6 * (side - half) * fb_random_between(random, -1, 1);
        const bool wide = pair && i == open;
        s->half[i] = wide ? 2 * pixels : half;
        s->centre[i] += wide ? 0 : shift;
    }
    s->angle_deg = straight ? 0 : angle;
}

fs_shutters fs_shutters_draw(int pixels, fb_random *random)
{
    const double middle = 0.5 * (pixels - 1), side = 0.5 * pixels, kind = fb_random_uniform(random);
    fs_shutters s = {.shape = FS_SHUTTERS_RECTANGLE, .centre = {middle, middle}};
    if (kind < 0.7) {
        draw_rectangle(pixels, random, &s);
        return s;
    }
    s.shape = kind < 0.85 ? FS_SHUTTERS_CIRCLE : FS_SHUTTERS_OCTAGON;
    s.half[0] = s.half[1] = side * fb_random_between(random, 0.7, 1.05);
    for (int i = 0; i < 2; i++) s.centre[i] += 0.03 * side * fb_random_between(random, -1, 1);
    if (s.shape == FS_SHUTTERS_OCTAGON) s.angle_deg = fb_random_between(random, -22.5, 22.5);
    return s;
}

/* ---- the collimator ---- */

fx_collimator fs_shutters_collimator(const fs_shutters *shutters, int pixels, bool mirrored, double penumbra)
{
    fx_collimator c = {.centre_x = mirrored ? pixels - 1 - shutters->centre[0] : shutters->centre[0],
                       .centre_y = shutters->centre[1],
                       .half_width = INFINITY,
                       .half_height = INFINITY,
                       .angle_degrees = mirrored ? -shutters->angle_deg : shutters->angle_deg,
                       .radius = INFINITY,
                       .penumbra = penumbra,
                       .transmission = TRANSMISSION};
    if (shutters->shape == FS_SHUTTERS_CIRCLE) c.radius = shutters->half[0];
    if (shutters->shape == FS_SHUTTERS_RECTANGLE || shutters->shape == FS_SHUTTERS_OCTAGON) {
        c.half_width = shutters->half[0];
        c.half_height = shutters->half[1];
    }
    if (shutters->shape == FS_SHUTTERS_OCTAGON) c.half_diagonal = shutters->half[0];
    return c;
}

/* ---- records ---- */

json_t *fs_shutters_json(const fs_shutters *s)
{
    if (s->shape == FS_SHUTTERS_NONE) return json_null();
    return json_pack("{s:s, s:[f, f], s:[f, f], s:f}", "shape", names[s->shape], "centre", s->centre[0], s->centre[1],
                     "half", s->half[0], s->half[1], "angle_deg", s->angle_deg);
}

static fsam_status read_pair(const json_t *object, const char *where, const char *key, double low, double value[2])
{
    const json_t *list;
    FB_TRY(fs_field_array(object, where, key, 2, 2, &list));
    for (size_t i = 0; i < 2; i++) {
        const json_t *element = json_array_get(list, i);
        value[i] = json_number_value(element);
        if (!json_is_number(element) || !(value[i] >= low && value[i] <= 4.0 * FS_MOST_SIDE))
            return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\": element %zu is no number from %g to %d", where, key, i, low,
                           4 * FS_MOST_SIDE);
    }
    return FSAM_OK;
}

fsam_status fs_shutters_read(const json_t *object, const char *where, fs_shutters *shutters)
{
    const json_t *found = json_object_get(object, "shutters");
    const char *name;
    char place[FS_WHERE];
    *shutters = (fs_shutters){0};
    if (found == NULL || json_is_null(found)) return FSAM_OK;
    FB_TRY(fs_field_object(object, where, "shutters", &found));
    snprintf(place, sizeof place, "%s: shutters", where);
    FB_TRY(fs_field_text(found, place, "shape", &name));
    FB_TRY(read_pair(found, place, "centre", -4.0 * FS_MOST_SIDE, shutters->centre));
    FB_TRY(read_pair(found, place, "half", 0, shutters->half));
    FB_TRY(fs_field_number(found, place, "angle_deg", -360, 360, &shutters->angle_deg));
    for (fs_shutter_shape k = FS_SHUTTERS_RECTANGLE; k < FS_SHUTTER_SHAPES; k++)
        if (strcmp(name, names[k]) == 0) shutters->shape = k;
    if (shutters->shape != FS_SHUTTERS_NONE) return FSAM_OK;
    return fb_fail(FSAM_ERROR_FORMAT, "%s: \"shape\" is \"%s\", not rectangle, circle or octagon", place, name);
}
