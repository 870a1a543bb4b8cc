#include "cli/patient_files.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "volume/ct_read.h"
#include "volume/nifti.h"

#include <stdlib.h>
#include <string.h>

fsam_status cli_patient_read(const char *ct, const char *labels, const cli_label_words *words, cli_patient *patient)
{
    fsam_status status = FSAM_OK;
    *patient = (cli_patient){0};
    if (ct != NULL) {
        cli_progress("reading %s", ct);
        status = fv_ct_read(ct, 0, &patient->ct);
    }
    if (status == FSAM_OK && labels != NULL) {
        const fv_label_source source = cli_label_source(labels, words);
        cli_progress("reading %s", labels);
        status = fv_labels_read(&source, ct != NULL ? &patient->ct.grid : NULL, 0, &patient->labels);
    }
    cli_progress_clear();
    if (status != FSAM_OK) cli_patient_free(patient);
    return status;
}

void cli_patient_free(cli_patient *patient)
{
    fv_ct_free(&patient->ct);
    fv_labels_free(&patient->labels);
}

static bool ends_in(const char *text, const char *end)
{
    const size_t length = strlen(text), part = strlen(end);
    return length >= part && strcmp(text + length - part, end) == 0;
}

fsam_status cli_nifti_output_check(const char *output)
{
    if (output == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "--output FILE is missing");
    if (ends_in(output, ".nii") || ends_in(output, ".nii.gz")) return FSAM_OK;
    return fb_fail(FSAM_ERROR_ARGUMENT, "%s: --output: ends in neither .nii nor .nii.gz", output);
}

fsam_status cli_patient_paths_plan(const char *prefix, bool ct, bool labels, const cli_texts *inputs, bool force,
                                   cli_patient_paths *paths)
{
    const char *list[2];
    cli_texts planned = {list, 0}, none = {0};
    *paths = (cli_patient_paths){0};
    bool good = true;
    if (ct) good = asprintf(&paths->ct, "%s.ct.nii.gz", prefix) >= 0;
    if (good && labels) good = asprintf(&paths->labels, "%s.labels.nii.gz", prefix) >= 0;
    if (!good) return fb_fail(FSAM_ERROR_MEMORY, "out of memory");
    if (ct) list[planned.count++] = paths->ct;
    if (labels) list[planned.count++] = paths->labels;
    return cli_outputs_check(&planned, &none, inputs, force);
}

void cli_patient_paths_free(cli_patient_paths *paths)
{
    free(paths->ct);
    free(paths->labels);
    *paths = (cli_patient_paths){0};
}

fsam_status cli_patient_write(const cli_patient *patient, const cli_patient_paths *paths, bool force)
{
    fsam_status status = FSAM_OK;
    if (paths->ct != NULL) {
        cli_progress("writing %s", paths->ct);
        status = fv_nifti_write_ct(&patient->ct, paths->ct, force);
    }
    if (status == FSAM_OK && paths->labels != NULL) {
        cli_progress("writing %s", paths->labels);
        status = fv_nifti_write_labels(&patient->labels, paths->labels, force);
    }
    cli_progress_clear();
    return status;
}
