/* volume_report.h - what fsam volume info says of a patient. */
#ifndef CLI_VOLUME_REPORT_H
#define CLI_VOLUME_REPORT_H

#include "cli/patient_files.h"

typedef struct cli_volume_facts {
    const char *ct, *labels; /* paths; NULL: not there */
    const fv_grid *grid;
    double tilt_degrees;      /* the largest angle of an axis with the patient's */
    int least, greatest;      /* HU */
    double mean;              /* HU */
    const fv_labels *map;     /* NULL: no labels */
    const fv_extent *extents; /* [map->count + 1] */
} cli_volume_facts;

/* On standard output. FSAM_ERROR_MEMORY. */
fsam_status cli_volume_json(const cli_volume_facts *facts);
void cli_volume_text(const cli_volume_facts *facts);

#endif
