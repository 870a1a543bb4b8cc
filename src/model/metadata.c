#include "model/metadata.h"

#include <string.h>

const char fm_published_preparation[] =
    "{\"channels\":\"kmeans3\",\"polarity\":\"bone_dark\",\"mean\":0.5,\"std\":0.5}";

static fsam_status check_tokens(int vocabulary, const char *where, const fm_config *config)
{
    if (vocabulary != config->text.vocab)
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: its vocabulary is %d, that of fsam.config text.vocab %d", where,
                       vocabulary, config->text.vocab);
    if (config->text.start != vocabulary - 2 || config->text.end != vocabulary - 1)
        return fb_fail(FSAM_ERROR_MISMATCH,
                       "%s: its start and end tokens are %d and %d, those of fsam.config text.start and text.end %d "
                       "and %d",
                       where, vocabulary - 2, vocabulary - 1, config->text.start, config->text.end);
    return FSAM_OK;
}

fsam_status fm_metadata_tokenizer(const char *merges, const char *where, const fm_config *config,
                                  fw_tokenizer **tokenizer)
{
    FB_TRY(fw_tokenizer_open(merges, strlen(merges), 0, where, tokenizer));
    fsam_status status = check_tokens(fw_tokenizer_vocabulary(*tokenizer), where, config);
    if (status == FSAM_OK) return FSAM_OK;
    fw_tokenizer_free(*tokenizer);
    *tokenizer = NULL;
    return status;
}
