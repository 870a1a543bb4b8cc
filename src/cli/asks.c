#include "cli/asks.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SLUG_ROOM = 64, SLUG_LONGEST = 60 };

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "prompts: out of memory");
}

/* ---- names ---- */

static bool continues(unsigned char byte) /* a character of UTF-8 */
{
    return (byte & 0xc0u) == 0x80;
}

void cli_slug(const char *text, char slug[64])
{
    const unsigned char *at = (const unsigned char *)text;
    size_t used = 0;
    bool gap = false;
    for (; *at != '\0' && used < SLUG_LONGEST; at++) {
        bool keep = *at >= 0x80 || isalnum(*at);
        if (keep && gap && used > 0) slug[used++] = '-';
        gap = !keep;
        if (keep) slug[used++] = (char)(*at < 0x80 ? tolower(*at) : *at);
    }
    if (continues(*at)) { /* the end cut a character in two: it goes altogether */
        while (used > 0 && continues((unsigned char)slug[used - 1])) used--;
        if (used > 0) used--;
    }
    slug[used] = '\0';
    if (used == 0) memcpy(slug, "text", sizeof "text");
}

/* ---- values ---- */

bool cli_is_blank(const char *text)
{
    while (isspace((unsigned char)*text)) text++;
    return *text == '\0';
}

/* Reads `count` finite numbers separated by commas; *rest is what follows them. */
static bool numbers(const char *text, double *value, int count, const char **rest)
{
    for (int i = 0; i < count; i++) {
        char *end;
        if (i > 0 && *text++ != ',') return false;
        value[i] = strtod(text, &end);
        if (end == text || !isfinite(value[i])) return false;
        text = end;
    }
    *rest = text;
    return true;
}

static fsam_status parse_point(const char *text, fsam_point *point)
{
    double at[2];
    const char *rest;
    bool good = numbers(text, at, 2, &rest);
    bool minus = good && strcmp(rest, ",-") == 0;
    if (!good || (*rest != '\0' && !minus && strcmp(rest, ",+") != 0))
        return fb_fail(FSAM_ERROR_ARGUMENT, "--point: '%s' is no X,Y or X,Y,+ or X,Y,-", text);
    *point = (fsam_point){at[0], at[1], !minus};
    return FSAM_OK;
}

static fsam_status parse_box(const char *text, double box[4])
{
    const char *rest;
    if (!numbers(text, box, 4, &rest) || *rest != '\0')
        return fb_fail(FSAM_ERROR_ARGUMENT, "--box: '%s' is no X0,Y0,X1,Y1", text);
    if (box[0] > box[2] || box[1] > box[3])
        return fb_fail(FSAM_ERROR_ARGUMENT, "--box: '%s' ends before it begins (X0,Y0,X1,Y1)", text);
    return FSAM_OK;
}

/* ---- prompts ---- */

const char *cli_ask_name(const cli_ask *ask)
{
    return ask->text != NULL ? ask->text : ask->id;
}

void cli_ask_free(cli_ask *ask)
{
    free(ask->text);
    free(ask->points);
    free(ask->mask);
    *ask = (cli_ask){0};
}

/* What a prompt without a text is called. */
static void kinds_of(const cli_ask *ask, char name[SLUG_ROOM])
{
    snprintf(name, SLUG_ROOM, "%s%s%s", ask->point_count > 0 ? "-points" : "", ask->has_box ? "-box" : "",
             ask->mask != NULL ? "-mask" : "");
    memmove(name, name + 1, strlen(name));
}

/* "overlay" is taken beforehand: it is the name of the picture of all answers. */
static const char *claim_id(cli_asks *asks, const char *slug)
{
    if (asks->count == 0 && cli_names_claim(&asks->ids, "overlay") == NULL) return NULL;
    return cli_names_claim(&asks->ids, slug);
}

fsam_status cli_asks_add(cli_asks *asks, const cli_ask *ask, const char *name)
{
    cli_ask added = *ask;
    char slug[SLUG_ROOM];
    if (name == NULL) name = ask->text;
    if (name != NULL)
        cli_slug(name, slug);
    else
        kinds_of(ask, slug);
    cli_ask *item = realloc(asks->item, (asks->count + 1) * sizeof *item);
    if (item != NULL) asks->item = item;
    if (item == NULL || (added.id = claim_id(asks, slug)) == NULL) {
        cli_ask_free(&added);
        return exhausted();
    }
    asks->item[asks->count++] = added;
    return FSAM_OK;
}

static fsam_status fill_ask(const cli_ask_words *words, const char *text, cli_ask *ask)
{
    if (text != NULL && cli_is_blank(text)) return fb_fail(FSAM_ERROR_ARGUMENT, "--text: '%s' is empty", text);
    if (text != NULL && (ask->text = strdup(text)) == NULL) return exhausted();
    if (words->mask != NULL && (ask->mask = strdup(words->mask)) == NULL) return exhausted();
    if (words->points.count > 0) {
        ask->points = calloc(words->points.count, sizeof *ask->points);
        if (ask->points == NULL) return exhausted();
    }
    for (size_t i = 0; i < words->points.count; i++) FB_TRY(parse_point(words->points.item[i], &ask->points[i]));
    ask->point_count = words->points.count;
    ask->has_box = words->box != NULL;
    return ask->has_box ? parse_box(words->box, ask->box) : FSAM_OK;
}

static fsam_status add_text(cli_asks *asks, const cli_ask_words *words, const char *text)
{
    cli_ask ask = {0};
    fsam_status status = fill_ask(words, text, &ask);
    if (status == FSAM_OK) return cli_asks_add(asks, &ask, NULL);
    cli_ask_free(&ask);
    return status;
}

fsam_status cli_asks_add_words(cli_asks *asks, const cli_ask_words *words)
{
    const bool more = words->points.count > 0 || words->box != NULL || words->mask != NULL;
    if (words->texts.count == 0 && more) return add_text(asks, words, NULL);
    for (size_t i = 0; i < words->texts.count; i++) FB_TRY(add_text(asks, words, words->texts.item[i]));
    return FSAM_OK;
}

void cli_asks_free(cli_asks *asks)
{
    for (size_t i = 0; i < asks->count; i++) cli_ask_free(&asks->item[i]);
    free(asks->item);
    cli_names_free(&asks->ids);
    *asks = (cli_asks){0};
}
