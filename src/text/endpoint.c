#include "text/endpoint.h"

#include "base/json.h"
#include <curl/curl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { URL_BYTES = 2048 };

/* ---- the answer as it comes in ---- */

typedef struct body {
    char *bytes; /* ends in NUL */
    size_t size;
    bool too_large;
} body;

static size_t take_bytes(char *data, size_t one, size_t size, void *user)
{
    (void)one; /* 1, says libcurl */
    body *b = user;
    b->too_large = size > FW_ENDPOINT_BYTES - b->size;
    char *bytes = b->too_large ? NULL : realloc(b->bytes, b->size + size + 1);
    if (bytes == NULL) return 0; /* ends the transfer */
    b->bytes = bytes;
    memcpy(bytes + b->size, data, size);
    b->size += size;
    bytes[b->size] = '\0';
    return size;
}

/* ---- the exchange ---- */

static fsam_status full_url(const fw_endpoint *endpoint, char *url)
{
    static const char path[] = "/chat/completions";
    size_t length = strlen(endpoint->url);
    if (strncmp(endpoint->url, "http://", 7) != 0 && strncmp(endpoint->url, "https://", 8) != 0)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: begins with neither http:// nor https://", endpoint->url);
    if (length + sizeof path > URL_BYTES) return fb_fail(FSAM_ERROR_ARGUMENT, "the URL is too long");
    while (endpoint->url[length - 1] == '/') length--;
    const size_t end = sizeof path - 1;
    const bool whole = length > end && memcmp(endpoint->url + length - end, path, end) == 0;
    snprintf(url, URL_BYTES, "%.*s%s", (int)length, endpoint->url, whole ? "" : path);
    return FSAM_OK;
}

/* Owned (free); NULL when the texts are no UTF-8, or memory is exhausted. */
static char *request_body(const fw_endpoint *endpoint, const char *request)
{
    json_t *object =
        json_pack("{s:s, s:[{s:s, s:s}]}", "model", endpoint->model, "messages", "role", "user", "content", request);
    char *text = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    return text;
}

static bool add_header(struct curl_slist **headers, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*headers, line);
    if (longer != NULL) *headers = longer;
    return longer != NULL;
}

static bool add_headers(struct curl_slist **headers, const char *key)
{
    char *line = NULL;
    /* An empty Expect: no waiting for a go-ahead that many services do not give. */
    if (!add_header(headers, "Content-Type: application/json") || !add_header(headers, "Expect:")) return false;
    if (key == NULL || key[0] == '\0') return true;
    const bool good = asprintf(&line, "Authorization: Bearer %s", key) > 0 && add_header(headers, line);
    free(line);
    return good;
}

static void set_up(CURL *curl, const fw_endpoint *endpoint, const char *url, const char *posted, body *received)
{
    const double timeout_s = endpoint->timeout_s > 0 ? endpoint->timeout_s : FW_ENDPOINT_TIMEOUT_S;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, posted);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, received);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(1000 * timeout_s));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
}

static fsam_status exchange(const fw_endpoint *endpoint, const char *url, const char *posted, body *received)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = NULL;
    CURLcode code = CURLE_OUT_OF_MEMORY;
    long http = 0;
    if (curl != NULL && add_headers(&headers, endpoint->key)) {
        set_up(curl, endpoint, url, posted, received);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    if (received->too_large)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: answers with more than %d bytes", url, FW_ENDPOINT_BYTES);
    if (code != CURLE_OK) return fb_fail(FSAM_ERROR_IO, "%s: %s", url, curl_easy_strerror(code));
    if (http != 200) return fb_fail(FSAM_ERROR_IO, "%s: HTTP status %ld", url, http);
    return FSAM_OK;
}

/* ---- the answer's meaning ---- */

static fsam_status take_content(const body *received, const char *url, char **answer)
{
    json_t *object;
    const char *content = NULL;
    if (received->size == 0) return fb_fail(FSAM_ERROR_FORMAT, "%s: an empty answer", url);
    if (strlen(received->bytes) != received->size) return fb_fail(FSAM_ERROR_FORMAT, "%s: a NUL byte", url);
    FB_TRY(fb_json_parse(received->bytes, FW_ENDPOINT_BYTES, 0, url, &object));
    const json_t *choice = json_array_get(json_object_get(object, "choices"), 0);
    content = json_string_value(json_object_get(json_object_get(choice, "message"), "content"));
    fsam_status status = FSAM_OK;
    if (content == NULL)
        status = fb_fail(FSAM_ERROR_FORMAT, "%s: no text at choices[0].message.content", url);
    else if ((*answer = strdup(content)) == NULL)
        status = fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", url);
    json_decref(object);
    return status;
}

static void start_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

fsam_status fw_endpoint_ask(const fw_endpoint *endpoint, const char *request, char **answer)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char url[URL_BYTES];
    body received = {0};
    *answer = NULL;
    FB_TRY(full_url(endpoint, url));
    pthread_once(&once, start_curl);
    char *posted = request_body(endpoint, request);
    fsam_status status = posted != NULL ? exchange(endpoint, url, posted, &received)
                                        : fb_fail(FSAM_ERROR_ARGUMENT, "%s: the model's name is no UTF-8", url);
    if (status == FSAM_OK) status = take_content(&received, url, answer);
    free(posted);
    free(received.bytes);
    return status;
}
