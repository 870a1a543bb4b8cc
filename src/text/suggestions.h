/* suggestions.h - more variations from a language model: what it is asked, which of its answers may be used, and the
 * file they are added to. */
#ifndef TEXT_SUGGESTIONS_H
#define TEXT_SUGGESTIONS_H

#include "text/descriptions.h"

enum { FW_LONGEST_SUGGESTION = 76 }; /* bytes: tokens of the text tower, less its start and end, were each a byte */

/* The request for a name's variations, with some of those known as examples. Owned (free). */
fsam_status fw_suggestions_request(const fw_texts *texts, const char *name, char **request);

/* Counted over an answer. */
typedef struct fw_suggestion_tally {
    size_t taken, refused;
    const char *fault; /* of the last one refused; NULL: none was. Static */
} fw_suggestion_tally;

/* The texts of an answer that may be used. The answer is a JSON array of objects {"kind", "text"} or of strings, or a
 * text a line with or without list marks; each also inside a Markdown fence. A text that ends in '?' and has no kind is
 * a question, others are lay. Refused are texts that are no short UTF-8 of one line, have the file's braces, do not say
 * the name's side or say another, name a number or level that the structure does not have, refuse to answer, or are
 * there already, with this name or another. Owned: fw_variations_free, also after a failure. */
fsam_status fw_suggestions_read(const fw_texts *texts, const char *name, const char *answer, fw_variations *list,
                                fw_suggestion_tally *tally);

/* Adds blocks "[NAME]" with lines "text KIND: ..." at the end of the file; what it has stays as it is. exists: the file
 * is there, else it is made. Whole or not at all. */
fsam_status fw_suggestions_append(const char *path, bool exists, const char *const *names, const fw_variations *lists,
                                  size_t count);

#endif
