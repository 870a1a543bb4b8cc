/* cmd_simulate.c - fsam simulate: X-ray pictures of patients and their masks, from CTs and label maps. */
#include "base/file.h"
#include "cli/clock.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/progress.h"
#include "cli/ranks_failure.h"
#include "cli/simulate_sources.h"
#include "scene/case_write.h"
#include "scene/preview.h"
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct request {
    cli_texts patients, own_tools;
    const char *phantom, *tools, *tool_texts, *licence, *seed, *output;
    int images, views, size, threads;
    double spacing_mm, kv, dose, scatter, standard, jitter, shutters, tool_share, tool_scale, cut;
    bool standard_ids, vary, noise, preview, json, quiet;
} request;

static const cli_option options[] = {
    {.name = "patient",
     .kind = CLI_TEXTS,
     .field = offsetof(request, patients),
     .argument = "CT,LABELS[,NAMES]",
     .section = "patients",
     .help = "a CT (NIfTI, or a folder of DICOM), its label map (NIfTI, or a folder of one mask a structure), and a "
             "table of the labels' names where the map has none; again for each patient"},
    {.name = "standard-ids",
     .kind = CLI_FLAG,
     .field = offsetof(request, standard_ids),
     .help = "labels without names are numbered as TotalSegmentator's 117"},
    {.name = "licence",
     .kind = CLI_TEXT,
     .field = offsetof(request, licence),
     .argument = "TEXT",
     .help = "the licence of the CTs, to be noted in the data set"},
    {.name = "phantom",
     .kind = CLI_TEXT,
     .field = offsetof(request, phantom),
     .argument = "analytic",
     .choices = "analytic",
     .help = "a made-up adult with all 128 categories; no file is needed"},
    {.name = "spacing",
     .kind = CLI_REAL,
     .field = offsetof(request, spacing_mm),
     .argument = "MM",
     .low = 0.5,
     .high = 20,
     .initial = "2",
     .help = "voxels of the phantom, mm"},
    {.name = "vary",
     .kind = CLI_FLAG,
     .field = offsetof(request, vary),
     .help = "each scene has another plausible patient: deformed, scaled, denser or less, mirrored"},
    {.name = "images",
     .letter = 'n',
     .kind = CLI_INTEGER,
     .field = offsetof(request, images),
     .argument = "N",
     .low = 1,
     .high = FS_MOST_IMAGES,
     .section = "pictures",
     .initial = "20",
     .help = "pictures of each patient"},
    {.name = "views",
     .kind = CLI_INTEGER,
     .field = offsetof(request, views),
     .argument = "N",
     .low = 1,
     .high = 10000,
     .initial = "20",
     .help = "pictures of a scene, which have its tools (and, with --vary, its patient) in common"},
    {.name = "size",
     .kind = CLI_INTEGER,
     .field = offsetof(request, size),
     .argument = "PIXELS",
     .low = 16,
     .high = 4096,
     .initial = "512",
     .help = "width and height of a picture, pixels"},
    {.name = "seed",
     .kind = CLI_TEXT,
     .field = offsetof(request, seed),
     .argument = "N",
     .initial = "0",
     .help = "what chance starts from: the same seed gives the same bytes, on any number of threads and ranks"},
    {.name = "tools",
     .kind = CLI_TEXT,
     .field = offsetof(request, tools),
     .argument = "A..B",
     .initial = "0..3",
     .help = "how many tools and implants a scene has, at most 16"},
    {.name = "tool",
     .kind = CLI_TEXTS,
     .field = offsetof(request, own_tools),
     .argument = "MESH[,NAME[,MATERIAL]]",
     .help = "a tool of your own (STL, OBJ, PLY or GLB), what it is called, and what it is made of; again for each"},
    {.name = "tool-share",
     .kind = CLI_REAL,
     .field = offsetof(request, tool_share),
     .argument = "SHARE",
     .low = 0,
     .high = 1,
     .initial = "0.5",
     .help = "how many of the tools are those of --tool; the others are the catalogue's"},
    {.name = "tool-scale",
     .kind = CLI_REAL,
     .field = offsetof(request, tool_scale),
     .argument = "MM",
     .low = 1e-6,
     .high = 1e5,
     .initial = "1",
     .help = "millimetres of one unit of the meshes: 1000 for metres"},
    {.name = "tool-texts",
     .kind = CLI_TEXT,
     .field = offsetof(request, tool_texts),
     .argument = "FILE",
     .help = "more ways to name them: lines of NAME, a tab, and a text"},
    {.name = "standard",
     .kind = CLI_REAL,
     .field = offsetof(request, standard),
     .argument = "SHARE",
     .low = 0,
     .high = 1,
     .initial = "0.5",
     .help = "share of radiographers' views; the others are random"},
    {.name = "jitter",
     .kind = CLI_REAL,
     .field = offsetof(request, jitter),
     .argument = "X",
     .low = 0,
     .high = 3,
     .initial = "1",
     .help = "how far radiographers' views stray from the book: 0 not at all"},
    {.name = "cut",
     .kind = CLI_REAL,
     .field = offsetof(request, cut),
     .argument = "SHARE",
     .low = 0,
     .high = 1,
     .initial = "0.2",
     .help = "how much of a picture may lack body because the CT ends; views that lack more are drawn anew"},
    {.name = "kv",
     .kind = CLI_REAL,
     .field = offsetof(request, kv),
     .argument = "KV",
     .section = "exposure",
     .low = 40,
     .high = 150,
     .initial = "50 to 125, by thickness and chance",
     .help = "tube voltage"},
    {.name = "dose",
     .kind = CLI_REAL,
     .field = offsetof(request, dose),
     .argument = "UGY",
     .low = 0.001,
     .high = 1000,
     .initial = "0.1 to 4, by chance",
     .help = "air kerma behind the patient, in microgray: less is noisier"},
    {.name = "scatter",
     .kind = CLI_REAL,
     .field = offsetof(request, scatter),
     .argument = "RATIO",
     .low = 0,
     .high = 5,
     .initial = "0",
     .help = "scattered to primary radiation behind 25 cm of water; an estimate (docs/SIMULATION.md)"},
    {.name = "shutters",
     .kind = CLI_REAL,
     .field = offsetof(request, shutters),
     .argument = "SHARE",
     .low = 0,
     .high = 1,
     .initial = "0.3",
     .help = "share of pictures in which shutters hide a part; 0: none"},
    {.name = "noise",
     .kind = CLI_SWITCH,
     .field = offsetof(request, noise),
     .initial = "on",
     .help = "quantum and electronic noise"},
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .field = offsetof(request, output),
     .argument = "DIR",
     .section = "output",
     .help = "the data set's folder, which is made; complete pictures that are there are kept"},
    {.name = "preview",
     .kind = CLI_FLAG,
     .field = offsetof(request, preview),
     .help = "also a contact sheet of each case, DIR/CASE.preview.png"},
    {.name = "threads",
     .kind = CLI_INTEGER,
     .field = offsetof(request, threads),
     .argument = "N",
     .low = 1,
     .high = 1024,
     .initial = "one for each processor",
     .help = "threads of each process"},
    {.name = "json", .kind = CLI_FLAG, .field = offsetof(request, json), .help = "the summary as a JSON object"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CLI_FLAG,
     .field = offsetof(request, quiet),
     .help = "no summary, no progress"},
};

