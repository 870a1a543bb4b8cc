#include "train/run_settings.h"

#include "base/json.h"

#include <stdio.h>
#include <string.h>

#define STEP(name, kind, field, low, high, help)                                                                       \
    {                                                                                                                  \
        "step", name, kind, offsetof(fr_run_settings, step.field), low, high, help                                     \
    }
#define OPTIMISER(name, low, high, help)                                                                               \
    {                                                                                                                  \
        "optimiser", #name, FR_REAL, offsetof(fr_run_settings, optimiser.name), low, high, help                        \
    }
#define SCHEDULE(name, kind, field, low, high, help)                                                                   \
    {                                                                                                                  \
        "schedule", name, kind, offsetof(fr_run_settings, schedule.field), low, high, help                             \
    }
#define RUN(name, kind, low, high, help)                                                                               \
    {                                                                                                                  \
        "run", #name, kind, offsetof(fr_run_settings, run.name), low, high, help                                       \
    }

static const fr_run_setting table[] = {
    STEP("batch", FR_INTEGER, batch, 1, 4096, "images of a batch, of all ranks together"),
    STEP("clicks", FR_INTEGER, clicks, 0, FR_MOST_CLICKS, "clicks after the text, each where the last answer errs"),
    STEP("learn_text", FR_SWITCH, learn_text, 0, 1, "learn from the text's answer"),
    STEP("learn_first", FR_SWITCH, learn_first, 0, 1, "learn from the first click's answer"),
    STEP("learn_last", FR_SWITCH, learn_last, 0, 1, "learn from the last click's answer"),
    STEP("learn_others", FR_INTEGER, learn_others, 0, FR_MOST_CLICKS, "learn from so many other clicks, by chance"),
    STEP("previous", FR_REAL, previous, 0, 1, "share of dialogues in which answers are fed back as a mask"),
    STEP("dice", FR_REAL, loss.dice, 0, 1000, "weight of the dice loss"),
    STEP("focal", FR_REAL, loss.focal, 0, 1000, "weight of the focal loss"),
    STEP("iou", FR_REAL, loss.iou, 0, 1000, "weight of the predicted IoU's squared error"),
    STEP("single", FR_REAL, single, 0, 1000, "weight of the single mask's loss, after the last click"),
    STEP("vq", FR_REAL, vq, 0, 1000, "weight of the codebook's loss"),
    STEP("revive", FR_INTEGER, revive, 0, 1000000,
         "iterations between revivals of unused rows of the codebook; 0: never"),
    STEP("drop_path", FR_REAL, drop_path, 0, 0.9, "chance that the last block's branches are left out"),
    OPTIMISER(beta1, 0, 0.9999999, "AdamW: memory of the gradient"),
    OPTIMISER(beta2, 0, 0.9999999, "AdamW: memory of its square"),
    OPTIMISER(eps, 1e-12, 1, "AdamW: added to the root of the square"),
    OPTIMISER(decay, 0, 10, "AdamW: weight decay"),
    OPTIMISER(clip, 0, 1e9, "the gradient's norm at most; 0: any"),
    OPTIMISER(layer_decay, 0.01, 1, "a layer's rate over that of the layer above"),
    OPTIMISER(average, 0, 0.9999999, "memory of the moving average; 0: none"),
    SCHEDULE("decline", FR_DECLINE, decline, 0, 0, "how the rate falls after the warm-up: steps or cosine"),
    SCHEDULE("start", FR_REAL, start, 0, 1, "rate of the first iteration"),
    SCHEDULE("peak", FR_REAL, peak, 0, 1, "rate after the warm-up"),
    SCHEDULE("warm_up", FR_INTEGER, warm_up, 0, 2147483647, "iterations in which it rises"),
    SCHEDULE("drop", FR_NUMBERS, drop, 0, 2147483647, "steps: iterations at which the rate drops"),
    SCHEDULE("factor", FR_REAL, factor, 0, 1, "steps: to this share"),
    SCHEDULE("last", FR_INTEGER, last, 0, 2147483647,
             "cosine: iteration at which the final rate is reached; 0: the last"),
    SCHEDULE("final", FR_REAL, final, 0, 1, "cosine: that rate"),
    RUN(backbone, FR_SWITCH, 0, 1, "the first stage: the encoder learns classes, without prompts"),
    RUN(iterations, FR_INTEGER, 0, 2147483647, "updates of the parameters"),
    RUN(accumulate, FR_INTEGER, 1, 4096, "batches of an update"),
    RUN(checkpoint_every, FR_INTEGER, 1, 2147483647, "iterations between checkpoints"),
    RUN(keep, FR_INTEGER, 1, 1000, "checkpoints that are kept"),
    RUN(validate_every, FR_INTEGER, 0, 2147483647, "iterations between validations; 0: none"),
    RUN(validate_samples, FR_INTEGER, 1, 1000000, "pictures of a validation"),
    RUN(stop_after, FR_INTEGER, 1, 2147483647, "bad losses or gradients in a row before the run stops"),
    RUN(threads, FR_INTEGER, 1, 256, "threads that make samples"),
    RUN(ahead, FR_INTEGER, 1, 4096, "samples made ahead"),
    RUN(seed, FR_INTEGER, 0, 2147483647, "what chance starts from"),
    RUN(hold, FR_PATTERNS, 0, 0, "patterns of parameters that stay as they are"),
};
enum { SETTINGS = sizeof table / sizeof table[0] };

