/* Any text as a texts.txt: what is read lies within it, and every category has its lines. */
#include "train/source_set_texts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_up(const fr_words *words, size_t most)
{
    size_t bytes = 0;
    for (size_t i = 0; i < words->count; i++) {
        char *lines;
        if (words->word[i].text[0] == '\0' || strlen(words->word[i].text) > FR_WORDS_TEXT) abort();
        bytes += strlen(words->word[i].category) + strlen(words->word[i].text);
        if (i >= 8 || fr_words_of(words, words->word[i].category, &lines) != FSAM_OK) continue;
        if (lines == NULL || strstr(lines, words->word[i].text) == NULL) abort();
        free(lines);
    }
    if (bytes > most) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fr_words words;
    char *text = strndup((const char *)data, size);
    if (text == NULL) return 0;
    if (fr_words_parse(text, "fuzz", &words) == FSAM_OK)
        look_up(&words, size);
    else if (words.word != NULL || fb_message()[0] == '\0')
        abort();
    fr_words_free(&words);
    free(text);
    return 0;
}
