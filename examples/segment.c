/*
 * segment.c - the whole of libfsam in one sitting: a picture, a structure named in words, its mask.
 *
 *     cc segment.c $(pkg-config --cflags --libs fsam) -o segment
 *     ./segment MODEL.safetensors PICTURE.png "left lung" MASK.pgm
 *
 * Ends with 0 when the structure is in the picture, 3 when it is not, and otherwise with the library's status.
 */
#include <fsam.h>

#include <stdio.h>
#include <stdlib.h>

enum { NOT_IN_THE_IMAGE = 3 };

/* Says what went wrong, unless nothing did. */
static fsam_status check(fsam_status status)
{
    if (status != FSAM_OK) fprintf(stderr, "segment: %s\n", fsam_last_error());
    return status;
}

static fsam_status write_pgm(const char *path, const uint8_t *mask, int width, int height)
{
    FILE *file = fopen(path, "wb");
    int failed = file == NULL;
    if (file != NULL) {
        size_t count = (size_t)width * (size_t)height;
        failed = fprintf(file, "P5\n%d %d\n255\n", width, height) < 0 || fwrite(mask, 1, count, file) != count;
        failed |= fclose(file) != 0;
    }
    if (failed) perror(path);
    return failed ? FSAM_ERROR_IO : FSAM_OK;
}

/* The best mask of the answer, written and described. */
static fsam_status save(const fsam_answer *answer, const fsam_image *image, const char *path)
{
    int width = fsam_image_width(image), height = fsam_image_height(image);
    uint8_t *mask = malloc((size_t)width * (size_t)height);
    fsam_region region;
    if (mask == NULL) return FSAM_ERROR_MEMORY;
    fsam_status status = check(fsam_answer_mask(answer, 0, mask, &region));
    if (status == FSAM_OK) status = write_pgm(path, mask, width, height);
    if (status == FSAM_OK)
        printf("score %.3f, %lld pixels, %d x %d at (%d, %d)\n", fsam_answer_score(answer, 0), (long long)region.area,
               region.width, region.height, region.x, region.y);
    free(mask);
    return status;
}

int main(int count, char **word)
{
    if (count != 5) {
        fprintf(stderr, "usage: segment MODEL.safetensors PICTURE TEXT MASK.pgm\n");
        return FSAM_ERROR_ARGUMENT;
    }
    fsam_model *model = NULL;
    fsam_image *image = NULL;
    fsam_encoding *encoding = NULL; /* made once: any number of prompts may follow */
    fsam_answer *answer = NULL;
    fsam_prompt prompt = {.text = word[3]};

    int status = check(fsam_model_open(word[1], NULL, &model));
    if (status == FSAM_OK) status = check(fsam_image_load(word[2], NULL, &image));
    if (status == FSAM_OK) status = check(fsam_encode(model, image, &encoding));
    if (status == FSAM_OK) status = check(fsam_segment(encoding, &prompt, &answer));
    if (status == FSAM_OK) status = save(answer, image, word[4]);
    if (status == FSAM_OK && !fsam_answer_present(answer)) {
        printf("not in this image\n");
        status = NOT_IN_THE_IMAGE;
    }
    fsam_answer_free(answer);
    fsam_encoding_free(encoding);
    fsam_image_free(image);
    fsam_model_free(model);
    return status;
}