const fr_run_setting *fr_run_setting_at(size_t index)
{
    return index < SETTINGS ? &table[index] : NULL;
}

bool fr_run_settings_has_section(const char *name)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (strcmp(table[i].section, name) == 0) return true;
    return false;
}

fr_run_settings fr_run_settings_usual(void)
{
    fr_run_settings settings = {
        .step = fr_step_published, .optimiser = fr_adamw_usual, .schedule = fr_schedule_published};
    settings.schedule.last = 0;
    settings.run.iterations = 500000;
    settings.run.accumulate = 1;
    settings.run.checkpoint_every = 1000;
    settings.run.keep = 3;
    settings.run.validate_every = 1000;
    settings.run.validate_samples = 64;
    settings.run.stop_after = 20;
    settings.run.threads = 1;
    settings.run.ahead = 16;
    return settings;
}

fr_run_settings fr_run_settings_fine(void)
{
    fr_run_settings settings = fr_run_settings_usual();
    settings.step.clicks = 2;
    settings.step.learn_first = false;
    settings.step.learn_others = 0;
    settings.step.drop_path = 0.1;
    settings.optimiser.layer_decay = 0.8;
    settings.optimiser.average = 0.99;
    settings.schedule = (fr_schedule){.decline = FR_COSINE, .start = 1e-6, .peak = 1e-4, .warm_up = 100, .final = 1e-6};
    settings.run.iterations = 1000;
    settings.run.checkpoint_every = 100;
    settings.run.validate_every = 100;
    return settings;
}

fr_schedule fr_run_schedule(const fr_run_settings *settings)
{
    fr_schedule schedule = settings->schedule;
    if (schedule.last == 0) schedule.last = (uint64_t)settings->run.iterations;
    return schedule;
}

fsam_status fr_configuration_set(json_t *configuration, const char *assignment)
{
    char section[64], name[64];
    int end = 0;
    if (sscanf(assignment, "%63[a-z0-9_].%63[a-z0-9_]=%n", section, name, &end) != 2 || end == 0)
        return fb_fail(FSAM_ERROR_ARGUMENT, "'%s' is not section.name=value", assignment);
    json_t *object = json_object_get(configuration, section);
    if (object == NULL && json_object_set_new(configuration, section, json_object()) == 0)
        object = json_object_get(configuration, section);
    json_t *value = json_loads(assignment + end, JSON_DECODE_ANY, NULL);
    if (value == NULL) value = json_string(assignment + end);
    if (value == NULL || json_object_set_new(object, name, value) != 0)
        return fb_fail(FSAM_ERROR_ARGUMENT, "'%s': no value, or no section of settings", assignment);
    return FSAM_OK;
}

/* ---- reading ---- */

static fsam_status wrong(const char *where, const fr_run_setting *s, const char *why)
{
    return fb_fail(FSAM_ERROR_ARGUMENT, "%s: %s.%s: %s", where, s->section, s->name, why);
}

static bool in_range(const fr_run_setting *s, const json_t *value)
{
    return json_number_value(value) >= s->low && json_number_value(value) <= s->high;
}

/* The schedule counts iterations in 64 bits, everything else in an int. */
static bool is_long(const fr_run_setting *s)
{
    return s->field == offsetof(fr_run_settings, schedule.warm_up) ||
           s->field == offsetof(fr_run_settings, schedule.last);
}

static fsam_status read_numbers(const fr_run_setting *s, const json_t *value, const char *where, fr_schedule *schedule)
{
    if (!json_is_array(value) || json_array_size(value) > FR_MOST_DROPS)
        return wrong(where, s, "not a list of at most 8 integers");
    schedule->drops = (int)json_array_size(value);
    for (int i = 0; i < schedule->drops; i++) {
        const json_t *item = json_array_get(value, (size_t)i);
        if (!json_is_integer(item) || !in_range(s, item)) return wrong(where, s, "not a list of at most 8 integers");
        schedule->drop[i] = (uint64_t)json_integer_value(item);
    }
    return FSAM_OK;
}

static fsam_status read_patterns(const fr_run_setting *s, const json_t *value, const char *where,
                                 fr_run_settings *settings)
{
    if (!json_is_array(value) || json_array_size(value) > FR_MOST_HELD)
        return wrong(where, s, "not a list of at most 16 patterns");
    settings->run.holds = (int)json_array_size(value);
    for (int i = 0; i < settings->run.holds; i++) {
        const char *text = json_string_value(json_array_get(value, (size_t)i));
        if (text == NULL || strlen(text) >= FR_HELD) return wrong(where, s, "a pattern is no text, or too long");
        snprintf(settings->run.hold[i], FR_HELD, "%s", text);
    }
    return FSAM_OK;
}

