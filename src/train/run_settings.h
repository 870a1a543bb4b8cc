/*
 * run_settings.h - every value of a run, from a table: its name in the configuration file, its range and what it is.
 *
 * A configuration is JSON: one object a section ({"step": {"batch": 4, ...}, "optimiser": ..., "schedule": ...,
 * "run": ...}). Sections that are not of this table belong to others (the data, the model).
 */
#ifndef TRAIN_RUN_SETTINGS_H
#define TRAIN_RUN_SETTINGS_H

#include "train/optimise.h"
#include "train/schedule.h"
#include "train/step.h"
#include <jansson.h>

enum { FR_MOST_HELD = 16, FR_HELD = 96 };

typedef struct fr_run_settings {
    fr_step_settings step;
    fr_adamw optimiser;
    fr_schedule schedule; /* its last 0: run.iterations, fr_run_schedule */
    struct {
        bool backbone; /* the first stage: backbone.h instead of step.h, and no validation */
        int iterations;
        int accumulate;       /* batches of which an iteration's gradient is the mean */
        int checkpoint_every; /* iterations; and at the end */
        int keep;             /* checkpoints */
        int validate_every;   /* iterations; 0: never */
        int validate_samples;
        int stop_after; /* so many bad iterations in a row */
        int threads;    /* that make samples */
        int ahead;      /* samples made ahead */
        int seed;
        char hold[FR_MOST_HELD][FR_HELD]; /* patterns of parameters that stay as they are */
        int holds;
    } run;
} fr_run_settings;

typedef enum fr_kind { FR_INTEGER, FR_REAL, FR_SWITCH, FR_DECLINE, FR_NUMBERS, FR_PATTERNS } fr_kind;

typedef struct fr_run_setting {
    const char *section, *name;
    fr_kind kind;
    size_t field; /* offset in fr_run_settings */
    double low, high;
    const char *help; /* one sentence without a full stop */
} fr_run_setting;

/* All of them, sections together. NULL beyond the last. */
const fr_run_setting *fr_run_setting_at(size_t index);

fr_run_settings fr_run_settings_usual(void);
/* For a trained model that learns from a few pictures more: 1,000 iterations, a rate of at most 1e-4 after a warm-up of
 * 100, by a cosine to 1e-6; each layer at 0.8 of the rate of the one above it, so that what the encoder's first layers
 * know stays; two clicks, of which the last is learned from. */
fr_run_settings fr_run_settings_fine(void);
/* Prompts and weights of losses (of "step": clicks, what is learned from, previous, dice, focal, iou, single, vq) as a
 * model was trained with, by its "fsam.training": with others it would first have to learn another balance of missing
 * and superfluous. What it does not say, or not as this version writes it, stays. */
void fr_run_settings_inherit(const char *training, fr_run_settings *settings);
/* The schedule that is followed: a cosine of which no last iteration is said ends with the run, also with one that goes
 * on for longer than it was begun for. */
fr_schedule fr_run_schedule(const fr_run_settings *settings);

/* Puts "section.name=value" into a configuration, the value being JSON, or else a text. FSAM_ERROR_ARGUMENT when it is
 * not of this form. */
fsam_status fr_configuration_set(json_t *configuration, const char *assignment);

/* Overrides the settings by a configuration's. FSAM_ERROR_ARGUMENT, beginning with `where`, names the setting that is
 * unknown, of another type or out of its range. The seed is also the step's. */
fsam_status fr_run_settings_read(const json_t *configuration, const char *where, fr_run_settings *settings);
/* Puts all of them into a configuration. FSAM_ERROR_MEMORY is the only failure. */
fsam_status fr_run_settings_write(const fr_run_settings *settings, json_t *configuration);

/* Whether the table has a section of this name. */
bool fr_run_settings_has_section(const char *name);

#endif
