/* make_sample MODEL PICTURE - writes a small untrained model file and a picture for it. */
#include "image/png.h"
#include "model/model.h"

#include <stdio.h>

static fsam_status write_model(const char *path)
{
    fm_config config;
    fm_model *model;
    FB_TRY(fm_config_named("micro", &config));
    config.text.vocab = 512 + 6 + 2;
    config.text.start = config.text.vocab - 2;
    config.text.end = config.text.vocab - 1;
    FB_TRY(fm_model_generate(&config, 3, "l e\nle f\nlef t</w>\nl u\nn g</w>\nlu ng</w>\n", &model));
    fsam_status status = fm_model_save(model, path, false);
    fm_model_free(model);
    return status;
}

static fsam_status write_picture(const char *path)
{
    enum { WIDTH = 150, HEIGHT = 100 };
    static uint8_t disc[WIDTH * HEIGHT];
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        int x = i % WIDTH - 100, y = i / WIDTH - 40;
        disc[i] = x * x + y * y < 900;
    }
    return fi_png_write_mask(path, false, disc, WIDTH, HEIGHT);
}

int main(int count, char **word)
{
    if (count != 3) return FSAM_ERROR_ARGUMENT;
    fsam_status status = write_model(word[1]);
    if (status == FSAM_OK) status = write_picture(word[2]);
    if (status != FSAM_OK) fprintf(stderr, "make_sample: %s\n", fb_message());
    return status;
}
