/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "interop/replay/replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmc/response.h"
#include "nss/dn.h"
#include "practice/ca.h"

static struct verdict disagree(const char *fmt, ...) PRINTF_LIKE(1, 2);
static struct verdict disagree(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct verdict v = {false, xvasprintf(fmt, ap)};
    va_end(ap);
    return v;
}

static const struct verdict agreed = {true, NULL};

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static struct verdict judge_status(const struct cmc_status *a, const struct cmc_status *b)
{
    if (a->status != b->status || a->has_fail_info != b->has_fail_info || a->fail_info != b->fail_info) {
        return disagree("recorded %s/%s \"%s\", ours %s/%s \"%s\"", cmc_status_name(a->status),
                        a->has_fail_info ? cmc_fail_info_name(a->fail_info) : "-", a->text ? a->text : "",
                        cmc_status_name(b->status), b->has_fail_info ? cmc_fail_info_name(b->fail_info) : "-",
                        b->text ? b->text : "");
    }
    if (!same_text(a->text, b->text)) {
        return disagree("recorded \"%s\", ours \"%s\"", a->text ? a->text : "", b->text ? b->text : "");
    }
    if (a->n_body != b->n_body) {
        return disagree("bodyList has %zu, ours %zu", a->n_body, b->n_body);
    }
    for (size_t i = 0; i < a->n_body; i++) {
        if (a->body[i].id[0] != b->body[i].id[0]) {
            return disagree("bodyList names %u, ours %u", a->body[i].id[0], b->body[i].id[0]);
        }
    }
    return agreed;
}

static struct verdict judge_controls(const struct cmc_response *a, const struct cmc_response *b)
{
    if (a->n_controls != b->n_controls) {
        return disagree("%zu controls, ours %zu", a->n_controls, b->n_controls);
    }
    for (size_t i = 0; i < a->n_controls; i++) {
        if (strcmp(a->controls[i].oid, b->controls[i].oid) != 0) {
            return disagree("control %zu is %s, ours %s", i, control_name(&a->controls[i]), control_name(&b->controls[i]));
        }
    }
    if (!bytes_equal(a->transaction_id, b->transaction_id) || !bytes_equal(a->recipient_nonce, b->recipient_nonce) ||
        !bytes_equal(a->data_return, b->data_return)) {
        return disagree("transactionId, recipientNonce or dataReturn differs");
    }
    if (a->sender_nonce.len != b->sender_nonce.len) {
        return disagree("senderNonce has %zu octets, ours %zu", a->sender_nonce.len, b->sender_nonce.len);
    }
    return agreed;
}

/* The issued certificate: the one that is no CA certificate. */
static const struct cert *leaf_of(const struct cert_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        if (!cert_is_ca(list->v[i])) {
            return list->v[i];
        }
    }
    return NULL;
}

static struct verdict judge_extensions(const struct cert *a, const struct cert *b)
{
    static const char *const equal[] = {"2.5.29.15", "2.5.29.37", "2.5.29.17", "2.5.29.19"};
    static const char *const present[] = {"2.5.29.35", "1.3.6.1.5.5.7.1.1", "2.5.29.14"};
    for (size_t i = 0; i < ARRAY_LEN(equal) + ARRAY_LEN(present); i++) {
        bool whole = i < ARRAY_LEN(equal);
        const char *oid = whole ? equal[i] : present[i - ARRAY_LEN(equal)];
        struct bytes in_a = BYTES_NONE;
        struct bytes in_b = BYTES_NONE;
        bool critical_a = false;
        bool critical_b = false;
        bool has_a = cert_extension(a, oid, &in_a, &critical_a);
        bool has_b = cert_extension(b, oid, &in_b, &critical_b);
        if (has_a != has_b || critical_a != critical_b || (whole && !bytes_equal(in_a, in_b))) {
            return disagree("extension %s differs", oid);
        }
    }
    return agreed;
}

static struct verdict judge_issued(const struct cmc_response *a, const struct cmc_response *b)
{
    const struct cert *recorded = leaf_of(&a->sd.certs);
    const struct cert *ours = leaf_of(&b->sd.certs);
    if (!recorded || !ours) {
        return !recorded && !ours ? agreed : disagree("recorded %s certificate, ours %s", recorded ? "a" : "no", ours ? "a" : "no");
    }
    if (!dn_equal(cert_subject_der(recorded), cert_subject_der(ours))) {
        char *x = cert_subject(recorded);
        char *y = cert_subject(ours);
        struct verdict v = disagree("issued to %s, ours to %s", x, y);
        free(y);
        free(x);
        return v;
    }
    if (!bytes_equal(cert_spki(recorded), cert_spki(ours))) {
        return disagree("another key is certified");
    }
    if (cert_not_after(recorded) - cert_not_before(recorded) != cert_not_after(ours) - cert_not_before(ours)) {
        return disagree("another validity");
    }
    return judge_extensions(recorded, ours);
}

static struct verdict judge_cmc(const struct cmc_response *a, const struct cmc_response *b)
{
    if (a->kind != b->kind || a->n_statuses != b->n_statuses) {
        return disagree("kind or number of statuses differs (%zu, ours %zu)", a->n_statuses, b->n_statuses);
    }
    for (size_t i = 0; i < a->n_statuses; i++) {
        struct verdict v = judge_status(&a->statuses[i], &b->statuses[i]);
        if (!v.agrees) {
            return v;
        }
    }
    struct verdict v = judge_controls(a, b);
    return v.agrees ? judge_issued(a, b) : v;
}

static struct verdict judge_page(const struct exchange *x, const struct practice_reply *ours)
{
    if (!ours->content_type || !x->answer_type || strncmp(x->answer_type, ours->content_type, 9) != 0) {
        return disagree("type %s, ours %s", x->answer_type ? x->answer_type : "-", ours->content_type ? ours->content_type : "-");
    }
    bool broken = strstr(buf_str(&x->answer), "unrecoverable error") != NULL;
    bool ours_broken = strstr(buf_str(&ours->body), "unrecoverable error") != NULL;
    return broken == ours_broken ? agreed : disagree("another page");
}

struct verdict judge(const struct exchange *x, const struct practice_reply *ours)
{
    struct cmc_response a;
    struct cmc_response b;
    if (x->http_status != ours->status) {
        return disagree("HTTP %d, ours %d", x->http_status, ours->status);
    }
    if (!cmc_response_parse(buf_peek(&x->answer), &a, NULL)) {
        return judge_page(x, ours);
    }
    struct verdict v;
    if (cmc_response_parse(buf_peek(&ours->body), &b, NULL)) {
        v = judge_cmc(&a, &b);
        cmc_response_release(&b);
    } else {
        v = disagree("our answer is no CMC response");
    }
    cmc_response_release(&a);
    return v;
}
