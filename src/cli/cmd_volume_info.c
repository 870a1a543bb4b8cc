/* cmd_volume_info.c - fsam volume info: what a CT or a label map holds. */
#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/volume_report.h"

#include <math.h>
#include <stdlib.h>

typedef struct request {
    const char *labels;
    cli_label_words words;
    bool json;
} request;

static const cli_option options[] = {
    {.name = "labels",
     .kind = CLI_TEXT,
     .field = offsetof(request, labels),
     .argument = "FILE",
     .section = "what is read",
     .help = "a label map, or a folder of one mask a structure; brought onto the CT's grid"},
    CLI_LABEL_OPTIONS(request, words),
    {.name = "json",
     .kind = CLI_FLAG,
     .field = offsetof(request, json),
     .section = "report",
     .help = "one JSON object"},
};

const cli_command cli_volume_info = {
    .name = "volume info",
    .summary = "say what a CT or a label map holds",
    .operands = "[CT]",
    .most = 1,
    .about = "Says of a CT (a NIfTI file, or a folder of DICOM slices), a label map or both: the grid as\n"
             "it is worked with, turned so that its axes run to the patient's left, back and head; the\n"
             "distances of voxels; where it lies in the patient's coordinates (LPS, mm); the least,\n"
             "greatest and mean HU; and of each structure its volume and centroid.",
    .examples = "  fsam volume info ct.nii.gz --labels labels.nii.gz\n"
                "  fsam volume info --labels segmentations/ --json",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_volume_info,
};

/* An axis' column is the world's direction in which it runs. */
static double tilt_of(const fv_grid *grid)
{
    const fv_affine *map = &grid->world_from_voxel;
    double spacing[3], least = 1;
    fv_grid_spacing(grid, spacing);
    for (int i = 0; i < 3; i++) least = fmin(least, map->m[i][i] / spacing[i]);
    return acos(least) * 180 / acos(-1.0);
}

static void survey_hu(const fv_ct *ct, cli_volume_facts *facts)
{
    size_t count = fv_grid_voxels(&ct->grid);
    double sum = 0;
    facts->least = facts->greatest = ct->hu[0];
    for (size_t i = 0; i < count; i++) {
        if (ct->hu[i] < facts->least) facts->least = ct->hu[i];
        if (ct->hu[i] > facts->greatest) facts->greatest = ct->hu[i];
        sum += ct->hu[i];
    }
    facts->mean = sum / (double)count;
}

static fsam_status report(const cli_patient *patient, cli_volume_facts *facts, bool json)
{
    fv_extent *extents = calloc((size_t)patient->labels.count + 1, sizeof *extents);
    if (extents == NULL) return fb_fail(FSAM_ERROR_MEMORY, "out of memory");
    facts->extents = extents;
    facts->grid = facts->ct != NULL ? &patient->ct.grid : &patient->labels.grid;
    facts->tilt_degrees = tilt_of(facts->grid);
    if (facts->ct != NULL) survey_hu(&patient->ct, facts);
    if (facts->labels != NULL) {
        facts->map = &patient->labels;
        fv_labels_extents(&patient->labels, extents);
    }
    fsam_status status = FSAM_OK;
    if (json)
        status = cli_volume_json(facts);
    else
        cli_volume_text(facts);
    free(extents);
    return status;
}

static fsam_status run(const request *wanted, const cli_texts *files)
{
    cli_patient patient;
    cli_volume_facts facts = {.ct = files->count > 0 ? files->item[0] : NULL, .labels = wanted->labels};
    if (facts.ct == NULL && facts.labels == NULL)
        return fb_fail(FSAM_ERROR_ARGUMENT, "CT or --labels is missing: one of them, or both");
    if (facts.labels == NULL && cli_label_words_given(&wanted->words))
        return fb_fail(FSAM_ERROR_ARGUMENT, "--names, --map and --standard-ids are of --labels, which is not given");
    FB_TRY(cli_patient_read(facts.ct, facts.labels, &wanted->words, &patient));
    fsam_status status = report(&patient, &facts, wanted->json);
    cli_patient_free(&patient);
    return status;
}

int cmd_volume_info(int count, char **word)
{
    request wanted = {0};
    cli_texts files;
    bool help;
    cli_progress_start(true);
    fsam_status status = cli_parse(&cli_volume_info, count, word, &wanted, &files, &help);
    if (status == FSAM_OK && !help) status = run(&wanted, &files);
    cli_request_free(&cli_volume_info, &wanted, &files);
    return status == FSAM_OK ? FSAM_OK : cli_failed(&cli_volume_info, status);
}
