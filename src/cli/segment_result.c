#include "cli/segment_result.h"

#include <stdlib.h>

size_t cli_result_segments(const cli_result *result)
{
    size_t segments = 0;
    for (size_t i = 0; i < result->asks->count; i++) segments += result->finding[i].present;
    return segments;
}

void cli_result_free(cli_result *result)
{
    for (size_t i = 0; result->asks != NULL && i < result->asks->count; i++) {
        if (result->answer != NULL) fsam_answer_free(result->answer[i]);
        if (result->mask != NULL) free(result->mask[i]);
    }
    free((void *)result->answer);
    free((void *)result->mask);
    free(result->finding);
    fsam_encoding_free(result->encoding);
    fsam_image_free(result->image);
    *result = (cli_result){0};
}
