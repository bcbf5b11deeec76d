/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server answers to a request, CMC or EST: input is a line "STATUS CONTENT-TYPE", then the body. Invariants:
 * what is taken begins as a SEQUENCE; what is refused leaves nothing behind, and its explanation holds no control
 * characters.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "fuzz/fuzz.h"
#include "net/submit.h"

static void check(const struct http_answer *answer)
{
    struct buf der = BUF_INIT(BUF_MAX_MESSAGE);
    struct err err = ERR_INIT;
    if (cmc_answer_take(answer, &der, &err)) {
        demand(der.len > 2 && der.data[0] == 0x30 && !err_is_set(&err));
    } else {
        demand(der.len == 0 && err_is_set(&err));
    }
    for (int i = 0; i < err.n_context; i++) {
        demand(!strpbrk(err.context[i], "\033\n\r\a\b"));
    }
    err_release(&err);
    buf_release(&der);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    if (!end) {
        return 0;
    }
    char *line = xstrndup((const char *)data, (size_t)(end - data));
    char *type = strchr(line, ' ');
    struct http_answer answer = {.status = atoi(line), .content_type = type ? type + 1 : NULL};
    size_t len = size - (size_t)(end + 1 - data);
    buf_init(&answer.headers, BUF_MAX_TEXT);
    buf_init(&answer.body, BUF_MAX_MESSAGE);
    if (buf_append_str(&answer.headers, "HTTP/1.1 200 OK\r\nRetry-After: \033[1m9\r\nLocation: \a/x\r\n\r\n") &&
        buf_append(&answer.body, end + 1, len)) {
        check(&answer);
    }
    buf_release(&answer.headers);
    buf_release(&answer.body);
    free(line);
    return 0;
}
