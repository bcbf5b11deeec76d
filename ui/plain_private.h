/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_UI_PLAIN_PRIVATE_H
#define CMCW_UI_PLAIN_PRIVATE_H
/* A page as line prompts; shared by plain_form.c and plain_fields.c. */
#include "ui/plain.h"

/* What the user's line led to. */
enum said { SAID_VALUE, SAID_KEEP, SAID_AGAIN, SAID_LEAVE, SAID_FIELD, SAID_NEXT };

struct prompt {
    struct ui *ui;
    const struct frame *frame;
    const struct page *page;
    const struct form_ops *ops;
    void *ctx;
    struct form_result *result;
    enum form_verb verb; /* of SAID_LEAVE */
    size_t go_to;        /* of SAID_FIELD: index in page->fields */
};

const char *plain_value_of(const struct prompt *p, const struct field *field); /* never NULL */
/* The answer for people: a choice's label, yes or no in words, never a secret. Caller frees. */
char *plain_value_text(const struct prompt *p, const struct field *field) MUST_CHECK;
/* The label with its colon; of a list that has none, the page's question. Caller frees. */
char *plain_label(const struct prompt *p, const struct field *field) MUST_CHECK;
int plain_number_of(const struct prompt *p, const struct field *field);        /* 1... */
/* Reads an answer; commands are dealt with here. *out is the caller's to free when SAID_VALUE. field may be NULL. */
enum said plain_read_answer(struct prompt *p, const struct field *field, size_t max, char **out);
/* Asks one question; SAID_VALUE and SAID_KEEP: the owner has the value. */
enum said plain_ask_field(struct prompt *p, const struct field *field);
#endif
