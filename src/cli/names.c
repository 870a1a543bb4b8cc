#include "cli/names.h"

#include <search.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct named {
    char *text;
    size_t next; /* the number behind it that is to be tried next: thousands of one name stay quick */
} named;

static int compare(const void *a, const void *b)
{
    return strcmp(((const named *)a)->text, ((const named *)b)->text);
}

static void free_named(void *item)
{
    named *e = item;
    free(e->text);
    free(e);
}

static named *find(const cli_names *names, char *text)
{
    const named key = {.text = text};
    named *const *node = tfind(&key, &names->tree, compare);
    return node != NULL ? *node : NULL;
}

/* Takes `text` over, which may be NULL and is not in the set. */
static const char *insert(cli_names *names, char *text)
{
    named *e = calloc(1, sizeof *e);
    if (e != NULL) *e = (named){.text = text, .next = 2};
    if (e != NULL && text != NULL && tsearch(e, &names->tree, compare) != NULL) return text;
    free(e);
    free(text);
    return NULL;
}

const char *cli_names_claim(cli_names *names, const char *name)
{
    char *text = strdup(name);
    named *first = text != NULL ? find(names, text) : NULL;
    if (first == NULL) return insert(names, text);
    do {
        free(text);
        if (asprintf(&text, "%s-%zu", name, first->next++) < 0) return NULL;
    } while (find(names, text) != NULL);
    return insert(names, text);
}

void cli_names_free(cli_names *names)
{
    tdestroy(names->tree, free_named);
    names->tree = NULL;
}