const cli_command cli_simulate = {
    .name = "simulate",
    .summary = "make X-ray pictures with masks and texts from CTs",
    .operands = "",
    .least = 0,
    .most = 0,
    .about = "Projects patients, with tools, to pictures as an X-ray device takes them, and writes a\n"
             "mask and texts for every structure, group and tool that is seen (docs/FORMATS.md).\n"
             "\n"
             "A picture depends on the seed, the case and its number alone. A run that was stopped\n"
             "goes on where it was; a folder that was made with other settings is refused. Views in\n"
             "which nothing is seen, or of which too much lies beyond the CT's ends however they are\n"
             "drawn, and pictures that cannot be made, are passed over and counted;\n"
             "with any of the latter the exit status is 8. A patient that cannot be read is reported,\n"
             "and the others are still done.\n"
             "\n"
             "Started by mpirun or srun, all processes share the pictures of one data set, which is the\n"
             "same as that of one process.",
    .examples = "  fsam simulate --phantom analytic -n 24 -o demo --preview\n"
                "  fsam simulate --patient a/ct.nii.gz,a/labels.nii.gz -n 1000 -o set --vary\n"
                "  mpirun -n 8 fsam simulate --phantom analytic -n 10000 -o set --vary",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_simulate,
};

/* "A..B" or "B", which is 0..B. */
static fsam_status read_tools(const char *text, fs_sampling *sampling)
{
    char *end;
    if (text == NULL) return FSAM_OK;
    long first = strtol(text, &end, 10), last = first;
    bool sound = end != text;
    if (sound && strncmp(end, "..", 2) == 0) {
        const char *second = end + 2;
        last = strtol(second, &end, 10);
        sound = end != second;
    } else {
        first = 0;
    }
    if (!sound || *end != '\0' || first < 0 || last < first || last > FS_MOST_TOOLS)
        return fb_fail(FSAM_ERROR_ARGUMENT, "--tools: \"%s\" is not A..B within 0..%d", text, FS_MOST_TOOLS);
    sampling->least_tools = (int)first;
    sampling->most_tools = (int)last;
    return FSAM_OK;
}

