/* status.c - what failed, and which version this is. */
#include "base/status.h"

const char *fsam_last_error(void)
{
    return fb_message();
}

const char *fsam_version(void)
{
    return FSAM_VERSION;
}
