/* torch_file.h - the tensors of a PyTorch zip archive (torch.save or TorchScript). Nothing in it is executed. */
#ifndef MODEL_TORCH_FILE_H
#define MODEL_TORCH_FILE_H

#include "base/dtype.h"
#include "base/status.h"

typedef struct fm_torch_tensor {
    const char *name;
    const char *global; /* not NULL: no tensor can be made of it, because it depends on this global */
    fb_dtype dtype;
    int ndim;
    int64_t dim[FB_MAX_DIMS], stride[FB_MAX_DIMS]; /* elements; strides are not negative */
    size_t count;                                  /* elements of the tensor */
    size_t offset, span;                           /* elements: its first in the storage; from there to its last */
    int64_t entry;                                 /* index of the storage in the archive */
} fm_torch_tensor;

typedef struct fm_torch_file fm_torch_file;

/* Opens and checks `path`: archive, pickle, and every tensor against its storage. The tensors are those of
 * "state_dict" (or "model") at the top level, or of the top level itself; in TorchScript, of the module's
 * attributes, with their path as name. Owned: fm_torch_close. */
fsam_status fm_torch_open(const char *path, fm_torch_file **file);
void fm_torch_close(fm_torch_file *file);
/* In the order of the file. */
size_t fm_torch_count(const fm_torch_file *file);
const fm_torch_tensor *fm_torch_at(const fm_torch_file *file, size_t index);
/* NULL when there is none of that name. */
const fm_torch_tensor *fm_torch_find(const fm_torch_file *file, const char *name);
/* Reads the elements in row-major order as float. out: tensor->count floats. FSAM_ERROR_UNSUPPORTED, naming the
 * global, when the tensor depends on one. */
fsam_status fm_torch_read(const fm_torch_file *file, const fm_torch_tensor *tensor, float *out);

#endif
