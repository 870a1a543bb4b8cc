#include "train/source_set_texts.h"

#include "scene/fields.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utf8proc.h>

static fsam_status no_memory(const char *where)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
}

void fr_words_free(fr_words *words)
{
    free(words->file);
    free(words->word);
    *words = (fr_words){0};
}

/* Cuts blanks off both ends, in place. */
static char *trim(char *text)
{
    text += strspn(text, " \t\r");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r", text[length - 1]) != NULL) text[--length] = '\0';
    return text;
}

static bool is_utf8(const char *text)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
    while (*at != 0) {
        utf8proc_int32_t character;
        const utf8proc_ssize_t used = utf8proc_iterate(at, -1, &character);
        if (used <= 0) return false;
        at += used;
    }
    return true;
}

static fsam_status take_line(char *line, const char *where, size_t number, fr_words *words)
{
    char *tab = strchr(line, '\t');
    if (tab != NULL) *tab = '\0';
    const char *category = tab != NULL ? trim(line) : "", *text = trim(tab != NULL ? tab + 1 : line);
    if (text[0] == '\0') return fb_fail(FSAM_ERROR_FORMAT, "%s:%zu: a category without a text", where, number);
    if (strlen(text) > FR_WORDS_TEXT)
        return fb_fail(FSAM_ERROR_FORMAT, "%s:%zu: a text of more than %d bytes", where, number, FR_WORDS_TEXT);
    if (!is_utf8(text) || !is_utf8(category)) return fb_fail(FSAM_ERROR_FORMAT, "%s:%zu: no UTF-8", where, number);
    words->word[words->count++] = (fr_word){category, text};
    return FSAM_OK;
}

static fsam_status take_lines(const char *where, fr_words *words)
{
    size_t lines = 1, number = 1;
    for (const char *at = words->file; *at != '\0'; at++) lines += *at == '\n';
    words->word = calloc(lines, sizeof *words->word);
    if (words->word == NULL) return no_memory(where);
    for (char *line = words->file; line != NULL; number++) {
        char *next = strchr(line, '\n');
        if (next != NULL) *next++ = '\0';
        const size_t blank = strspn(line, " \t\r");
        if (line[blank] != '\0' && line[blank] != '#') FB_TRY(take_line(line, where, number, words));
        line = next;
    }
    return FSAM_OK;
}

/* Takes the text over, also on failure. */
static fsam_status parse(char *text, const char *where, fr_words *words)
{
    *words = (fr_words){.file = text};
    const fsam_status status = take_lines(where, words);
    if (status != FSAM_OK) fr_words_free(words);
    return status;
}

fsam_status fr_words_parse(const char *text, const char *where, fr_words *words)
{
    char *copy = strdup(text);
    *words = (fr_words){0};
    return copy != NULL ? parse(copy, where, words) : no_memory(where);
}

fsam_status fr_words_read(const char *path, fr_words *words)
{
    char *text;
    *words = (fr_words){0};
    if (access(path, F_OK) != 0) return FSAM_OK;
    FB_TRY(fs_text_read(path, FR_WORDS_BYTES, &text));
    return parse(text, path, words);
}

fsam_status fr_words_of(const fr_words *words, const char *category, char **lines)
{
    size_t size = 0;
    bool any = false;
    *lines = NULL;
    FILE *out = open_memstream(lines, &size);
    if (out == NULL) return no_memory(category);
    for (size_t i = 0; i < words->count; i++) {
        const fr_word *word = &words->word[i];
        if (word->category[0] != '\0' && strcmp(word->category, category) != 0) continue;
        fprintf(out, "%s%s", any ? "\n" : "", word->text);
        any = true;
    }
    const bool whole = fclose(out) == 0;
    if (whole && any) return FSAM_OK;
    free(*lines);
    *lines = NULL;
    return whole ? FSAM_OK : no_memory(category);
}
