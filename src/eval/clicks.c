#include "eval/clicks.h"

#include <stddef.h>

/* What can be clicked: errors, or when there are none the truth, or when that is empty all. */
typedef enum ground { GROUND_ERRORS, GROUND_TRUTH, GROUND_ALL } ground;

static bool is_on(ground on, bool predicted, bool there)
{
    return on == GROUND_ERRORS ? predicted != there : on == GROUND_ALL || there;
}

void fe_click_draw(const uint8_t *prediction, const uint8_t *truth, int width, int height, fb_random *random, int *x,
                   int *y, bool *foreground)
{
    size_t pixels = (size_t)width * (size_t)height, count[] = {0, 0, pixels}, pixel = 0;
    for (size_t i = 0; i < pixels; i++) {
        count[GROUND_ERRORS] += is_on(GROUND_ERRORS, prediction[i] != 0, truth[i] != 0);
        count[GROUND_TRUTH] += truth[i] != 0;
    }
    ground on = count[GROUND_ERRORS] > 0 ? GROUND_ERRORS : count[GROUND_TRUTH] > 0 ? GROUND_TRUTH : GROUND_ALL;
    size_t which = fb_random_below(random, (uint32_t)count[on]);
    while (!is_on(on, prediction[pixel] != 0, truth[pixel] != 0) || which-- > 0) pixel++;
    *x = (int)(pixel % (size_t)width);
    *y = (int)(pixel / (size_t)width);
    *foreground = truth[pixel] != 0;
}
