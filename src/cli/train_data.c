#include "cli/train_data.h"

#include "cli/simulate_sources.h"
#include "train/number.h"
#include "train/source_mix.h"
#include "train/source_patient.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The numbers of "data". */
typedef struct amounts {
    int pixels, views, vary, pool, uses, loaded, cache_mb, threads, bone_dark;
    double patients_share, spacing_mm;
} amounts;

static const amounts usual = {.pixels = 512,
                              .views = 20,
                              .vary = 1,
                              .pool = 200,
                              .uses = 4,
                              .loaded = 4,
                              .cache_mb = 512,
                              .threads = 1,
                              .patients_share = 0.5,
                              .spacing_mm = 2};

static fr_numbers data_numbers(void)
{
    static const fr_number list[] = {
        {"pixels", offsetof(amounts, pixels), true, 16, 4096}, /* of a simulated picture's side */
        {"views", offsetof(amounts, views), true, 1, 10000},   /* of a simulated scene */
        {"vary", offsetof(amounts, vary), true, 0, 1},         /* each scene has another plausible patient */
        {"pool", offsetof(amounts, pool), true, 1, 100000},    /* simulated pictures that are mixed */
        {"uses", offsetof(amounts, uses), true, 1, 1000},      /* samples of a simulated picture */
        {"loaded", offsetof(amounts, loaded), true, 1, 1000},  /* CTs kept in memory */
        {"cache_mb", offsetof(amounts, cache_mb), true, 0, 1000000},
        {"threads", offsetof(amounts, threads), true, 1, 1024},             /* that a picture is simulated with */
        {"patients_share", offsetof(amounts, patients_share), false, 0, 1}, /* of samples, beside folders */
        {"spacing_mm", offsetof(amounts, spacing_mm), false, 0.5, 20},      /* of the analytic phantom's voxels */
        {"bone_dark", offsetof(amounts, bone_dark), true, 0, 1}, /* in own pictures whose file does not say it */
    };
    return (fr_numbers){"data", sizeof list / sizeof *list, list};
}

static const char *const lists[] = {"folders", "patients", "validate", "texts"};
enum { FOLDERS, PATIENTS, VALIDATE, TEXTS, LISTS };

struct cli_train_data {
    amounts amounts;
    fr_recipe recipe;
    uint64_t seed;
    fr_lexicon *lexicon;
    fr_folder_source *folders, *validation;
    cli_sources sources;
    fr_patient_source *patients;
    fr_mix *mix;
};

/* ---- numbers ---- */

/* A section without its lists; an empty one when it is not there. Owned. */
static json_t *without_lists(const json_t *configuration, const char *section)
{
    const json_t *object = json_object_get(configuration, section);
    json_t *copy = object != NULL ? json_copy((json_t *)object) : json_object();
    for (int i = 0; i < LISTS && strcmp(section, "data") == 0; i++) json_object_del(copy, lists[i]);
    return copy;
}

static fsam_status read_numbers(const json_t *configuration, fr_numbers numbers, void *structure)
{
    json_t *object = without_lists(configuration, numbers.group);
    fsam_status status = json_is_object(object)
                             ? fr_numbers_read(&numbers, object, "configuration", structure)
                             : fb_fail(FSAM_ERROR_ARGUMENT, "configuration: %s: not an object", numbers.group);
    json_decref(object);
    return status;
}

static fsam_status read_all(const json_t *configuration, amounts *of_data, fr_augmentation *augmentation,
                            fr_asking *asking)
{
    *of_data = usual;
    *augmentation = fr_augmentation_usual();
    *asking = fr_asking_usual();
    FB_TRY(read_numbers(configuration, data_numbers(), of_data));
    FB_TRY(read_numbers(configuration, fr_augmentation_numbers(), augmentation));
    return read_numbers(configuration, fr_asking_numbers(), asking);
}

static fsam_status write_numbers(json_t *configuration, fr_numbers numbers, const void *structure)
{
    if (json_object_get(configuration, numbers.group) == NULL)
        json_object_set_new(configuration, numbers.group, json_object());
    json_t *values = fr_numbers_json(&numbers, structure);
    int failed = json_object_update(json_object_get(configuration, numbers.group), values);
    json_decref(values);
    return failed == 0 ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", numbers.group);
}