static fsam_status read_decline(const fr_run_setting *s, const json_t *value, const char *where, fr_schedule *schedule)
{
    const char *text = json_string_value(value);
    if (text == NULL || (strcmp(text, "steps") != 0 && strcmp(text, "cosine") != 0))
        return wrong(where, s, "neither \"steps\" nor \"cosine\"");
    schedule->decline = strcmp(text, "cosine") == 0 ? FR_COSINE : FR_STEPS;
    return FSAM_OK;
}

static fsam_status read_one(const fr_run_setting *s, const json_t *value, const char *where, fr_run_settings *settings)
{
    char *field = (char *)settings + s->field, range[96];
    snprintf(range, sizeof range, "not %s from %.10g to %.10g", s->kind == FR_INTEGER ? "an integer" : "a number",
             s->low, s->high);
    switch (s->kind) {
    case FR_INTEGER:
        if (!json_is_integer(value) || !in_range(s, value)) return wrong(where, s, range);
        if (is_long(s))
            *(uint64_t *)field = (uint64_t)json_integer_value(value);
        else
            *(int *)field = (int)json_integer_value(value);
        return FSAM_OK;
    case FR_REAL:
        if (!json_is_number(value) || !in_range(s, value)) return wrong(where, s, range);
        *(double *)field = json_number_value(value);
        return FSAM_OK;
    case FR_SWITCH:
        if (!json_is_boolean(value)) return wrong(where, s, "neither true nor false");
        *(bool *)field = json_is_true(value);
        return FSAM_OK;
    case FR_DECLINE:
        return read_decline(s, value, where, &settings->schedule);
    case FR_NUMBERS:
        return read_numbers(s, value, where, &settings->schedule);
    default:
        return read_patterns(s, value, where, settings);
    }
}

static const fr_run_setting *find(const char *section, const char *name)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (strcmp(table[i].section, section) == 0 && strcmp(table[i].name, name) == 0) return &table[i];
    return NULL;
}

fsam_status fr_run_settings_read(const json_t *configuration, const char *where, fr_run_settings *settings)
{
    const char *section, *name;
    json_t *object, *value;
    json_object_foreach((json_t *)configuration, section, object)
    {
        if (!fr_run_settings_has_section(section)) continue;
        if (!json_is_object(object)) return fb_fail(FSAM_ERROR_ARGUMENT, "%s: %s: not an object", where, section);
        json_object_foreach(object, name, value)
        {
            const fr_run_setting *setting = find(section, name);
            if (setting == NULL)
                return fb_fail(FSAM_ERROR_ARGUMENT, "%s: %s.%s: no such setting", where, section, name);
            FB_TRY(read_one(setting, value, where, settings));
        }
    }
    settings->step.seed = (uint64_t)settings->run.seed;
    return FSAM_OK;
}

void fr_run_settings_inherit(const char *training, fr_run_settings *settings)
{
    static const char *const names[] = {"clicks",       "learn_text", "learn_first", "learn_last",
                                        "learn_others", "previous",   "dice",        "focal",
                                        "iou",          "single",     "vq"};
    json_t *own = NULL;
    if (training[0] != '\0') (void)fb_json_parse(training, FB_JSON_RECORD, 0, "fsam.training", &own);
    const json_t *step = json_object_get(own, "step");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const json_t *value = json_object_get(step, names[i]);
        if (value != NULL) (void)read_one(find("step", names[i]), value, "fsam.training", settings);
    }
    json_decref(own);
    fb_message_clear();
}

/* ---- writing ---- */

static json_t *format_numbers(const fr_schedule *schedule)
{
    json_t *list = json_array();
    for (int i = 0; i < schedule->drops; i++) json_array_append_new(list, json_integer((json_int_t)schedule->drop[i]));
    return list;
}

static json_t *format_patterns(const fr_run_settings *settings)
{
    json_t *list = json_array();
    for (int i = 0; i < settings->run.holds; i++) json_array_append_new(list, json_string(settings->run.hold[i]));
    return list;
}

static json_t *format_one(const fr_run_setting *s, const fr_run_settings *settings)
{
    const char *field = (const char *)settings + s->field;
    switch (s->kind) {
    case FR_INTEGER:
        return json_integer(is_long(s) ? (json_int_t) * (const uint64_t *)field : *(const int *)field);
    case FR_REAL:
        return json_real(*(const double *)field);
    case FR_SWITCH:
        return json_boolean(*(const bool *)field);
    case FR_DECLINE:
        return json_string(settings->schedule.decline == FR_COSINE ? "cosine" : "steps");
    case FR_NUMBERS:
        return format_numbers(&settings->schedule);
    default:
        return format_patterns(settings);
    }
}

fsam_status fr_run_settings_write(const fr_run_settings *settings, json_t *configuration)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        const char *section = table[i].section;
        if (!json_is_object(json_object_get(configuration, section)))
            json_object_set_new(configuration, section, json_object());
        json_t *object = json_object_get(configuration, section);
        if (json_object_set_new(object, table[i].name, format_one(&table[i], settings)) != 0)
            return fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for the configuration");
    }
    return FSAM_OK;
}
