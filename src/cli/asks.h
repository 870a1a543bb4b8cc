/* asks.h - what is asked of each image: prompts, wherever they come from. */
#ifndef CLI_ASKS_H
#define CLI_ASKS_H

#include "cli/options.h"

/* One prompt, one answer. Everything in it is owned; what is NULL or false is not part of the prompt. */
typedef struct cli_ask {
    char *id; /* of the answer, in reports and in file names: lower case, no spaces, unlike every other in the list */
    char *text;
    fsam_point *points;
    size_t point_count;
    bool has_box;
    double box[4];
    char *mask; /* path of a picture of the image's size, 0 outside */
} cli_ask;

typedef struct cli_asks {
    cli_ask *item;
    size_t count;
} cli_asks;

/* Prompts as the command line has them: "X,Y", "X,Y,+" or "X,Y,-"; "X0,Y0,X1,Y1"; paths. Each text is a prompt of its
 * own, to which points, box and mask (NULL: none) belong too; without a text these are one prompt.
 * FSAM_ERROR_ARGUMENT names the option whose value cannot be used. Owned, also on failure: cli_asks_free. */
typedef struct cli_ask_words {
    cli_texts texts, points;
    const char *box, *mask;
} cli_ask_words;
fsam_status cli_asks_from_words(const cli_ask_words *words, cli_asks *asks);
void cli_asks_free(cli_asks *asks);

/* A file name's part made of `text`: ASCII letters in lower case, digits and letters beyond ASCII stay, all else
 * becomes single dashes; cut at 60 bytes; "text" when nothing is left. */
void cli_slug(const char *text, char slug[64]);

#endif
