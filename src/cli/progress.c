#include "cli/progress.h"

#include "cli/safe_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool shown;

void cli_progress_start(bool wanted)
{
    shown = wanted && isatty(STDERR_FILENO) == 1;
}

static const char wipe[] = "\r\033[K";
static char line[512]; /* the last one shown */

static void show(const char *text)
{
    if (!shown) return;
    fputs(wipe, stderr);
    fputs(text, stderr);
    fflush(stderr);
}

void cli_progress(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    show(line);
}

void cli_progress_clear(void)
{
    show("");
}

void cli_progress_again(void)
{
    show(line);
}

/* ---- the bar ---- */

static void format_duration(double seconds, char *text, size_t room)
{
    const long whole = (long)(seconds + 0.5);
    if (whole < 60)
        snprintf(text, room, "%ld s", whole);
    else if (whole < 3600)
        snprintf(text, room, "%ld min %02ld s", whole / 60, whole % 60);
    else
        snprintf(text, room, "%ld h %02ld min", whole / 3600, whole / 60 % 60);
}

/* Ends the UTF-8 text after `columns` characters. */
static void cut(char *text, size_t columns)
{
    for (; *text != '\0'; text++) {
        if (((unsigned char)*text & 0xc0u) == 0x80) continue;
        if (columns-- == 0) break;
    }
    *text = '\0';
}

void cli_bar_format(const cli_bar *bar, size_t columns, char *out, size_t room)
{
    enum { CELLS = 20 };
    static const char full[] = "####################", none[] = "....................";
    const size_t cells = bar->total > 0 ? bar->done * CELLS / bar->total : CELLS;
    const char *slash = strrchr(bar->current, '/');
    char name[256], rate[96] = "";
    cli_safe_text(slash != NULL ? slash + 1 : bar->current, name, sizeof name);
    if (bar->done > 0) {
        const double each = bar->seconds / (double)bar->done;
        char left[48];
        format_duration(each * (double)(bar->total - bar->done), left, sizeof left);
        snprintf(rate, sizeof rate, each < 0.95 ? ", %.2f s each, %s left" : ", %.1f s each, %s left", each, left);
    }
    snprintf(out, room, "[%.*s%.*s] %zu of %zu%s: %s", (int)cells, full, (int)(CELLS - cells), none, bar->done,
             bar->total, rate, name);
    cut(out, columns);
}

void cli_progress_bar(const cli_bar *bar)
{
    enum { USUAL = 80, ROOM = 512 };
    char text[ROOM];
    struct winsize size;
    if (!shown) return;
    size_t columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : USUAL;
    cli_bar_format(bar, columns - 1, text, sizeof text); /* a full line would move the cursor to the next */
    cli_progress("%s", text);
}
