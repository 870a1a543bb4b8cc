#include "scene/case.h"

#include <stdlib.h>

void fs_case_free(fs_case *c)
{
    for (int i = 0; c->source != NULL && i < c->sources; i++) free(c->source[i]);
    for (size_t i = 0; c->image != NULL && i < c->images; i++) free(c->image[i]);
    free(c->source);
    free(c->image);
    free(c->name);
    free(c->patient);
    free(c->licence);
    free(c->settings);
    *c = (fs_case){0};
}
