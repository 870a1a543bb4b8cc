/* Any text as a map of parts. */
#include "volume/part_map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_up(const fv_part_map *map)
{
    for (int i = 0; i < map->count; i++) {
        const fv_part_rule *rule = &map->rules[i];
        if (fv_part_map_find(map, rule->part, "") != rule) abort();
        if (rule->has_tissue && !(rule->tissue.hu >= -1024 && rule->tissue.hu <= 32767)) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fv_part_map map;
    char *text = malloc(size + 1);
    if (text == NULL) return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (fv_part_map_parse(text, "fuzz", &map) == FSAM_OK)
        look_up(&map);
    else if (map.rules != NULL || fb_message()[0] == '\0')
        abort();
    fv_part_map_free(&map);
    free(text);
    return 0;
}
