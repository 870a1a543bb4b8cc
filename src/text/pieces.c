#define PCRE2_CODE_UNIT_WIDTH 8
#include "text/pieces.h"
#include "text/html.h"
#include "text/normalise.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

enum {
    LONGEST_TEXT = 16 << 20, /* bytes; bounds the memory of one call */
    MATCH_LIMIT = 1000000    /* steps of one match; a piece needs a handful */
};

struct fw_splitter {
    pcre2_code *pattern;
    pcre2_match_context *limits;
};

static const char start_text[] = "<|startoftext|>";
static const char end_text[] = "<|endoftext|>";

/* Only the space is left of the white space, so the pattern does not ask what PCRE2 takes for it. */
static const char pattern_text[] = "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|"
                                   "\\p{L}+|\\p{N}|[^ \\p{L}\\p{N}]+";

fsam_status fw_splitter_new(fw_splitter **result)
{
    int error = 0;
    size_t offset = 0;
    *result = NULL;
    fw_splitter *splitter = calloc(1, sizeof *splitter);
    if (!splitter) return fb_fail(FSAM_ERROR_MEMORY, "tokenizer: memory is exhausted");
    splitter->pattern =
        pcre2_compile((PCRE2_SPTR)pattern_text, PCRE2_ZERO_TERMINATED,
                      PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C, &error, &offset, NULL);
    splitter->limits = pcre2_match_context_create(NULL);
    if (!splitter->pattern || !splitter->limits) {
        fw_splitter_free(splitter);
        return fb_fail(FSAM_ERROR_MEMORY, "tokenizer: PCRE2 error %d", error);
    }
    pcre2_set_match_limit(splitter->limits, MATCH_LIMIT);
    *result = splitter;
    return FSAM_OK;
}

void fw_splitter_free(fw_splitter *splitter)
{
    if (!splitter) return;
    pcre2_code_free(splitter->pattern);
    pcre2_match_context_free(splitter->limits);
    free(splitter);
}

static bool is_text(const char *piece, size_t size, const char *text)
{
    return size == strlen(text) && memcmp(piece, text, size) == 0;
}

static fsam_status split(const fw_splitter *splitter, const char *text, pcre2_match_data *match, fw_piece_taker *take,
                         void *context)
{
    size_t size = strlen(text);
    const size_t *range = pcre2_get_ovector_pointer(match);
    bool enough = false;
    for (size_t at = 0; at < size && !enough; at = range[1]) {
        /* The text is known to be valid; checking it again for every piece would be quadratic. */
        int found =
            pcre2_match(splitter->pattern, (PCRE2_SPTR)text, size, at, PCRE2_NO_UTF_CHECK, match, splitter->limits);
        if (found == PCRE2_ERROR_NOMATCH) break;
        if (found < 0) return fb_fail(FSAM_ERROR_INTERNAL, "tokenizer: PCRE2 error %d", found);
        fw_piece piece = {FW_WORD, text + range[0], range[1] - range[0]};
        if (is_text(piece.text, piece.size, start_text)) piece.kind = FW_START_MARK;
        if (is_text(piece.text, piece.size, end_text)) piece.kind = FW_END_MARK;
        FB_TRY(take(context, &piece, &enough));
    }
    return FSAM_OK;
}

fsam_status fw_splitter_split(const fw_splitter *splitter, const char *text, fw_piece_taker *take, void *context)
{
    if (strnlen(text, LONGEST_TEXT + 1) > LONGEST_TEXT)
        return fb_fail(FSAM_ERROR_ARGUMENT, "a text of more than %d bytes", LONGEST_TEXT);
    char *clean = fw_normalise(text);
    pcre2_match_data *match = pcre2_match_data_create_from_pattern(splitter->pattern, NULL);
    const fsam_status status = clean && match ? split(splitter, clean, match, take, context)
                                              : fb_fail(FSAM_ERROR_MEMORY, "tokenizer: memory is exhausted");
    pcre2_match_data_free(match);
    free(clean);
    return status;
}

bool fw_byte_printable(unsigned char byte)
{
    return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

void fw_byte_symbol(unsigned char byte, char out[FW_BYTE_SYMBOL])
{
    unsigned code = byte;
    if (!fw_byte_printable(byte)) {
        code = 256;
        for (unsigned before = 0; before < byte; before++) code += !fw_byte_printable((unsigned char)before);
    }
    out[fw_utf8_put(out, code)] = '\0';
}
