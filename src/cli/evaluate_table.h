/* evaluate_table.h - an evaluation as tables for people. */
#ifndef CLI_EVALUATE_TABLE_H
#define CLI_EVALUATE_TABLE_H

#include "eval/report.h"

/* On standard output. FSAM_ERROR_MEMORY is the only failure. */
fsam_status cli_evaluate_table(const fe_report *report);

#endif
