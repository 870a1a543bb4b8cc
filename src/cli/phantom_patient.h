/* phantom_patient.h - the patients that fsam phantom makes. */
#ifndef CLI_PHANTOM_PATIENT_H
#define CLI_PHANTOM_PATIENT_H

#include "cli/inputs.h"
#include "cli/patient_files.h"
#include "volume/mesh_read.h"

typedef struct cli_mesh_request {
    const char *map; /* path; NULL: none */
    fv_axes axes;
    double unit_mm, spacing_mm[3];
    bool cap_holes, skip_open, bare;
    uint64_t seed;
} cli_mesh_request;

/* What became of the meshes. */
typedef struct cli_mesh_counts {
    size_t files;
    int parts;                    /* that were painted */
    int capped;                   /* of these, that had holes */
    int open, left_out, unmapped; /* that were not (fv_body_parts) */
} cli_mesh_counts;

/* Adds the files that `words` stand for to `inputs`: of folders, those whose name ends as a mesh's does.
 * FSAM_ERROR_FORMAT when a folder has none. */
fsam_status cli_mesh_inputs(const cli_texts *words, cli_inputs *inputs);
/* Owned: cli_patient_free. FSAM_ERROR_FORMAT when no part is left to paint. */
fsam_status cli_patient_of_meshes(const cli_inputs *inputs, const cli_mesh_request *wanted, cli_patient *patient,
                                  cli_mesh_counts *counts);

/* The analytic phantom in cubic voxels: all of it, or the box about the structures named in `regions`. */
fsam_status cli_patient_analytic(double spacing_mm, const cli_texts *regions, uint64_t seed, cli_patient *patient);

#endif
