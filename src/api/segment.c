/* segment.c - from a prompt to its answer. */
#include "api/internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* "text_points_box_mask": what there is of it. */
static void name_kind(const fsam_prompt *prompt, char *kind, size_t room)
{
    const struct {
        const char *name;
        bool there;
    } part[4] = {{"text", prompt->text != NULL},
                 {"points", prompt->point_count > 0},
                 {"box", prompt->box != NULL},
                 {"mask", prompt->mask != NULL || prompt->previous != NULL}};
    size_t used = 0;
    kind[0] = '\0';
    for (int i = 0; i < 4; i++)
        if (part[i].there) used += (size_t)snprintf(kind + used, room - used, used > 0 ? "_%s" : "%s", part[i].name);
}

/* The candidates by falling predicted IoU; of equal ones the first; NaN last. */
static void rank(fsam_answer *answer, bool single)
{
    const float *iou = answer->prediction.iou;
    answer->candidates = single ? 1 : FM_MASKS - 1;
    for (int i = 0; i < answer->candidates; i++) {
        int output = single ? 0 : i + 1, at = i;
        for (; at > 0; at--) {
            float before = iou[answer->output[at - 1]];
            if (!(iou[output] > before || (isnan(before) && !isnan(iou[output])))) break;
            answer->output[at] = answer->output[at - 1];
        }
        answer->output[at] = output;
    }
}

/* What an answer keeps of its encoding, so that it can outlive it. */
static fsam_answer *answer_new(const fsam_encoding *encoding, const fsam_prompt *prompt)
{
    const fm_config *config = fm_model_config(encoding->model->model);
    fsam_answer *answer = calloc(1, sizeof *answer);
    if (answer == NULL) return NULL;
    answer->encoding = encoding->number;
    answer->geometry = encoding->geometry;
    answer->prompt_dim = config->prompt_dim;
    answer->side = 8 * fm_config_embed_side(config);
    answer->threshold = fm_model_present_threshold(encoding->model->model);
    name_kind(prompt, answer->kind, sizeof answer->kind);
    return answer;
}

static fsam_status decode(const fsam_encoding *encoding, const fsam_prompt *prompt, fm_prediction *prediction)
{
    const fsam_model *model = encoding->model;
    fa_framed f;
    fsam_status status = fa_prompt_frame(encoding, prompt, &f);
    if (status == FSAM_OK) {
        int before = fa_threads_begin(model);
        status = fm_predictor_decode(model->predictor, &encoding->image, &f.prompt, prediction);
        fa_threads_end(model, before);
    }
    fa_framed_free(&f);
    return status;
}

fsam_status fsam_segment(fsam_encoding *encoding, const fsam_prompt *prompt, fsam_answer **result)
{
    *result = NULL;
    if (encoding == NULL || prompt == NULL)
        return fb_fail(FSAM_ERROR_ARGUMENT, "segment: an encoding and a prompt are needed");
    FB_TRY(fa_prompt_check(encoding, prompt));
    fsam_answer *answer = answer_new(encoding, prompt);
    if (answer == NULL) return fb_fail(FSAM_ERROR_MEMORY, "answer: out of memory");
    fsam_status status = decode(encoding, prompt, &answer->prediction);
    if (status == FSAM_OK) {
        rank(answer, prompt->single != 0);
        *result = answer;
    } else {
        fsam_answer_free(answer);
    }
    return status;
}