fsam_status cli_train_data_resolve(json_t *configuration)
{
    amounts of_data;
    fr_augmentation augmentation;
    fr_asking asking;
    FB_TRY(read_all(configuration, &of_data, &augmentation, &asking));
    FB_TRY(write_numbers(configuration, data_numbers(), &of_data));
    FB_TRY(write_numbers(configuration, fr_augmentation_numbers(), &augmentation));
    return write_numbers(configuration, fr_asking_numbers(), &asking);
}

bool cli_train_data_has_section(const char *name)
{
    return strcmp(name, "data") == 0 || strcmp(name, fr_augmentation_numbers().group) == 0 ||
           strcmp(name, fr_asking_numbers().group) == 0;
}

/* ---- sources ---- */

/* The texts of a list of "data", which borrow from the configuration. Owned: free texts->item. */
static fsam_status texts_of(const json_t *configuration, int list, cli_texts *texts)
{
    const json_t *array = json_object_get(json_object_get(configuration, "data"), lists[list]);
    *texts = (cli_texts){0};
    if (array != NULL && !json_is_array(array))
        return fb_fail(FSAM_ERROR_ARGUMENT, "data.%s: not a list of texts", lists[list]);
    texts->item = calloc(json_array_size(array) + 1, sizeof *texts->item);
    if (texts->item == NULL) return fb_fail(FSAM_ERROR_MEMORY, "data.%s: out of memory", lists[list]);
    for (size_t i = 0; i < json_array_size(array); i++) {
        texts->item[i] = json_string_value(json_array_get(array, i));
        if (texts->item[i] != NULL) continue;
        free((void *)texts->item);
        *texts = (cli_texts){0};
        return fb_fail(FSAM_ERROR_ARGUMENT, "data.%s: not a list of texts", lists[list]);
    }
    texts->count = json_array_size(array);
    return FSAM_OK;
}

fsam_status cli_train_data_folder(const char *text, fr_folder *folder)
{
    const char *comma = strrchr(text, ',');
    char *end = NULL;
    folder->weight = comma != NULL ? strtod(comma + 1, &end) : 1;
    bool weighed = comma != NULL && end != comma + 1 && *end == '\0';
    if (!weighed) folder->weight = 1;
    folder->path = strndup(text, weighed ? (size_t)(comma - text) : strlen(text));
    return folder->path != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", text);
}

static fsam_status open_folders(cli_train_data *data, const cli_texts *texts, const cli_texts *words, bool validation,
                                fr_folder_source **source)
{
    fr_folder *folder = calloc(texts->count + 1, sizeof *folder);
    fsam_status status = folder != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "data: out of memory");
    for (size_t i = 0; i < texts->count && status == FSAM_OK; i++)
        status = cli_train_data_folder(texts->item[i], &folder[i]);
    fr_folder_options options = {.folder = folder,
                                 .folders = (int)texts->count,
                                 .sets = {words->item, words->count, data->amounts.bone_dark != 0},
                                 .validation = validation,
                                 .seed = data->seed,
                                 .recipe = data->recipe,
                                 .cache_bytes = (size_t)data->amounts.cache_mb << 20};
    if (validation) options.recipe.augmentation = fr_augmentation_shown();
    if (validation) options.cache_bytes = 0;
    if (status == FSAM_OK) status = fr_folder_source_open(&options, data->lexicon, source);
    for (size_t i = 0; folder != NULL && i < texts->count; i++) free((void *)folder[i].path);
    free(folder);
    return status;
}

static fsam_status find_patients(const cli_texts *texts, double spacing_mm, cli_sources *sources)
{
    cli_texts scans = {calloc(texts->count + 1, sizeof *scans.item), 0};
    bool phantom = false;
    if (scans.item == NULL) return fb_fail(FSAM_ERROR_MEMORY, "data: out of memory");
    for (size_t i = 0; i < texts->count; i++) {
        if (strcmp(texts->item[i], "analytic") == 0)
            phantom = true;
        else
            scans.item[scans.count++] = texts->item[i];
    }
    fsam_status status = cli_sources_of(&scans, phantom, false, spacing_mm, sources);
    free((void *)scans.item);
    return status;
}

static fsam_status open_patients(cli_train_data *data, const cli_texts *texts)
{
    FB_TRY(find_patients(texts, data->amounts.spacing_mm, &data->sources));
    fr_patient_options options = {.patients = {.patient = data->sources.source,
                                               .count = (int)data->sources.count,
                                               .sampling = fs_sampling_usual(),
                                               .seed = data->seed,
                                               .views = data->amounts.views,
                                               .vary = data->amounts.vary != 0,
                                               .most_loaded = data->amounts.loaded},
                                  .recipe = data->recipe,
                                  .pictures = data->amounts.pool,
                                  .uses = data->amounts.uses,
                                  .threads = data->amounts.threads};
    options.patients.sampling.pixels = data->amounts.pixels;
    return fr_patient_source_open(&options, data->lexicon, &data->patients);
}

