/* draw_mark KIND FILE - the picture of mark.h as a file of this kind, such as png-8, jpeg-turned, tiff-float, dicom-12.
 */
#include "mark.h"

#include <stdio.h>
#include <string.h>

static bool draw(const char *kind, const char *path)
{
    if (strncmp(kind, "png-", 4) == 0) return mark_draw_png(kind, path);
    if (strncmp(kind, "jpeg-", 5) == 0) return mark_draw_jpeg(kind, path);
    if (strncmp(kind, "tiff-", 5) == 0) return mark_draw_tiff(kind, path);
    if (strncmp(kind, "mask-", 5) == 0) return mark_draw_mask(kind, path);
    return mark_draw_dicom(kind, path);
}

int main(int count, char **word)
{
    if (count != 3) {
        fputs("usage: draw_mark KIND FILE\n", stderr);
        return 2;
    }
    if (draw(word[1], word[2])) return 0;
    fprintf(stderr, "draw_mark: %s: cannot be drawn as %s\n", word[2], word[1]);
    return 1;
}
