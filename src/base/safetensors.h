/* safetensors.h - named tensors in one file, mapped into memory; every offset is checked before use. */
#ifndef BASE_SAFETENSORS_H
#define BASE_SAFETENSORS_H

#include "base/dtype.h"
#include "base/file.h"

/* A tensor of a file: borrowed from it. `data` may be unaligned for its type when the file is. */
typedef struct fb_tensor {
    const char *name;
    fb_dtype dtype;
    int ndim; /* 0..FB_MAX_DIMS */
    int64_t dim[FB_MAX_DIMS];
    size_t count; /* elements */
    size_t bytes;
    const void *data;
} fb_tensor;

typedef struct fb_safetensors fb_safetensors;

/* Maps and checks `path`: header length, JSON, dtypes, shapes (no overflow), offsets (inside the file, as long as
 * the shape says, no overlap), duplicate names. The message names path, tensor and field. Owned. */
fsam_status fb_safetensors_open(const char *path, fb_safetensors **file);
/* The same from memory that outlives the handle; `where` stands for the path in messages. */
fsam_status fb_safetensors_open_memory(const void *data, size_t size, const char *where, fb_safetensors **file);
void fb_safetensors_close(fb_safetensors *file);

/* Tensors in the order of their offsets. */
size_t fb_safetensors_count(const fb_safetensors *file);
const fb_tensor *fb_safetensors_at(const fb_safetensors *file, size_t index);
/* NULL when there is none of that name. Logarithmic or better. */
const fb_tensor *fb_safetensors_find(const fb_safetensors *file, const char *name);
/* A value of __metadata__, NULL when the key is missing. Borrowed. */
const char *fb_safetensors_metadata(const fb_safetensors *file, const char *key);
/* All of them, in the order of the file; NULL beyond the last. */
size_t fb_safetensors_metadata_count(const fb_safetensors *file);
void fb_safetensors_metadata_at(const fb_safetensors *file, size_t index, const char **key, const char **value);
/* The pages of this tensor's data are not needed now (fb_map_drop). */
void fb_safetensors_drop(const fb_safetensors *file, const fb_tensor *tensor);

/* Copies the tensor's elements to float, from F32, F64, F16, BF16 or an integer type. out: tensor->count floats. */
void fb_tensor_to_f32(const fb_tensor *tensor, float *out);
/* The reverse, to F32, F16 or BF16, rounded to nearest even; false when a finite value became infinite. out: `count`
 * elements of `type`, which is one of these three. */
bool fb_tensor_from_f32(fb_dtype type, const float *from, size_t count, void *out);

/* Writing. Tensors are declared first (the data stays the caller's and must live until save), then saved to a file
 * whole or not at all. The data section starts at a multiple of 64 bytes of the file; tensors follow each other in it
 * without holes (other readers refuse them), wider elements first, so that each is aligned to its element's size. */
typedef struct fb_safetensors_builder fb_safetensors_builder;
fb_safetensors_builder *fb_safetensors_builder_new(void); /* NULL when memory is exhausted */
void fb_safetensors_builder_free(fb_safetensors_builder *builder);
fsam_status fb_safetensors_builder_metadata(fb_safetensors_builder *builder, const char *key, const char *value);
fsam_status fb_safetensors_builder_add(fb_safetensors_builder *builder, const char *name, fb_dtype dtype, int ndim,
                                       const int64_t *dim, const void *data);
/* The same for data that is made only when its turn to be written comes, so that no more than one such tensor is in
 * memory: `make` writes all of it to `out`, and is called once a save. Its failure ends the save. */
typedef fsam_status fb_tensor_maker(void *context, void *out);
fsam_status fb_safetensors_builder_add_made(fb_safetensors_builder *builder, const char *name, fb_dtype dtype, int ndim,
                                            const int64_t *dim, fb_tensor_maker *make, void *context);
fsam_status fb_safetensors_builder_save(const fb_safetensors_builder *builder, const char *path, bool overwrite);

#endif
