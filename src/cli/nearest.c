/* nearest.c - which name a mistyped word may have meant. */
#include "cli/options.h"

#include <string.h>

enum { LONGEST = 40 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours that make b of a; LONGEST when either is too long. */
static int distance(const char *a, const char *b)
{
    int row[3][LONGEST + 1], *before = row[0], *last = row[1], *now = row[2];
    size_t rows = strlen(a), columns = strlen(b);
    if (rows > LONGEST || columns > LONGEST) return LONGEST;
    for (size_t j = 0; j <= columns; j++) last[j] = (int)j;
    for (size_t i = 1; i <= rows; i++) {
        now[0] = (int)i;
        for (size_t j = 1; j <= columns; j++) {
            now[j] = least(last[j] + 1, now[j - 1] + 1);
            now[j] = least(now[j], last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
        int *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[columns];
}

const char *cli_nearest(const char *word, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t length = strlen(word);
    int allowed = length < 4 ? 1 : length < 8 ? 2 : 3, shortest = LONGEST + 1;
    for (size_t i = 0; i < count; i++) {
        bool begins = length > 1 && strncmp(word, names[i], length) == 0; /* an abbreviation */
        int off = begins ? 1 : distance(word, names[i]);
        if (off > allowed || off >= shortest) continue;
        shortest = off;
        best = names[i];
    }
    return best;
}
