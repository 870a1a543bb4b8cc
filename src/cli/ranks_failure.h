/* ranks_failure.h - how a command that several processes run says that it cannot begin. */
#ifndef CLI_RANKS_FAILURE_H
#define CLI_RANKS_FAILURE_H

#include "cli/options.h"

/* cli_failed, where ranks cannot speak to each other yet: the first one says what is wrong with the command line or
 * with MPI, and the others give it the time for it, since a launcher ends all when one has ended. */
int cli_failed_at_start(const cli_command *command, fsam_status status);

#endif
