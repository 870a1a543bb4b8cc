/* segment_session.h - a run of `fsam segment`: everything checked, then done. */
#ifndef CLI_SEGMENT_SESSION_H
#define CLI_SEGMENT_SESSION_H

#include "cli/asks.h"
#include "cli/image_words.h"

/* The options of the command line. */
typedef struct cli_segment_request {
    const char *model, *prompts, *folder, *name, *coco, *dump; /* NULL: not given */
    cli_ask_words words;
    cli_texts inputs;
    cli_image_words reading;
    int precision, threads, polarity, probability; /* choices are in the order of their enumerations */
    bool recursive, single, masks, candidates, overlay, labels, segmentation, force, json, quiet, verbose;
    double least_score; /* NaN: the model's */
} cli_segment_request;

/* Reports failures on standard error and returns the exit status. images: the operands. */
int cli_segment_session(const cli_segment_request *wanted, const cli_texts *images);

#endif
