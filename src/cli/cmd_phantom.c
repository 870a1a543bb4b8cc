/* cmd_phantom.c - fsam phantom: a CT and its label map from closed meshes, or from formulas alone. */
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/phantom_patient.h"
#include "cli/progress.h"
#include "cli/spacing_text.h"

#include <stdlib.h>
#include <string.h>

typedef struct request {
    const char *output, *spacing, *map;
    cli_texts regions;
    int axes, unit; /* in the order of the choices */
    int seed;
    bool cap_holes, skip_open, body, force, json, quiet;
} request;

static const cli_option options[] = {
    {.name = "map",
     .kind = CLI_TEXT,
     .field = offsetof(request, map),
     .argument = "FILE",
     .section = "meshes",
     .initial = "names are kept",
     .help = "what parts are: lines of part, structure and tissue, with tabs between them"},
    {.name = "axes",
     .kind = CLI_CHOICE,
     .field = offsetof(request, axes),
     .argument = "AXES",
     .choices = "lps|ras|y-up",
     .initial = "lps",
     .help = "where the files' x, y and z run: lps to the left, back and head, ras to the right, front and head, y-up "
             "to the left, head and front"},
    {.name = "unit",
     .kind = CLI_CHOICE,
     .field = offsetof(request, unit),
     .argument = "UNIT",
     .choices = "mm|cm|m|inch",
     .initial = "mm",
     .help = "of the files' coordinates: mm, cm, m (glTF's) or inch"},
    {.name = "cap-holes",
     .kind = CLI_FLAG,
     .field = offsetof(request, cap_holes),
     .help = "close meshes that are not, by a fan of triangles over each hole"},
    {.name = "skip-open",
     .kind = CLI_FLAG,
     .field = offsetof(request, skip_open),
     .help = "leave out meshes that are not closed, and count them, instead of stopping"},
    {.name = "body",
     .kind = CLI_SWITCH,
     .field = offsetof(request, body),
     .initial = "on",
     .help = "a body of skin, fat and soft tissue about the parts; off: air"},
    {.name = "region",
     .kind = CLI_TEXTS,
     .field = offsetof(request, regions),
     .argument = "NAME",
     .section = "analytic phantom",
     .initial = "all of it",
     .help = "only the box about this structure and 30 mm more; may be repeated for a larger box"},
    {.name = "spacing",
     .kind = CLI_TEXT,
     .field = offsetof(request, spacing),
     .argument = "X[,Y,Z]",
     .section = "output",
     .initial = "2",
     .help = "distances of voxels, mm; cubic ones for the analytic phantom"},
    {.name = "seed",
     .kind = CLI_INTEGER,
     .field = offsetof(request, seed),
     .argument = "N",
     .low = 0,
     .high = 2147483647,
     .initial = "0",
     .help = "of the tissues' texture"},
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .field = offsetof(request, output),
     .argument = "PREFIX",
     .help = "writes PREFIX.ct.nii.gz and PREFIX.labels.nii.gz"},
    {.name = "force",
     .letter = 'f',
     .kind = CLI_FLAG,
     .field = offsetof(request, force),
     .help = "overwrite files that exist"},
    {.name = "json", .kind = CLI_FLAG, .field = offsetof(request, json), .help = "the report as a JSON object"},
    {.name = "quiet", .letter = 'q', .kind = CLI_FLAG, .field = offsetof(request, quiet), .help = "no report"},
};

const cli_command cli_phantom = {
    .name = "phantom",
    .summary = "make a CT and its labels from meshes, or from formulas",
    .operands = "MESH ...",
    .least = 1,
    .most = -1,
    .about = "Makes a patient from closed meshes: STL, OBJ, PLY, GLB or glTF files, or folders of them.\n"
             "Each part of a file becomes a structure: of its name, or of what --map says. Maps for\n"
             "BodyParts3D and for HuBMAP's reference organs come with the program (share/fsam/maps). A\n"
             "part is painted where a voxel's centre lies in it; where two overlap, the one that comes\n"
             "later in the map has the voxel, or without a map the later file. HU are those usual for the\n"
             "structure or the map's, with some texture; a body is made about the parts.\n"
             "\n"
             "The word 'analytic' instead of meshes makes the analytic phantom: a standing adult with all\n"
             "128 categories, which needs no files.",
    .examples = "  fsam phantom bodyparts3d/ --map bodyparts3d.tsv --spacing 1 -o body\n"
                "  fsam phantom *.glb --map hubmap.tsv --axes y-up --unit m --cap-holes \\\n"
                "      --no-body -o woman\n"
                "  fsam phantom analytic --region skull --region vertebrae_C4 --spacing 0.8 -o head",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_phantom,
};

/* ---- what is said of it ---- */

static fsam_status report_json(const cli_patient *patient, const cli_patient_paths *paths,
                               const cli_mesh_counts *counts)
{
    json_t *object = json_object();
    json_object_set_new(object, "ct", cli_json_text(paths->ct));
    json_object_set_new(object, "labels", cli_json_text(paths->labels));
    json_object_set_new(object, "files", json_integer((json_int_t)counts->files));
    json_object_set_new(object, "parts", json_integer(counts->parts));
    json_object_set_new(object, "capped", json_integer(counts->capped));
    json_object_set_new(object, "open", json_integer(counts->open));
    json_object_set_new(object, "left_out", json_integer(counts->left_out));
    json_object_set_new(object, "unmapped", json_integer(counts->unmapped));
    json_object_set_new(object, "structures", json_integer(patient->labels.count));
    bool good = json_dumpf(object, stdout, JSON_COMPACT) == 0;
    putchar('\n');
    json_decref(object);
    return good ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "out of memory for the report");
}

