#include "cli/exit_status.h"
#include "fsam.h"

#include <signal.h>

const cli_exit_status cli_exit_statuses[] = {
    {FSAM_OK, "done"},
    {FSAM_ERROR_INTERNAL, "a fault of this program"},
    {FSAM_ERROR_ARGUMENT, "the arguments cannot be used: an unknown option, a missing value, a number out of range, a "
                          "point outside the image, an output that exists already"},
    {CLI_ABSENT, "the structure asked for is not in this image; an answer, not a failure"},
    {FSAM_ERROR_IO, "a file cannot be opened, read or written"},
    {FSAM_ERROR_FORMAT, "a file's content is malformed or cut short"},
    {FSAM_ERROR_MEMORY, "memory is exhausted, or the input exceeds a stated limit"},
    {FSAM_ERROR_UNSUPPORTED, "the file is sound, but of a kind this version does not read, or a model that has no "
                             "tokenizer was asked in words"},
    {FSAM_ERROR_MISMATCH,
     "parts do not fit together (a model lacks a parameter or has it in another shape), or a check "
     "that was asked for failed"},
    {CLI_SIGNALLED + SIGHUP, "the terminal was closed"},
    {CLI_SIGNALLED + SIGINT, "interrupted (Ctrl-C)"},
    {CLI_SIGNALLED + SIGPIPE, "whoever read the output stopped reading"},
    {CLI_SIGNALLED + SIGTERM, "asked to end (kill)"},
};
const size_t cli_exit_status_count = sizeof cli_exit_statuses / sizeof cli_exit_statuses[0];
