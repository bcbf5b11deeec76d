/* SPDX-License-Identifier: Apache-2.0 */
/* The controls of a response in CMCResponse's layout; CMCRequest prints the same of a first answer, with its own
 * prefix. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmc/control_plain.h"
#include "cmc/oids.h"
#include "cmc/response.h"
#include "cmc/status.h"
#include "tools/dogtag.h"

static void print_oid(FILE *out, const char *prefix, const char *dotted)
{
    fprintf(out, "%s   OID: {", prefix);
    for (const char *p = dotted; *p; p++) {
        fputc(*p == '.' ? ' ' : *p, out);
    }
    fputs("}\n", out);
}

static void print_other_info(FILE *out, const char *prefix, const struct cmc_status *s)
{
    if (s->has_fail_info) {
        const char *text = cmc_fail_info_dogtag(s->fail_info);
        fprintf(out, "%s   OtherInfo type: FAIL\n", prefix);
        /* CMCRequest indents only the one that it waits for. */
        const char *indent = *prefix && s->status != CMC_STATUS_POP_REQUIRED ? "" : "     ";
        if (text) {
            fprintf(out, "%s%sfailInfo=%s\n", prefix, indent, text);
        } else {
            fprintf(out, "%s%sfailInfo=%d\n", prefix, indent, s->fail_info);
        }
    } else if (s->has_pend) {
        char *date = java_date_log(s->pend_time), *token = text_visible(buf_peek(&s->pend_token));
        fprintf(out, "%s   OtherInfo type: PEND\n%sPendInfo present...processing...\n", prefix, prefix);
        fprintf(out, "%s   Date: %s\n%s   Pending request id: %s\n", prefix, date, prefix, token);
        free(date);
        free(token);
    }
}

static void print_status(FILE *out, const char *prefix, const struct cmc_status *s)
{
    fprintf(out, "%s   BodyList: ", prefix);
    for (size_t i = 0; i < s->n_body; i++) {
        for (size_t k = 0; k < s->body[i].n; k++) {
            fprintf(out, "%s%u", k ? "/" : "", s->body[i].id[k]);
        }
        fputc(' ', out);
    }
    fputc('\n', out);
    if (s->status == CMC_STATUS_SUCCESS) {
        fprintf(out, "%s   Status: SUCCESS\n", prefix);
    } else if (s->status != CMC_STATUS_CONFIRM_REQUIRED) {
        if (s->text) {
            fprintf(out, "%s   Status String: %s\n", prefix, s->text);
        }
        print_other_info(out, prefix, s);
    }
}

static void print_plain(FILE *out, const char *prefix, const struct control *c)
{
    struct bytes content;
    struct bytes value = buf_peek(&c->value);
    if (strcmp(c->oid, OID_CMC_RESPONSE_INFO) == 0) {
        bool ok = control_octets_decode(value, &content, NULL);
        char *number = control_integer_text(ok ? content : BYTES_NONE);
        fprintf(out, "%s   requestID: %s\n", prefix, number);
        free(number);
        return;
    }
    print_oid(out, prefix, c->oid);
    if (strcmp(c->oid, OID_CMC_ENCRYPTED_POP) == 0) {
        fprintf(out, "%s     encryptedPOP decoded%s\n", prefix, *prefix ? " successfully" : "");
    } else if (strcmp(c->oid, OID_CMC_TRANSACTION_ID) == 0 && control_integer_decode(value, &content, NULL)) {
        char *number = control_integer_text(content);
        fprintf(out, "%s   INTEGER: %s\n", prefix, number);
        free(number);
    } else if (control_octets_decode(value, &content, NULL)) {
        fprintf(out, "%s   Value: ", prefix);
        dogtag_print_octets(out, content);
    }
}

static const struct cmc_status *status_of(const struct cmc_response *r, const struct control *c)
{
    for (size_t i = 0; i < r->n_statuses; i++) {
        if (r->statuses[i].bodypart_id == c->bodypart_id && r->statuses[i].version == 2) {
            return &r->statuses[i];
        }
    }
    return NULL;
}

/* CMCResponse prints these and is silent about all others. */
static bool is_printed(const struct control *c)
{
    static const char *const oids[] = {OID_CMC_STATUS_INFO_V2, OID_CMC_TRANSACTION_ID, OID_CMC_RECIPIENT_NONCE,
                                       OID_CMC_SENDER_NONCE,   OID_CMC_DATA_RETURN,    OID_CMC_ENCRYPTED_POP,
                                       OID_CMC_RESPONSE_INFO};
    for (size_t i = 0; i < ARRAY_LEN(oids); i++) {
        if (strcmp(oids[i], c->oid) == 0) {
            return true;
        }
    }
    return false;
}

void dogtag_print_controls(FILE *out, const struct cmc_response *r, const char *prefix)
{
    fprintf(out, "%sNumber of controls is %zu\n", prefix, r->n_controls);
    for (size_t i = 0; i < r->n_controls; i++) {
        const struct control *c = &r->controls[i];
        if (!is_printed(c)) {
            continue;
        }
        fprintf(out, "%sControl #%zu: %s\n", prefix, i, c->type->title);
        if (strcmp(c->oid, OID_CMC_STATUS_INFO_V2) != 0) {
            print_plain(out, prefix, c);
            continue;
        }
        print_oid(out, prefix, c->oid);
        const struct cmc_status *s = status_of(r, c);
        if (s) {
            print_status(out, prefix, s);
            if (*prefix && s->status == CMC_STATUS_POP_REQUIRED) {
                fprintf(out, "%s   what we expected, as decryptedPOP.enable is true;\n", prefix);
            }
        }
    }
}
