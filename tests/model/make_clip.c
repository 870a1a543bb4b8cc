/*
 * make_clip FOLDER - writes there, for tests of the command line, a small CLIP text tower with generated weights:
 *
 *     clip.safetensors, clip.pt     float16, the second as TorchScript
 *     other.safetensors             the same but for its projection, which is negated
 *     short.safetensors             without ln_final.bias
 *     vocab.txt                     its merges
 *     clip_vitb32_text_golden.*     what the plain kernels make of some prompts
 */
#include "base/safetensors.h"
#include "model/tower.h"
#include "synthetic_clip.h"
#include "text/tokenizer.h"
#include "torch_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 64, LAYERS = 2, OUT = 512, MERGES = 3, VOCAB = 512 + MERGES + 2, CONTEXT = 77 };

static const char part[] = "prompt_encoder.text_model.";
static const char merges[] = "#version: of the test\nl o\nlo w</w>\nlo w\n";
static const char *const prompts[] = {"low", "a low  LOW", "lower", "&amp;amp; slow"};
enum { PROMPTS = sizeof prompts / sizeof prompts[0] };

static void need(bool good)
{
    if (good) return;
    fprintf(stderr, "make_clip: %s\n", fb_message());
    exit(1);
}

static const char *in(const char *folder, const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static size_t elements(const fm_parameter *p)
{
    return (size_t)p->dim[0] * (size_t)(p->ndim > 1 ? p->dim[1] : 1);
}

static void write_safetensors(const synthetic_clip *clip, const char *path, const char *without)
{
    fb_safetensors_builder *builder = fb_safetensors_builder_new();
    void *half[64] = {NULL};
    need(builder != NULL && clip->count <= 64);
    for (size_t i = 0; i < clip->count; i++) {
        const fm_parameter *p = &clip->list[i];
        const char *name = p->name + sizeof part - 1;
        if (strcmp(name, without) == 0) continue;
        half[i] = malloc(elements(p) * 2);
        need(half[i] != NULL && fb_tensor_from_f32(FB_F16, clip->data[i], elements(p), half[i]));
        need(fb_safetensors_builder_add(builder, name, FB_F16, p->ndim, p->dim, half[i]) == FSAM_OK);
    }
    need(fb_safetensors_builder_save(builder, path, true) == FSAM_OK);
    fb_safetensors_builder_free(builder);
    for (size_t i = 0; i < clip->count; i++) free(half[i]);
}

static void write_script(const synthetic_clip *clip, const char *path)
{
    torch_writer *writer = torch_writer_new();
    for (size_t i = 0; i < clip->count; i++) {
        const fm_parameter *p = &clip->list[i];
        torch_writer_add(writer, p->name + sizeof part - 1, FB_F16, p->ndim, p->dim, clip->data[i]);
    }
    torch_writer_add(writer, "visual.proj", FB_F16, 1, (int64_t[]){2}, (const float[]){1, 2});
    torch_writer_add(writer, "logit_scale", FB_F32, 0, NULL, (const float[]){4.6f});
    torch_writer_save(writer, path, TORCH_SCRIPT, 2);
    torch_writer_free(writer);
}

static void write_row(FILE *table, int row, const int32_t *ids, int count)
{
    fprintf(table, "%d\ttest\t%d\t%s\t", row, row, prompts[row]);
    for (int i = 0; i < count; i++) fprintf(table, "%s%d", i > 0 ? " " : "", (int)ids[i]);
    fprintf(table, "\n");
}

static void write_golden(synthetic_clip *clip, const char *folder)
{
    static const char header[] = "\x93NUMPY\x01\0\x76\0{'descr': '<f2', 'fortran_order': False, 'shape': (4, 512), }";
    unsigned char text[128];
    fw_tokenizer *tokenizer;
    ft_weights *weights;
    fm_tower *tower;
    need(fw_tokenizer_open(merges, sizeof merges - 1, 0, "merges", &tokenizer) == FSAM_OK);
    need(ft_weights_new(&ft_plain_f32, synthetic_clip_source(clip), &weights) == FSAM_OK);
    need(fm_tower_new((fm_base){&clip->config, weights}, false, &tower) == FSAM_OK);
    FILE *table = fopen(in(folder, "clip_vitb32_text_golden.tsv"), "w");
    FILE *vectors = fopen(in(folder, "clip_vitb32_text_golden_f16.npy"), "wb");
    need(table != NULL && vectors != NULL);
    memset(text, ' ', sizeof text);
    memcpy(text, header, sizeof header - 1);
    text[sizeof text - 1] = '\n';
    fwrite(text, 1, sizeof text, vectors);
    fprintf(table, "# row\tsource\tindex\tprompt\ttoken_ids\n");
    for (int row = 0; row < PROMPTS; row++) {
        int32_t ids[CONTEXT];
        float vector[OUT];
        uint16_t half[OUT];
        int count;
        need(fw_tokenizer_encode(tokenizer, prompts[row], CONTEXT, ids, &count) == FSAM_OK);
        need(fm_tower_run(tower, ids, count, vector) == FSAM_OK);
        need(fb_tensor_from_f32(FB_F16, vector, OUT, half));
        fwrite(half, sizeof half, 1, vectors);
        write_row(table, row, ids, count);
    }
    need(fclose(table) == 0 && fclose(vectors) == 0);
    fm_tower_free(tower);
    ft_weights_free(weights);
    fw_tokenizer_free(tokenizer);
}

int main(int count, char **word)
{
    if (count != 2) return 2;
    synthetic_clip clip;
    synthetic_clip_make(&clip, WIDTH, LAYERS, OUT, VOCAB);
    need(fb_file_write(in(word[1], "vocab.txt"), true, merges, sizeof merges - 1) == FSAM_OK);
    write_golden(&clip, word[1]);
    write_safetensors(&clip, in(word[1], "clip.safetensors"), "");
    write_safetensors(&clip, in(word[1], "short.safetensors"), "ln_final.bias");
    write_script(&clip, in(word[1], "clip.pt"));
    float *projection = clip.data[clip.count - 1]; /* the last of the tower's parameters */
    for (size_t i = 0; i < (size_t)WIDTH * OUT; i++) projection[i] = -projection[i];
    write_safetensors(&clip, in(word[1], "other.safetensors"), "");
    synthetic_clip_free(&clip);
    return 0;
}
