#include "text/blocks.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

const char *fw_line_fault(const char *line, size_t *at)
{
    const size_t length = strlen(line);
    for (*at = 0; *at < length;) {
        utf8proc_int32_t code;
        const utf8proc_ssize_t bytes =
            utf8proc_iterate((const utf8proc_uint8_t *)line + *at, (utf8proc_ssize_t)(length - *at), &code);
        if (bytes < 1) return "is no UTF-8";
        if ((code < ' ' && code != '\t') || (code >= 0x7f && code < 0xa0)) return "is a control character";
        *at += (size_t)bytes;
    }
    return NULL;
}

static fsam_status check_bytes(const char *line, int number, const char *where)
{
    size_t at;
    if (strlen(line) > FW_LINE_BYTES)
        return fb_fail(FSAM_ERROR_FORMAT, "%s:%d: longer than %d bytes", where, number, FW_LINE_BYTES);
    const char *fault = fw_line_fault(line, &at);
    if (fault == NULL) return FSAM_OK;
    return fb_fail(FSAM_ERROR_FORMAT, "%s:%d: byte %zu %s", where, number, at + 1, fault);
}

/* The text from `begin` without spaces at its ends; what lies before `end` is cut there. */
static char *trimmed(char *begin, char *end)
{
    while (begin < end && (*begin == ' ' || *begin == '\t')) begin++;
    while (end > begin && (end[-1] == ' ' || end[-1] == '\t')) end--;
    *end = '\0';
    return begin;
}

static fsam_status read_head(fw_blocks *blocks, char *line, size_t length, int number)
{
    if (line[length - 1] != ']') return fb_fail(FSAM_ERROR_FORMAT, "%s:%d: [ without ]", blocks->where, number);
    fw_block *block = &blocks->block[blocks->count++];
    *block = (fw_block){.head = trimmed(line + 1, line + length - 1), .number = number, .first = blocks->lines};
    return block->head[0] != '\0' ? FSAM_OK : fb_fail(FSAM_ERROR_FORMAT, "%s:%d: [] is empty", blocks->where, number);
}

static fsam_status read_pair(fw_blocks *blocks, char *line, size_t length, int number)
{
    char *colon = strchr(line, ':');
    if (colon == NULL)
        return fb_fail(FSAM_ERROR_FORMAT, "%s:%d: neither [HEAD] nor \"key: value\"", blocks->where, number);
    if (blocks->count == 0) return fb_fail(FSAM_ERROR_FORMAT, "%s:%d: before the first [HEAD]", blocks->where, number);
    fw_line *pair = &blocks->line[blocks->lines++];
    pair->value = trimmed(colon + 1, line + length);
    pair->key = trimmed(line, colon);
    pair->number = number;
    blocks->block[blocks->count - 1].count++;
    if (pair->key[0] == '\0' || pair->value[0] == '\0')
        return fb_fail(FSAM_ERROR_FORMAT, "%s:%d: the key or the value is empty", blocks->where, number);
    return FSAM_OK;
}

static fsam_status read_line(fw_blocks *blocks, char *line, int number)
{
    FB_TRY(check_bytes(line, number, blocks->where));
    line = trimmed(line, line + strlen(line));
    const size_t length = strlen(line);
    if (length == 0 || line[0] == '#') return FSAM_OK;
    if (line[0] == '[') return read_head(blocks, line, length, number);
    return read_pair(blocks, line, length, number);
}

fsam_status fw_blocks_parse(const char *data, size_t size, const char *where, fw_blocks *blocks)
{
    *blocks = (fw_blocks){0};
    if (size > FW_BLOCKS_BYTES) return fb_fail(FSAM_ERROR_MEMORY, "%s: larger than %d bytes", where, FW_BLOCKS_BYTES);
    size_t most = 1; /* lines */
    for (size_t i = 0; i < size; i++) most += data[i] == '\n';
    blocks->where = strdup(where);
    blocks->text = malloc(size + 1);
    blocks->line = calloc(most, sizeof *blocks->line);
    blocks->block = calloc(most, sizeof *blocks->block);
    if (blocks->where == NULL || blocks->text == NULL || blocks->line == NULL || blocks->block == NULL)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    if (size > 0) memcpy(blocks->text, data, size);
    blocks->text[size] = '\0';
    if (memchr(blocks->text, '\0', size) != NULL) return fb_fail(FSAM_ERROR_FORMAT, "%s: has a NUL byte", where);
    int number = 0;
    for (char *line = blocks->text, *next; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) *next++ = '\0';
        const size_t length = strlen(line);
        if (length > 0 && line[length - 1] == '\r') line[length - 1] = '\0';
        FB_TRY(read_line(blocks, line, ++number));
    }
    return FSAM_OK;
}

void fw_blocks_free(fw_blocks *blocks)
{
    free(blocks->where);
    free(blocks->text);
    free(blocks->line);
    free(blocks->block);
    *blocks = (fw_blocks){0};
}
