/* finish_run.h - the work of fsam finish. */
#ifndef CLI_FINISH_RUN_H
#define CLI_FINISH_RUN_H

#include "cli/options.h"

typedef struct cli_finish_request {
    const char *output, *name, *release, *license, *words;
    cli_texts credit, data;
    double keep_percent;
    int dtype, limit, threads; /* dtype: in the order of the choices */
    bool force, quiet;
} cli_finish_request;

/* Of a run's folder or a model file. Returns the exit status. */
int cli_finish_run(const cli_finish_request *wanted, const char *run);

#endif
