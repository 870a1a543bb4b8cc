/* weights.h - values of parameters that stay as they are, packed once for a device and shared by its sessions. */
#ifndef TENSOR_WEIGHTS_H
#define TENSOR_WEIGHTS_H

#include "tensor/device.h"

/* Where the values come from. */
typedef struct ft_source {
    void *context;
    /* The `count` values of a parameter, row-major. Valid until `done`. The status and line of a failure are passed
     * on. */
    fsam_status (*get)(void *context, const char *name, int64_t count, const float **values);
    /* These values are not needed any more (they were packed, or the weights are freed). */
    void (*done)(void *context, const char *name, const float *values);
} ft_source;

typedef struct ft_weights ft_weights;

/* The source's context must outlive the weights, the weights the sessions made with them. FSAM_ERROR_MEMORY is the only
 * failure. Sessions with the same weights may run at once, but must be made one after the other. Owned. */
fsam_status ft_weights_new(const ft_device *device, ft_source source, ft_weights **weights);
void ft_weights_free(ft_weights *weights);

const ft_device *ft_weights_device(const ft_weights *weights);
/* Bytes of the packed forms, and of the values that had to be kept as they are. */
size_t ft_weights_bytes(const ft_weights *weights);

/* For sessions. The values of a parameter, kept until the weights are freed. */
fsam_status ft_weights_raw(ft_weights *weights, const char *name, int64_t count, const float **values);
/* What the device packed for this call; its parameters' data is set here. `names`: of its inputs, "" for none. */
fsam_status ft_weights_packed(ft_weights *weights, ft_call *call, const char *const names[FT_MAX_IN],
                              const void **state);

#endif
