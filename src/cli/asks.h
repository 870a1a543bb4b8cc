/* asks.h - what is asked of each image: prompts, wherever they come from. */
#ifndef CLI_ASKS_H
#define CLI_ASKS_H

#include "cli/names.h"
#include "cli/options.h"

/* One prompt, one answer. Everything in it is owned; what is NULL or false is not part of the prompt. */
typedef struct cli_ask {
    const char *id; /* of the answer, in reports and in file names: lower case, no spaces, unlike every other in the
                     * list, which owns it */
    char *text;
    fsam_point *points;
    size_t point_count;
    bool has_box;
    double box[4];
    char *mask; /* path of a picture of the image's size, 0 outside */
} cli_ask;

/* What people call it: its text, else its id. Borrowed. */
const char *cli_ask_name(const cli_ask *ask);

/* A zeroed list is empty and ready. Owned: cli_asks_free. */
typedef struct cli_asks {
    cli_ask *item;
    size_t count;
    cli_names ids;
} cli_asks;

/* Prompts as the command line has them: "X,Y", "X,Y,+" or "X,Y,-"; "X0,Y0,X1,Y1"; paths. Each text is a prompt of its
 * own, to which points, box and mask (NULL: none) belong too; without a text these are one prompt. */
typedef struct cli_ask_words {
    cli_texts texts, points;
    const char *box, *mask;
} cli_ask_words;

/* Adds them to the list; nothing when the words ask for nothing. FSAM_ERROR_ARGUMENT names the option whose value
 * cannot be used, a blank text among them. */
fsam_status cli_asks_add_words(cli_asks *asks, const cli_ask_words *words);

/* Adds one prompt, which it takes over, also on failure. Its id is made of `name`; NULL: of its text, else of what it
 * consists of: "points", "points-box", "mask". FSAM_ERROR_MEMORY is the only failure. */
fsam_status cli_asks_add(cli_asks *asks, const cli_ask *ask, const char *name);
void cli_asks_free(cli_asks *asks);

/* Frees what the prompt owns. */
void cli_ask_free(cli_ask *ask);

/* Whether a text has nothing but spaces, which ask for nothing. */
bool cli_is_blank(const char *text);

/* A file name's part made of `text`: ASCII letters in lower case, digits and letters beyond ASCII stay, all else
 * becomes single dashes; cut at 60 bytes; "text" when nothing is left. */
void cli_slug(const char *text, char slug[64]);

#endif
