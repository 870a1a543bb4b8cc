/* torch_writer.h - writes small PyTorch archives for tests, as torch.save and TorchScript lay them out. */
#ifndef TESTS_MODEL_TORCH_WRITER_H
#define TESTS_MODEL_TORCH_WRITER_H

#include "base/dtype.h"

typedef enum torch_layout {
    TORCH_PLAIN,      /* the tensors at the top */
    TORCH_STATE_DICT, /* below "state_dict" */
    TORCH_MODEL,      /* below "model" */
    TORCH_SCRIPT      /* attributes of nested modules, as their names' dots have it */
} torch_layout;

typedef struct torch_writer torch_writer;

/* Whatever fails ends the test program: this is no product. */
torch_writer *torch_writer_new(void);
void torch_writer_free(torch_writer *writer);
/* values: row-major; stored as `type`, FB_F32 or FB_F16. */
void torch_writer_add(torch_writer *writer, const char *name, fb_dtype type, int ndim, const int64_t *dim,
                      const float *values);
/* values: rows x columns; the tensor is their transpose, a view of the same storage. */
void torch_writer_add_transposed(torch_writer *writer, const char *name, int64_t rows, int64_t columns,
                                 const float *values);
void torch_writer_save(const torch_writer *writer, const char *path, torch_layout layout, int protocol);
/* An archive of nothing but this pickle. */
void torch_writer_save_pickle(const char *path, const void *pickle, size_t size);

#endif
