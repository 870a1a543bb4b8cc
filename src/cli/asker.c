#include "cli/asker.h"

#include "api/internal.h"

static fsam_status encode(void *context, fi_picture *picture)
{
    cli_asker *a = context;
    fsam_image *image;
    fsam_encoding_free(a->encoding);
    a->encoding = NULL;
    FB_TRY(fa_image_wrap(picture, &image));
    const fsam_status status = fsam_encode(a->model, image, &a->encoding);
    fsam_image_free(image);
    return status;
}

static fsam_status ask(void *context, const fe_question *question, uint8_t *mask, double *score)
{
    const cli_asker *a = context;
    const fsam_prompt prompt = {.text = question->text,
                                .points = question->clicks > 0 ? question->click : NULL,
                                .point_count = question->clicks,
                                .box = question->box,
                                .single = a->single && question->clicks > 0};
    fsam_answer *answer;
    FB_TRY(fsam_segment(a->encoding, &prompt, &answer));
    *score = fsam_answer_score(answer, 0);
    const fsam_status status = fsam_answer_mask(answer, 0, mask, NULL);
    fsam_answer_free(answer);
    return status;
}

fe_asker cli_asker_of(cli_asker *asker)
{
    return (fe_asker){asker, encode, ask};
}

void cli_asker_free(cli_asker *asker)
{
    fsam_encoding_free(asker->encoding);
    fsam_model_free(asker->model);
    *asker = (cli_asker){0};
}
