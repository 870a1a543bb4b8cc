#include "text/suggestions.h"

#include "base/file.h"
#include "base/json.h"
#include "text/sides.h"
#include "text/texts_internal.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- what is asked ---- */

fsam_status fw_suggestions_request(const fw_texts *texts, const char *name, char **request)
{
    enum { EXAMPLES = 12 };
    fw_variations known;
    size_t size;
    *request = NULL;
    FILE *out = open_memstream(request, &size);
    if (out == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", name);
    const fsam_status status = fw_variations_of(texts, name, &known);
    if (status == FSAM_OK) {
        fprintf(out,
                "People ask a program to outline structures in X-ray images. Write 30 different ways in which they may "
                "ask for this one: %s.\nMix clinical and lay terms, abbreviations, questions and commands, and typing "
                "mistakes, in British and American spelling. Use at most %d characters each. Left and right are the "
                "patient's: where the structure has a side, every text must say it. Do not name anything else.\n"
                "Answer with a JSON array of objects {\"kind\": \"clinical|lay|abbreviation|question|command|typo\", "
                "\"text\": \"...\"} and nothing else. Known already, among others:\n",
                known.item[0].text, FW_LONGEST_SUGGESTION);
        for (size_t i = 0; i < EXAMPLES && i < known.count; i++)
            fprintf(out, "- %s\n", known.item[i * known.count / EXAMPLES % known.count].text);
    }
    fw_variations_free(&known);
    if (fclose(out) == 0 && status == FSAM_OK) return FSAM_OK;
    free(*request);
    *request = NULL;
    return status != FSAM_OK ? status : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", name);
}

/* ---- what may be used ---- */

/* All variations of all names, sorted without regard to case. */
typedef struct known_texts {
    fw_variations *list; /* one a name */
    const char **text;
    size_t names, count;
} known_texts;

static int compare_texts(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

static void known_free(known_texts *known)
{
    for (size_t i = 0; known->list != NULL && i < known->names; i++) fw_variations_free(&known->list[i]);
    free(known->list);
    free(known->text);
}

static fsam_status known_open(const fw_texts *texts, known_texts *known)
{
    *known = (known_texts){.names = texts->count, .list = calloc(texts->count, sizeof *known->list)};
    if (known->list == NULL) return fb_fail(FSAM_ERROR_MEMORY, "out of memory for the known texts");
    size_t all = 0, put = 0;
    for (size_t i = 0; i < known->names; i++) {
        FB_TRY(fw_variations_of(texts, texts->entry[i].key, &known->list[i]));
        all += known->list[i].count;
    }
    known->text = calloc(all, sizeof *known->text);
    if (known->text == NULL) return fb_fail(FSAM_ERROR_MEMORY, "out of memory for the known texts");
    known->count = all;
    for (size_t i = 0; i < known->names; i++)
        for (size_t k = 0; k < known->list[i].count; k++) known->text[put++] = known->list[i].item[k].text;
    qsort(known->text, all, sizeof *known->text, compare_texts);
    return FSAM_OK;
}

/* "c6" of "vertebrae_C6"; "" of others. out: 8 bytes. */
static void level_of(const char *name, char *out)
{
    static const char stem[] = "vertebrae_";
    out[0] = '\0';
    if (strncmp(name, stem, sizeof stem - 1) != 0 || strlen(name) > sizeof stem + 3) return;
    const char *level = name + sizeof stem - 1;
    if (!isdigit((unsigned char)level[1])) return;
    snprintf(out, 8, "%c%s", tolower((unsigned char)level[0]), level + 1);
}

static bool is_level(const char *word)
{
    return strchr("ctls", word[0]) != NULL && word[1] != '\0' && word[1 + strspn(word + 1, "0123456789")] == '\0';
}

/* A category with a number in its name must be given no other, and none a vertebra's level that is not its own. */
static bool has_other_number(const fw_name *name, const char *text)
{
    char level[8], word[32];
    level_of(name->name, level);
    const size_t digits = strcspn(name->name, "0123456789");
    const int number = atoi(name->name + digits);
    if (name->kind != FW_CATEGORY) return false;
    while (*text != '\0') {
        size_t length = 0;
        for (; isalnum((unsigned char)text[length]); length++)
            if (length < sizeof word - 1) word[length] = (char)tolower((unsigned char)text[length]);
        word[length < sizeof word ? length : sizeof word - 1] = '\0';
        const int said = fw_number_of(word);
        if (length > 0 && is_level(word) && strcmp(word, level) != 0) return true;
        if (number > 0 && ((said > 0 && said != number) || (isdigit((unsigned char)word[0]) && said == 0))) return true;
        text += length > 0 ? length : 1;
    }
    return false;
}

static bool is_refusal(const char *text)
{
    static const char *const said[] = {"sorry",     "as an ai",   "language model", "i can't", "i cannot",
                                       "i can not", "can't help", "unable to",      "assist",  NULL};
    for (size_t i = 0; said[i] != NULL; i++)
        if (strcasestr(text, said[i]) != NULL) return true;
    return false;
}

static bool has_other_side(const fw_name *name, const char *text)
{
    const fw_sides sides = fw_sides_in(text);
    return (sides.left > 0) != (name->side == FB_SIDE_LEFT) || (sides.right > 0) != (name->side == FB_SIDE_RIGHT);
}

/* Why a text cannot be a variation of `name`; NULL: it can. */
static const char *fault_of(const fw_name *name, const known_texts *known, const char *text)
{
    size_t at;
    const size_t length = strlen(text);
    if (length < 2 || length > FW_LONGEST_SUGGESTION) return "too short or too long";
    if (fw_line_fault(text, &at) != NULL || strchr(text, '\t') != NULL) return "not a line of UTF-8";
    if (strpbrk(text, "{}") != NULL) return "has braces";
    if (is_refusal(text)) return "a refusal";
    if (has_other_side(name, text)) return "not this side";
    if (has_other_number(name, text)) return "another number";
    if (bsearch(&text, known->text, known->count, sizeof *known->text, compare_texts) != NULL) return "known already";
    const fb_named named = fb_structure_named(text);
    if (named.structure != NULL && named.structure->id > 0 && strcmp(named.structure->name, name->name) != 0)
        return "names another structure";
    return NULL;
}

/* ---- the answer ---- */

typedef struct reading {
    const fw_name *name;
    known_texts known;
    fw_variations *list;
    fw_suggestion_tally *tally;
} reading;

static bool is_taken(const fw_variations *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcasecmp(list->item[i].text, text) == 0) return true;
    return false;
}

static fsam_status take(const reading *r, const char *text, fw_text_kind kind)
{
    const char *fault = is_taken(r->list, text) ? "given twice" : fault_of(r->name, &r->known, text);
    if (fault != NULL) {
        r->tally->refused++;
        r->tally->fault = fault;
        return FSAM_OK;
    }
    fw_variation *item = realloc(r->list->item, (r->list->count + 1) * sizeof *item);
    if (item != NULL) r->list->item = item;
    char *copy = item != NULL ? strdup(text) : NULL;
    if (copy == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", r->name->name);
    item[r->list->count++] = (fw_variation){.text = copy, .kind = kind};
    r->tally->taken++;
    return FSAM_OK;
}

static fw_text_kind kind_by_form(const char *text)
{
    const size_t length = strlen(text);
    return length > 0 && text[length - 1] == '?' ? FW_QUESTION : FW_LAY;
}

static fsam_status take_item(const reading *r, const json_t *item)
{
    const char *text = json_string_value(json_is_object(item) ? json_object_get(item, "text") : item);
    const char *said = json_string_value(json_object_get(item, "kind"));
    fw_text_kind kind;
    if (text == NULL) text = ""; /* refused as too short */
    if (said == NULL || !fw_text_kind_find(said, &kind) || kind == FW_PLAIN) kind = kind_by_form(text);
    return take(r, text, kind);
}

/* Cuts the marks of a list and quotation marks off a line; the result lies in it. */
static char *bare_line(char *line)
{
    line += strspn(line, " \t");
    const size_t digits = strspn(line, "0123456789");
    if (digits > 0 && (line[digits] == '.' || line[digits] == ')') && line[digits + 1] == ' ') line += digits + 1;
    if ((*line == '-' || *line == '*') && line[1] == ' ') line++;
    line += strspn(line, " \t\"");
    size_t length = strlen(line);
    while (length > 0 && strchr(" \t\r\",", line[length - 1]) != NULL) line[--length] = '\0';
    return line;
}

static fsam_status take_lines(const reading *r, char *text)
{
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        line = bare_line(line);
        if (line[0] != '\0' && strncmp(line, "```", 3) != 0) FB_TRY(take(r, line, kind_by_form(line)));
    }
    return FSAM_OK;
}

/* The JSON array in the text, from its first '[' to its last ']'; NULL: there is none. */
static json_t *array_in(const char *text)
{
    const char *begin = strchr(text, '['), *end = strrchr(text, ']');
    if (begin == NULL || end == NULL || end < begin) return NULL;
    const size_t most = (size_t)32 << 20, length = (size_t)(end - begin) + 1;
    json_t *array = fb_json_cost(begin, length) <= most ? json_loadb(begin, length, 0, NULL) : NULL;
    return array;
}

static fsam_status read_answer(const reading *r, const char *answer)
{
    fsam_status status = FSAM_OK;
    json_t *array = array_in(answer);
    if (array != NULL) {
        for (size_t i = 0; status == FSAM_OK && i < json_array_size(array); i++)
            status = take_item(r, json_array_get(array, i));
        json_decref(array);
        return status;
    }
    char *copy = strdup(answer);
    if (copy == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", r->name->name);
    status = take_lines(r, copy);
    free(copy);
    return status;
}

fsam_status fw_suggestions_read(const fw_texts *texts, const char *name, const char *answer, fw_variations *list,
                                fw_suggestion_tally *tally)
{
    reading r = {.name = fw_name_find(texts, name), .list = list, .tally = tally};
    *list = (fw_variations){0};
    *tally = (fw_suggestion_tally){0};
    if (r.name == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "%s: no such category, group or tool", name);
    fsam_status status = known_open(texts, &r.known);
    if (status == FSAM_OK) status = read_answer(&r, answer);
    known_free(&r.known);
    return status;
}

/* ---- the file ---- */

/* Owned (free): the blocks to add. */
static char *new_blocks(const char *const *names, const fw_variations *lists, size_t count, bool newline, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    if (out == NULL) return NULL;
    if (newline) putc('\n', out);
    for (size_t i = 0; i < count; i++) {
        if (lists[i].count > 0) fprintf(out, "\n[%s]\n", names[i]);
        for (size_t k = 0; k < lists[i].count; k++)
            fprintf(out, "text %s: %s\n", fw_text_kind_name(lists[i].item[k].kind), lists[i].item[k].text);
    }
    if (fclose(out) == 0) return text;
    free(text);
    return NULL;
}

static fsam_status append(const char *path, const fb_map *old, const char *text, size_t size)
{
    fb_writer *writer;
    FB_TRY(fb_writer_open(path, true, &writer));
    fsam_status status = old->size > 0 ? fb_writer_write(writer, old->data, old->size) : FSAM_OK;
    if (status == FSAM_OK) status = fb_writer_write(writer, text, size);
    if (status == FSAM_OK) return fb_writer_commit(writer);
    fb_writer_abort(writer);
    return status;
}

fsam_status fw_suggestions_append(const char *path, bool exists, const char *const *names, const fw_variations *lists,
                                  size_t count)
{
    fb_map old = {0};
    size_t size;
    if (exists) FB_TRY(fb_map_open(path, &old));
    char *text = new_blocks(names, lists, count, old.size > 0 && old.data[old.size - 1] != '\n', &size);
    const fsam_status status =
        text != NULL ? append(path, &old, text, size) : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    free(text);
    fb_map_close(&old);
    return status;
}