static fsam_status read_seed(const char *text, uint64_t *seed)
{
    char *end;
    if (text == NULL) return FSAM_OK;
    *seed = strtoull(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && *seed <= INT64_MAX) return FSAM_OK;
    return fb_fail(FSAM_ERROR_ARGUMENT, "--seed: \"%s\" is no whole number from 0 to 9223372036854775807", text);
}

static fsam_status plan(const request *wanted, fs_simulation *simulation, cli_sources *sources, fs_user_tools *tools)
{
    fs_sampling *sampling = &simulation->sampling;
    if (wanted->output == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "--output: no folder given");
    if (wanted->phantom != NULL && strcmp(wanted->phantom, "analytic") != 0)
        return fb_fail(FSAM_ERROR_ARGUMENT, "--phantom: \"%s\": there is only \"analytic\"", wanted->phantom);
    *simulation = (fs_simulation){.licence = wanted->licence,
                                  .folder = wanted->output,
                                  .sampling = fs_sampling_usual(),
                                  .images = (size_t)wanted->images,
                                  .views = wanted->views,
                                  .threads = wanted->threads > 0 ? wanted->threads : omp_get_num_procs(),
                                  .vary = wanted->vary};
    sampling->pixels = wanted->size;
    sampling->standard_share = wanted->standard;
    sampling->jitter = wanted->jitter;
    sampling->most_cut = wanted->cut;
    sampling->kv = wanted->kv;
    sampling->dose = wanted->dose;
    sampling->scatter_ratio = wanted->scatter;
    sampling->noise = wanted->noise;
    sampling->shutters = wanted->shutters;
    FB_TRY(read_tools(wanted->tools, sampling));
    FB_TRY(read_seed(wanted->seed, &simulation->seed));
    FB_TRY(
        cli_sources_of(&wanted->patients, wanted->phantom != NULL, wanted->standard_ids, wanted->spacing_mm, sources));
    simulation->patients = sources->count;
    simulation->tools = tools;
    simulation->tool_share = wanted->tool_share;
    int rank, count;
    fb_ranks_launched(&rank, &count);
    return cli_tools_of(&wanted->own_tools, wanted->tool_scale, wanted->tool_texts, wanted->quiet || rank > 0, tools);
}

/* A run over all patients. */
typedef struct run {
    const request *wanted;
    fs_simulation simulation;
    cli_sources sources;
    fs_user_tools tools;
    fs_tally before; /* sums over the patients that are done */
    const char *current;
    double start;
    const char **done; /* names of cases that are whole, and have pictures */
    size_t done_count;
} run;

static size_t passed(const fs_tally *tally)
{
    return tally->made + tally->empty + tally->cut + tally->failed;
}

/* Says one line, if this is the rank that speaks for all, and returns the status. */
static int fail(const run *r, fsam_status status)
{
    return fb_ranks_rank(r->simulation.ranks) == 0 ? cli_failed(&cli_simulate, status) : (int)status;
}

/* Of a patient, a rank knows only how far it is with its own share; the others have come about as far with theirs. */
static void report(void *context, const fs_tally *tally, const char *failure)
{
    run *r = context;
    if (failure != NULL) {
        cli_progress_clear();
        fprintf(stderr, "fsam simulate: %s: a picture is passed over: %s\n", r->current, failure);
    }
    const double whole = tally->total > 0 ? (double)r->simulation.images / (double)tally->total : 1;
    const size_t kept = r->before.kept + (size_t)((double)tally->kept * whole);
    const size_t total = r->sources.count * r->simulation.images - kept;
    const size_t done = passed(&r->before) + (size_t)((double)passed(tally) * whole);
    cli_progress_bar(&(cli_bar){done < total ? done : total, total, cli_now() - r->start, r->current});
}

static void give_up(void *context, fsam_status status)
{
    const run *r = context;
    while (fb_writers_unlinked()) pause(); /* this rank failed because a signal ends it, which is no news */
    fb_ranks_abort(r->simulation.ranks, cli_failed(&cli_simulate, status));
}

static void add_tally(fs_tally *sum, const fs_tally *tally)
{
    sum->total += tally->total;
    sum->made += tally->made;
    sum->kept += tally->kept;
    sum->empty += tally->empty;
    sum->cut += tally->cut;
    sum->redrawn += tally->redrawn;
    sum->failed += tally->failed;
    sum->masks += tally->masks;
}

static fsam_status preview(const run *r, const char *name)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s.preview.png", r->wanted->output, name) < 0)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", name);
    const fsam_status status = fs_preview_write(r->wanted->output, name, path);
    free(path);
    return status;
}

