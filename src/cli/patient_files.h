/* patient_files.h - a patient of a CT, labels or both, as commands read and write it. */
#ifndef CLI_PATIENT_FILES_H
#define CLI_PATIENT_FILES_H

#include "cli/label_options.h"
#include "volume/volume.h"

/* Zeroed: empty. Owned: cli_patient_free. */
typedef struct cli_patient {
    fv_ct ct;         /* hu NULL: there is none */
    fv_labels labels; /* label NULL: there is none */
} cli_patient;

/* Either path may be NULL. Labels come on the CT's grid, when there is one. */
fsam_status cli_patient_read(const char *ct, const char *labels, const cli_label_words *words, cli_patient *patient);
void cli_patient_free(cli_patient *patient);

/* FSAM_ERROR_ARGUMENT when --output is missing (NULL), or is no name of a NIfTI file. */
fsam_status cli_nifti_output_check(const char *output);

/* PREFIX.ct.nii.gz and PREFIX.labels.nii.gz. Owned: cli_patient_paths_free. */
typedef struct cli_patient_paths {
    char *ct, *labels; /* NULL: not to be written */
} cli_patient_paths;

/* Names them and checks that they may be written, as cli_outputs_check does; folders in `prefix` are made. */
fsam_status cli_patient_paths_plan(const char *prefix, bool ct, bool labels, const cli_texts *inputs, bool force,
                                   cli_patient_paths *paths);
void cli_patient_paths_free(cli_patient_paths *paths);
fsam_status cli_patient_write(const cli_patient *patient, const cli_patient_paths *paths, bool force);

#endif
