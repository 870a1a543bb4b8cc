/* endpoint.h - asking a language model behind an OpenAI-compatible HTTP interface. Nothing else here needs a network.
 */
#ifndef TEXT_ENDPOINT_H
#define TEXT_ENDPOINT_H

#include "base/status.h"

typedef struct fw_endpoint {
    const char *url;   /* http or https; "/chat/completions" is added to it when it does not end so */
    const char *model; /* as the service calls it */
    const char *key;   /* sent as a bearer token; NULL or "": none */
    double timeout_s;  /* for an answer as a whole; 0: FW_ENDPOINT_TIMEOUT_S */
} fw_endpoint;

enum {
    FW_ENDPOINT_TIMEOUT_S = 120,
    FW_ENDPOINT_BYTES = 1 << 20 /* the largest answer */
};

/* What the model answers to a request in words. Redirections are not followed: the key would go with them. Failures
 * name the URL: FSAM_ERROR_IO without a connection, an answer in time or HTTP status 200, FSAM_ERROR_FORMAT for an
 * answer that is no chat completion, FSAM_ERROR_MEMORY for one too large, FSAM_ERROR_ARGUMENT for a URL that cannot be
 * used. Owned: free. */
fsam_status fw_endpoint_ask(const fw_endpoint *endpoint, const char *request, char **answer);

#endif