static fsam_status simulate_one(run *r, const fs_source *source)
{
    fs_tally tally;
    r->current = source->name;
    cli_progress("%s: reading", source->name);
    fsam_status status = fs_simulate(&r->simulation, source, &tally);
    add_tally(&r->before, &tally);
    const bool any = status == FSAM_OK && tally.made + tally.kept > 0;
    if (any) r->done[r->done_count++] = source->name;
    const bool first = fb_ranks_rank(r->simulation.ranks) == 0;
    if (any && r->wanted->preview && first) status = preview(r, source->name);
    cli_progress_clear();
    return fb_ranks_agree(r->simulation.ranks, status);
}

static fsam_status print_summary(const run *r)
{
    const fs_tally *t = &r->before;
    const double seconds = cli_now() - r->start, rate = t->made > 0 ? (double)t->made / seconds : 0;
    if (!r->wanted->json) {
        printf(
            "pictures: %zu made, %zu kept, %zu showed nothing, %zu beyond the CT's ends, %zu failed; masks: %zu; %.2f "
            "pictures/s\n",
            t->made, t->kept, t->empty, t->cut, t->failed, t->masks, rate);
        return FSAM_OK;
    }
    json_t *summary =
        json_pack("{s:o, s:I, s:f, s:I, s:I, s:I, s:I, s:I, s:I, s:f}", "folder", cli_json_text(r->wanted->output),
                  "images", (json_int_t)t->made, "images_per_s", rate, "masks", (json_int_t)t->masks, "kept",
                  (json_int_t)t->kept, "empty", (json_int_t)t->empty, "cut", (json_int_t)t->cut, "redrawn",
                  (json_int_t)t->redrawn, "failed", (json_int_t)t->failed, "seconds", seconds);
    char *text = summary != NULL ? json_dumps(summary, JSON_REAL_PRECISION(5)) : NULL;
    json_decref(summary);
    if (text == NULL) return fb_fail(FSAM_ERROR_MEMORY, "summary: out of memory");
    puts(text);
    free(text);
    return FSAM_OK;
}

static fsam_status finish(const run *r)
{
    fsam_status status = FSAM_OK;
    if (fb_ranks_rank(r->simulation.ranks) != 0) return FSAM_OK;
    if (r->done_count > 0) status = fs_split_write(r->wanted->output, r->done, r->done_count, r->simulation.seed);
    if (status == FSAM_OK && !r->wanted->quiet) status = print_summary(r);
    (void)fflush(stdout); /* before a launcher hears that a rank has ended; main checks it */
    return status;
}

/* The exit status: of the first patient that fails; else whether pictures did. */
static int simulate_all(run *r)
{
    int result = FSAM_OK;
    for (size_t i = 0; i < r->sources.count; i++) {
        const fsam_status status = simulate_one(r, &r->sources.source[i]);
        const int said = status != FSAM_OK ? fail(r, status) : FSAM_OK;
        if (result == FSAM_OK) result = said;
    }
    const fsam_status status = fb_ranks_agree(r->simulation.ranks, finish(r));
    if (status != FSAM_OK) {
        const int said = fail(r, status);
        if (result == FSAM_OK) result = said;
    }
    return result == FSAM_OK && r->before.failed > 0 ? FSAM_ERROR_MISMATCH : result;
}

static int start(run *r)
{
    r->done = calloc(r->sources.count, sizeof *r->done);
    if (r->done == NULL) return cli_failed(&cli_simulate, fb_fail(FSAM_ERROR_MEMORY, "out of memory"));
    r->simulation.report = report;
    r->simulation.give_up = give_up;
    r->simulation.context = r;
    r->start = cli_now();
    /* a launcher mixes what ranks say: whole lines stay whole */
    if (r->simulation.ranks != NULL) (void)setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
    cli_progress_start(!r->wanted->quiet && fb_ranks_rank(r->simulation.ranks) == 0);
    const int result = simulate_all(r);
    free(r->done);
    return result;
}

int cmd_simulate(int count, char **word)
{
    request wanted = {.images = 20,
                      .views = 20,
                      .size = FS_PIXELS,
                      .spacing_mm = 2,
                      .standard = 0.5,
                      .jitter = 1,
                      .shutters = 0.3,
                      .cut = 0.2,
                      .tool_share = 0.5,
                      .tool_scale = 1,
                      .noise = true};
    cli_texts operands;
    bool help;
    run r = {.wanted = &wanted};
    fsam_status status = cli_parse(&cli_simulate, count, word, &wanted, &operands, &help);
    if (status == FSAM_OK && !help) status = plan(&wanted, &r.simulation, &r.sources, &r.tools);
    if (status == FSAM_OK && !help) status = fb_ranks_start(&r.simulation.ranks);
    int result = FSAM_OK;
    if (status != FSAM_OK)
        result = cli_failed_at_start(&cli_simulate, status);
    else if (!help)
        result = start(&r);
    fb_ranks_end(r.simulation.ranks);
    cli_sources_free(&r.sources);
    fs_user_tools_free(&r.tools);
    cli_request_free(&cli_simulate, &wanted, &operands);
    return result;
}
