#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

static _Thread_local char last_message[512];

#undef fb_fail /* what the analyser sees of it */
fsam_status fb_fail(fsam_status code, const char *format, ...)
{
    char line[sizeof last_message];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    /* A name taken from a hostile file must not be able to drive the reader's terminal. */
    size_t i = 0;
    for (; line[i] != '\0'; i++) last_message[i] = (unsigned char)line[i] < 0x20 || line[i] == 0x7f ? '?' : line[i];
    last_message[i] = '\0';
    return code;
}

const char *fb_message(void)
{
    return last_message;
}

void fb_message_clear(void)
{
    last_message[0] = '\0';
}
