#include "volume/part_map.h"

#include "volume/label_names.h"
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 3 }; /* that are read */

bool fv_tissue_named(const char *name, fv_tissue *tissue)
{
    static const struct {
        const char *name;
        fv_tissue tissue;
    } known[] = {
        {"air", {-1000, 0, -1000, 0}}, {"lung", {-830, 35, -830, 0}},    {"fat", {-100, 10, -100, 0}},
        {"water", {0, 3, 0, 0}},       {"soft", {42, 8, 42, 0}},         {"muscle", {55, 10, 55, 0}},
        {"blood", {42, 4, 42, 0}},     {"cartilage", {110, 25, 110, 0}}, {"spongy", {200, 50, 200, 0}},
        {"bone", {230, 60, 850, 0}},   {"compact", {1200, 80, 1200, 0}}, {"tooth", {1800, 150, 2400, 0}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, name) != 0) continue;
        *tissue = known[i].tissue;
        return true;
    }
    return false;
}

/* "-" or "" leaves *rule without one. */
static fsam_status read_tissue(const char *text, const char *where, int number, fv_part_rule *rule)
{
    char *end;
    if (text[0] == '\0' || strcmp(text, "-") == 0) return FSAM_OK;
    rule->has_tissue = true;
    if (fv_tissue_named(text, &rule->tissue)) return FSAM_OK;
    double hu = strtod(text, &end);
    if (*end != '\0' || !(hu >= FV_HU_OUTSIDE && hu <= INT16_MAX))
        return fb_fail(FSAM_ERROR_FORMAT,
                       "%s: line %d: tissue: '%s' is no known word and no number of HU from %d to %d", where, number,
                       text, FV_HU_OUTSIDE, INT16_MAX);
    rule->tissue = (fv_tissue){hu, 0, hu, 0};
    return FSAM_OK;
}

/* Appends a rule, which is then the map's also when the rest fails. */
static fsam_status add_rule(fv_part_map *map, const char *where, int number, char *const column[COLUMNS])
{
    fv_part_rule *more = realloc(map->rules, ((size_t)map->count + 1) * sizeof *more);
    if (more == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    map->rules = more;
    fv_part_rule *rule = &more[map->count++];
    bool labelled = strcmp(column[1], "-") != 0;
    *rule = (fv_part_rule){.part = strdup(column[0]), .order = number};
    if (labelled) rule->structure = strdup(column[1]);
    if (rule->part == NULL || (labelled && rule->structure == NULL))
        return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    return read_tissue(column[2], where, number, rule);
}

/* A line of its own; *text moves behind it. NULL at the end. */
static char *next_line(char **text)
{
    char *line = *text;
    if (line == NULL || *line == '\0') return NULL;
    char *end = line + strcspn(line, "\n");
    *text = *end != '\0' ? end + 1 : end;
    if (end > line && end[-1] == '\r') end[-1] = '\0';
    *end = '\0';
    return line;
}

static void split(char *line, char *column[COLUMNS])
{
    static char empty[] = "";
    for (int i = 0; i < COLUMNS; i++) column[i] = empty;
    for (int i = 0; i < COLUMNS && line != NULL; i++) column[i] = strsep(&line, "\t");
}

static int by_part(const void *a, const void *b)
{
    return strcmp(((const fv_part_rule *)a)->part, ((const fv_part_rule *)b)->part);
}

static fsam_status read_rules(fv_part_map *map, const char *where, char *text)
{
    int number = 1;
    for (char *line; (line = next_line(&text)) != NULL; number++) {
        char *column[COLUMNS];
        if (line[0] == '\0' || line[0] == '#') continue;
        split(line, column);
        if (column[0][0] == '\0' || column[1][0] == '\0')
            return fb_fail(FSAM_ERROR_FORMAT, "%s: line %d: not a part and a structure with a tab between them", where,
                           number);
        FB_TRY(add_rule(map, where, number, column));
    }
    if (map->count == 0) return fb_fail(FSAM_ERROR_FORMAT, "%s: no parts in it", where);
    qsort(map->rules, (size_t)map->count, sizeof *map->rules, by_part);
    for (int i = 1; i < map->count; i++)
        if (by_part(&map->rules[i - 1], &map->rules[i]) == 0)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\": has two lines", where, map->rules[i].part);
    return FSAM_OK;
}

fsam_status fv_part_map_parse(char *text, const char *where, fv_part_map *map)
{
    *map = (fv_part_map){0};
    fsam_status status = read_rules(map, where, text);
    if (status != FSAM_OK) fv_part_map_free(map);
    return status;
}

fsam_status fv_part_map_read(const char *path, fv_part_map *map)
{
    char *text;
    *map = (fv_part_map){0};
    FB_TRY(fv_text_read(path, &text));
    fsam_status status = fv_part_map_parse(text, path, map);
    free(text);
    return status;
}

void fv_part_map_free(fv_part_map *map)
{
    if (map == NULL) return;
    for (int i = 0; i < map->count; i++) {
        free(map->rules[i].part);
        free(map->rules[i].structure);
    }
    free(map->rules);
    *map = (fv_part_map){0};
}

static const fv_part_rule *rule_of(const fv_part_map *map, const char *part)
{
    const fv_part_rule key = {.part = (char *)part};
    return map->count > 0 ? bsearch(&key, map->rules, (size_t)map->count, sizeof key, by_part) : NULL;
}

const fv_part_rule *fv_part_map_find(const fv_part_map *map, const char *node, const char *file)
{
    const fv_part_rule *rule = rule_of(map, node);
    if (rule == NULL) rule = rule_of(map, file);
    return rule != NULL ? rule : rule_of(map, "*");
}
