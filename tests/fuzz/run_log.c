/* Any bytes as a run's log: iterations rise, and a failure leaves nothing behind. */
#include "train/plot_log.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void rise(const fr_log_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        if (!(rows->row[i].iteration >= 0) || (i > 0 && !(rows->row[i].iteration > rows->row[i - 1].iteration)))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fr_plot_log log;
    if (fr_plot_log_parse((const char *)data, size, "fuzz", &log) != FSAM_OK &&
        (log.iterations.row != NULL || log.validations.row != NULL || fb_message()[0] == '\0'))
        abort();
    rise(&log.iterations);
    rise(&log.validations);
    fr_plot_log_free(&log);
    return 0;
}