static fsam_status mix(cli_train_data *data)
{
    if (data->folders == NULL && data->patients == NULL)
        return fb_fail(FSAM_ERROR_ARGUMENT, "data: nothing to learn from: neither folders nor patients");
    if (data->folders == NULL || data->patients == NULL) return FSAM_OK;
    const fr_mixed part[2] = {{fr_folder_source_samples(data->folders), 1 - data->amounts.patients_share},
                              {fr_patient_source_samples(data->patients), data->amounts.patients_share}};
    return fr_mix_make(part, 2, data->seed, &data->mix);
}

static fsam_status open_all(cli_train_data *data, const cli_texts texts[LISTS], bool learns)
{
    FB_TRY(fr_recipe_check(&data->recipe));
    FB_TRY(fr_lexicon_make(&data->lexicon));
    if (texts[VALIDATE].count > 0) FB_TRY(open_folders(data, &texts[VALIDATE], &texts[TEXTS], true, &data->validation));
    if (!learns) return FSAM_OK;
    if (texts[FOLDERS].count > 0) FB_TRY(open_folders(data, &texts[FOLDERS], &texts[TEXTS], false, &data->folders));
    if (texts[PATIENTS].count > 0) FB_TRY(open_patients(data, &texts[PATIENTS]));
    return mix(data);
}

static fsam_status open_data(const json_t *configuration, const fr_frame *frame, uint64_t seed, bool learns,
                             cli_train_data **result)
{
    cli_texts texts[LISTS] = {{0}};
    cli_train_data *data = calloc(1, sizeof *data);
    *result = NULL;
    if (data == NULL) return fb_fail(FSAM_ERROR_MEMORY, "data: out of memory");
    data->seed = seed;
    data->recipe.frame = *frame;
    fsam_status status = read_all(configuration, &data->amounts, &data->recipe.augmentation, &data->recipe.asking);
    for (int i = 0; i < LISTS && status == FSAM_OK; i++) status = texts_of(configuration, i, &texts[i]);
    if (status == FSAM_OK) status = open_all(data, texts, learns);
    for (int i = 0; i < LISTS; i++) free((void *)texts[i].item);
    if (status == FSAM_OK)
        *result = data;
    else
        cli_train_data_free(data);
    return status;
}

fsam_status cli_train_data_open(const json_t *configuration, int side, fi_polarity polarity, uint64_t seed,
                                cli_train_data **data)
{
    return open_data(configuration, &(fr_frame){side, polarity}, seed, true, data);
}

fsam_status cli_train_data_open_validation(const json_t *configuration, int side, fi_polarity polarity, uint64_t seed,
                                           cli_train_data **data)
{
    return open_data(configuration, &(fr_frame){side, polarity}, seed, false, data);
}

fsam_status cli_train_data_check(const json_t *configuration)
{
    cli_texts texts;
    cli_sources sources = {0};
    FB_TRY(texts_of(configuration, PATIENTS, &texts));
    fsam_status status = FSAM_OK;
    if (texts.count > 0) status = find_patients(&texts, 1, &sources);
    if (status == FSAM_OK) status = fr_patients_check(sources.source, (int)sources.count);
    cli_sources_free(&sources);
    free((void *)texts.item);
    return status;
}

void cli_train_data_free(cli_train_data *data)
{
    if (data == NULL) return;
    fr_mix_free(data->mix);
    fr_folder_source_free(data->folders);
    fr_folder_source_free(data->validation);
    fr_patient_source_free(data->patients);
    cli_sources_free(&data->sources);
    fr_lexicon_free(data->lexicon);
    free(data);
}

fr_source cli_train_data_samples(const cli_train_data *data)
{
    if (data->mix != NULL) return fr_mix_samples(data->mix);
    return data->folders != NULL ? fr_folder_source_samples(data->folders) : fr_patient_source_samples(data->patients);
}

fr_source cli_train_data_validation(const cli_train_data *data)
{
    return data->validation != NULL ? fr_folder_source_samples(data->validation) : (fr_source){0};
}

uint64_t cli_train_data_held(const cli_train_data *data)
{
    return data->validation != NULL ? fr_folder_source_pictures(data->validation) : 0;
}
