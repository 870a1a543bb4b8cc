/*
 * make_model SIZE MERGES OUT.safetensors - a model file of generated, untrained weights, for the demo and the tests.
 *
 * SIZE is one of fm_config_named (micro, swin-t ...). MERGES is a file with the tokenizer's merges, one a line, to
 * whose number the vocabulary is cut; "-": no tokenizer. The same arguments give the same bytes.
 */
#include "base/file.h"
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fsam_status read_merges(const char *path, fm_config *config, char **merges)
{
    fb_map map;
    FB_TRY(fb_map_open(path, &map));
    int lines = 0;
    for (size_t i = 0; i < map.size; i++) lines += map.data[i] == '\n';
    *merges = strndup((const char *)map.data, map.size);
    fb_map_close(&map);
    if (*merges == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    config->text.vocab = 514 + lines; /* bytes, bytes that end a word, start, end */
    config->text.start = config->text.vocab - 2;
    config->text.end = config->text.vocab - 1;
    return FSAM_OK;
}

static fsam_status make(char **word, char **merges, fm_model **model)
{
    fm_config config;
    FB_TRY(fm_config_named(word[1], &config));
    if (strcmp(word[2], "-") != 0) FB_TRY(read_merges(word[2], &config, merges));
    FB_TRY(fm_model_generate(&config, 1, *merges, model));
    return fm_model_save(*model, word[3], true);
}

int main(int count, char **word)
{
    if (count != 4) {
        fputs("usage: make_model SIZE MERGES|- OUT.safetensors\n", stderr);
        return FSAM_ERROR_ARGUMENT;
    }
    char *merges = NULL;
    fm_model *model = NULL;
    fsam_status status = make(word, &merges, &model);
    if (status != FSAM_OK) fprintf(stderr, "make_model: %s\n", fb_message());
    fm_model_free(model);
    free(merges);
    return (int)status;
}
