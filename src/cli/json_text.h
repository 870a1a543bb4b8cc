/* json_text.h - what is printed as JSON. */
#ifndef CLI_JSON_TEXT_H
#define CLI_JSON_TEXT_H

#include <jansson.h>

/* Paths, command lines and files are bytes, JSON is UTF-8: of a text that is not, every byte beyond ASCII becomes '?'.
 * null when text is NULL or "". Owned. */
json_t *cli_json_text(const char *text);
/* Whole numbers without a fraction; null for one that is not finite. Owned. */
json_t *cli_json_number(double value);

#endif
