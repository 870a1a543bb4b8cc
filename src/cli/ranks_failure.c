#include "cli/ranks_failure.h"
#include "base/ranks.h"

#include <unistd.h>

int cli_failed_at_start(const cli_command *command, fsam_status status)
{
    int rank, count;
    fb_ranks_launched(&rank, &count);
    if (rank == 0) return cli_failed(command, status);
    sleep(1);
    return (int)status;
}
