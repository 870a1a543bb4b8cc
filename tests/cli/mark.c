/* mark.c - what the picture of mark.h shows at each pixel, whatever file it is in. */
#include "mark.h"

int mark_level(int x, int y)
{
    for (size_t i = 0; i < MARK_PATCHES; i++) {
        const mark_patch *patch = &mark_patches[i];
        if (x >= patch->left && x < patch->left + patch->width && y >= patch->top && y < patch->top + patch->height)
            return patch->level;
    }
    return MARK_GROUND;
}

mark_layout mark_layout_of(bool turned)
{
    return (mark_layout){
        .width = turned ? MARK_HEIGHT : MARK_WIDTH, .height = turned ? MARK_WIDTH : MARK_HEIGHT, .turned = turned};
}

int mark_stored(const mark_layout *layout, int x, int y)
{
    return layout->turned ? mark_level(MARK_WIDTH - 1 - y, x) : mark_level(x, y);
}

void mark_colour(int level, unsigned char rgb[3])
{
    rgb[0] = (unsigned char)(level + 40);
    rgb[1] = (unsigned char)(level - 25);
    rgb[2] = (unsigned char)(level + 24);
}
