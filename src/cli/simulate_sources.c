#include "cli/simulate_sources.h"
#include "cli/safe_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXTS = 4 }; /* of a source: CT, labels, names, the case's name */

static fsam_status no_memory(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "--patient: out of memory");
}

/* Without the folder and all that follows the first dot. */
static void stem_of(const char *path, size_t length, char *out, size_t room)
{
    size_t start = length;
    while (start > 0 && path[start - 1] != '/') start--;
    size_t end = start;
    while (end < length && (path[end] != '.' || end == start)) end++;
    snprintf(out, room, "%.*s", (int)(end - start), path + start);
}

/* Owned: free. NULL when out of memory. */
static char *case_name(const char *ct)
{
    char name[160];
    size_t length = strlen(ct);
    while (length > 1 && ct[length - 1] == '/') length--;
    stem_of(ct, length, name, sizeof name);
    const char *slash = memrchr(ct, '/', length);
    if (strcmp(name, "ct") == 0 && slash != NULL && slash != ct) stem_of(ct, (size_t)(slash - ct), name, sizeof name);
    return strdup(name[0] == '\0' || name[0] == '.' ? "patient" : name);
}

static fsam_status split(const char *text, char **owned, fs_source *source)
{
    const char *first = strchr(text, ','), *second = first != NULL ? strchr(first + 1, ',') : NULL;
    if (first == NULL || first == text || first[1] == '\0' || first + 1 == second ||
        (second != NULL && (second[1] == '\0' || strchr(second + 1, ',') != NULL)))
        return fb_fail(FSAM_ERROR_ARGUMENT, "--patient: \"%s\" is not CT,LABELS or CT,LABELS,NAMES", text);
    owned[0] = strndup(text, (size_t)(first - text));
    owned[1] = second != NULL ? strndup(first + 1, (size_t)(second - first - 1)) : strdup(first + 1);
    owned[2] = second != NULL ? strdup(second + 1) : NULL;
    owned[3] = owned[0] != NULL ? case_name(owned[0]) : NULL;
    if (owned[1] == NULL || owned[3] == NULL || (second != NULL && owned[2] == NULL)) return no_memory();
    source->ct = owned[0];
    source->labels = owned[1];
    source->names = owned[2];
    source->name = owned[3];
    return FSAM_OK;
}

static fsam_status check_names(const cli_sources *sources)
{
    for (size_t i = 0; i < sources->count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(sources->source[i].name, sources->source[k].name) == 0)
                return fb_fail(FSAM_ERROR_ARGUMENT, "--patient: two patients are called \"%s\": rename a CT's file",
                               sources->source[i].name);
    return FSAM_OK;
}

static fsam_status fill(const cli_texts *patients, bool phantom, bool standard_ids, double spacing_mm, cli_sources *s)
{
    for (size_t i = 0; i < patients->count; i++) {
        s->source[s->count].standard_ids = standard_ids;
        FB_TRY(split(patients->item[i], s->owned + TEXTS * s->count, &s->source[s->count]));
        s->count++;
    }
    if (phantom) s->source[s->count++] = (fs_source){.name = "phantom", .spacing_mm = spacing_mm};
    for (size_t i = 0; i < s->count; i++) s->source[i].number = i;
    return check_names(s);
}

fsam_status cli_sources_of(const cli_texts *patients, bool phantom, bool standard_ids, double spacing_mm,
                           cli_sources *sources)
{
    const size_t room = patients->count + 1;
    *sources = (cli_sources){.source = calloc(room, sizeof *sources->source),
                             .owned = calloc(TEXTS * room, sizeof *sources->owned)};
    fsam_status status = FSAM_OK;
    if (patients->count == 0 && !phantom)
        status = fb_fail(FSAM_ERROR_ARGUMENT, "no patient: --patient CT,LABELS or --phantom analytic");
    else if (sources->source == NULL || sources->owned == NULL)
        status = no_memory();
    else
        status = fill(patients, phantom, standard_ids, spacing_mm, sources);
    if (status == FSAM_OK) return FSAM_OK;
    sources->count = sources->owned != NULL ? patients->count : 0; /* also what was begun */
    cli_sources_free(sources);
    return status;
}

void cli_sources_free(cli_sources *sources)
{
    for (size_t i = 0; sources->owned != NULL && i < TEXTS * sources->count; i++) free(sources->owned[i]);
    free(sources->owned);
    free(sources->source);
    *sources = (cli_sources){0};
}

/* ---- tools ---- */

/* Cuts a copy of the words at its commas. Returns how many parts there are, or 0 when one is empty or there are more.
 */
static int cut_at_commas(char *words, char *part[3])
{
    int count = 0;
    for (char *next = words; next != NULL;) {
        char *comma = strchr(next, ',');
        if (comma != NULL) *comma++ = '\0';
        if (count == 3 || *next == '\0') return 0;
        part[count++] = next;
        next = comma;
    }
    return count;
}

static fsam_status add_tool(const char *words, char *copy, double scale, bool quiet, fs_user_tools *tools)
{
    char stem[FS_TOOL_NAME], *part[3] = {NULL, stem, NULL};
    size_t holes;
    if (cut_at_commas(copy, part) == 0)
        return fb_fail(FSAM_ERROR_ARGUMENT, "--tool: \"%s\" is not MESH, MESH,NAME or MESH,NAME,MATERIAL", words);
    stem_of(part[0], strlen(part[0]), stem, sizeof stem);
    fs_user_tool tool = {.path = part[0], .name = part[1], .material = FX_STAINLESS_STEEL, .scale = scale};
    if (part[2] != NULL) FB_TRY(fs_tool_material(part[2], &tool.material));
    FB_TRY(fs_user_tools_add(tools, &tool, &holes));
    if (holes > 0 && !quiet) {
        fputs("fsam simulate: ", stderr);
        cli_print_text(stderr, tool.path);
        fprintf(stderr, ": the mesh was open: closed %zu %s\n", holes, holes == 1 ? "hole" : "holes");
    }
    return FSAM_OK;
}

fsam_status cli_tools_of(const cli_texts *words, double scale, const char *texts, bool quiet, fs_user_tools *tools)
{
    *tools = (fs_user_tools){0};
    if (words->count == 0 && texts != NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "--tool-texts: there is no --tool");
    for (size_t i = 0; i < words->count; i++) {
        char *copy = strdup(words->item[i]);
        if (copy == NULL) return fb_fail(FSAM_ERROR_MEMORY, "--tool: out of memory");
        const fsam_status status = add_tool(words->item[i], copy, scale, quiet, tools);
        free(copy);
        FB_TRY(status);
    }
    return texts != NULL ? fs_user_tools_texts(tools, texts) : FSAM_OK;
}