static void report_text(const cli_patient *patient, const cli_patient_paths *paths, const cli_mesh_counts *counts)
{
    const int *size = patient->ct.grid.size;
    if (counts->files > 0) printf("%zu files, %d parts\n", counts->files, counts->parts);
    if (counts->capped > 0) printf("%d parts had holes, which were closed\n", counts->capped);
    if (counts->open > 0) printf("%d parts left out: not closed\n", counts->open);
    if (counts->left_out > 0) printf("%d parts left out by the map\n", counts->left_out);
    if (counts->unmapped > 0) printf("%d parts left out: not in the map\n", counts->unmapped);
    printf("%s: %d x %d x %d voxels\n", paths->ct, size[0], size[1], size[2]);
    printf("%s: %d structures\n", paths->labels, patient->labels.count);
}

/* ---- the run ---- */

static bool is_analytic(const cli_texts *words)
{
    return words->count == 1 && strcmp(words->item[0], "analytic") == 0;
}

/* What can be said before anything is read. */
static fsam_status check(const request *wanted, const cli_texts *words, double spacing[3])
{
    if (wanted->output == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "--output PREFIX is missing");
    FB_TRY(cli_spacing_parse(wanted->spacing, spacing));
    if (!is_analytic(words)) {
        if (wanted->regions.count == 0) return FSAM_OK;
        return fb_fail(FSAM_ERROR_ARGUMENT, "--region is of the analytic phantom, not of meshes");
    }
    if (wanted->map != NULL || wanted->axes != 0 || wanted->unit != 0 || wanted->cap_holes || wanted->skip_open ||
        !wanted->body)
        return fb_fail(
            FSAM_ERROR_ARGUMENT,
            "--map, --axes, --unit, --cap-holes, --skip-open and --no-body are of meshes, not of the analytic phantom");
    if (spacing[0] != spacing[1] || spacing[0] != spacing[2])
        return fb_fail(FSAM_ERROR_ARGUMENT, "--spacing: the analytic phantom's voxels are cubes");
    return FSAM_OK;
}

static fsam_status make(const request *wanted, const double spacing[3], const cli_inputs *inputs, cli_patient *patient,
                        cli_mesh_counts *counts)
{
    static const double units_mm[] = {1, 10, 1000, 25.4};
    static const fv_axes axes[] = {FV_AXES_LPS, FV_AXES_RAS, FV_AXES_Y_UP};
    if (inputs->count == 0) return cli_patient_analytic(spacing[0], &wanted->regions, (uint64_t)wanted->seed, patient);
    const cli_mesh_request meshes = {.map = wanted->map,
                                     .axes = axes[wanted->axes],
                                     .unit_mm = units_mm[wanted->unit],
                                     .spacing_mm = {spacing[0], spacing[1], spacing[2]},
                                     .cap_holes = wanted->cap_holes,
                                     .skip_open = wanted->skip_open,
                                     .bare = !wanted->body,
                                     .seed = (uint64_t)wanted->seed};
    return cli_patient_of_meshes(inputs, &meshes, patient, counts);
}

static fsam_status make_and_write(const request *wanted, const double spacing[3], const cli_inputs *inputs,
                                  const cli_patient_paths *paths)
{
    cli_patient patient = {0};
    cli_mesh_counts counts = {0};
    fsam_status status = make(wanted, spacing, inputs, &patient, &counts);
    if (status == FSAM_OK) status = cli_patient_write(&patient, paths, wanted->force);
    if (status == FSAM_OK && wanted->json)
        status = report_json(&patient, paths, &counts);
    else if (status == FSAM_OK && !wanted->quiet)
        report_text(&patient, paths, &counts);
    cli_patient_free(&patient);
    return status;
}

static fsam_status run(const request *wanted, const cli_texts *words)
{
    double spacing[3];
    cli_inputs inputs = {0};
    cli_patient_paths paths = {0};
    FB_TRY(check(wanted, words, spacing));
    fsam_status status = is_analytic(words) ? FSAM_OK : cli_mesh_inputs(words, &inputs);
    cli_texts read = {calloc(inputs.count + 1, sizeof *read.item), inputs.count};
    if (status == FSAM_OK && read.item == NULL) status = fb_fail(FSAM_ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < inputs.count && status == FSAM_OK; i++) read.item[i] = inputs.item[i].path;
    if (status == FSAM_OK) status = cli_patient_paths_plan(wanted->output, true, true, &read, wanted->force, &paths);
    if (status == FSAM_OK) status = make_and_write(wanted, spacing, &inputs, &paths);
    cli_patient_paths_free(&paths);
    free((void *)read.item);
    cli_inputs_free(&inputs);
    return status;
}

int cmd_phantom(int count, char **word)
{
    request wanted = {.spacing = "2", .body = true};
    cli_texts words;
    bool help;
    fsam_status status = cli_parse(&cli_phantom, count, word, &wanted, &words, &help);
    cli_progress_start(!wanted.quiet);
    if (status == FSAM_OK && !help) status = run(&wanted, &words);
    cli_request_free(&cli_phantom, &wanted, &words);
    return status == FSAM_OK ? FSAM_OK : cli_failed(&cli_phantom, status);
}
