/* Any bytes as a file of prompts: what is taken asks for something, and has ids that file names can hold. */
#include "cli/prompts_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_ask(const cli_ask *ask)
{
    if (ask->id[0] == '\0' || strpbrk(ask->id, "/. \n") != NULL) abort();
    if (ask->text == NULL && ask->points == NULL && !ask->has_box && ask->mask == NULL) abort();
    if (ask->point_count > FSAM_MAX_POINTS || (ask->points == NULL) != (ask->point_count == 0)) abort();
    if (ask->has_box && !(ask->box[0] <= ask->box[2] && ask->box[1] <= ask->box[3])) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cli_asks asks = {0};
    fsam_status status = cli_prompts_read_memory(data, size, "folder/fuzz", &asks);
    if (status != FSAM_OK && fb_message()[0] == '\0') abort();
    if (status == FSAM_OK && asks.count == 0) abort();
    for (size_t i = 0; i < asks.count; i++) {
        check_ask(&asks.item[i]);
        for (size_t k = 0; k < i && i < 50; k++)
            if (strcmp(asks.item[i].id, asks.item[k].id) == 0) abort();
    }
    cli_asks_free(&asks);
    return 0;
}
