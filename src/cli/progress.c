#include "cli/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static bool shown;

void cli_progress_start(bool wanted)
{
    shown = wanted && isatty(STDERR_FILENO) == 1;
}

static const char wipe[] = "\r\033[K";

void cli_progress(const char *format, ...)
{
    if (!shown) return;
    va_list args;
    va_start(args, format);
    fputs(wipe, stderr);
    vfprintf(stderr, format, args);
    va_end(args);
    fflush(stderr);
}

void cli_progress_clear(void)
{
    if (!shown) return;
    fputs(wipe, stderr);
    fflush(stderr);
}
