/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ui/columns.h"

#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "base/text.h"

#define GAP 2
#define NARROWEST 4

static void widen(struct columns *c, const char *row)
{
    for (size_t i = 0; row && i < COLUMNS_MAX; i++) {
        const char *tab = strchr(row, '\t');
        size_t len = tab && i + 1 < COLUMNS_MAX ? (size_t)(tab - row) : strlen(row);
        int w = text_width_n(row, len);
        c->width[i] = w > c->width[i] ? w : c->width[i];
        c->n = i + 1 > c->n ? i + 1 : c->n;
        row = tab ? tab + 1 : NULL;
    }
}

static bool is_whole(const struct columns *c, const char *row)
{
    return c->n > 1 && !strchr(row, '\t');
}

void columns_measure(struct columns *c, const struct choices *choices, const char *headings, int total)
{
    *c = (struct columns){.total = total};
    widen(c, headings && *headings ? headings : NULL);
    for (size_t i = 0; i < choices->n; i++) {
        if (!is_whole(c, choices->v[i].label)) {
            widen(c, choices->v[i].label);
        }
    }
    int sum = 0;
    for (size_t i = 0; i < c->n; i++) {
        sum += c->width[i] + (i ? GAP : 0);
    }
    while (sum > total) {
        size_t widest = 0;
        for (size_t i = 1; i < c->n; i++) {
            widest = c->width[i] > c->width[widest] ? i : widest;
        }
        if (c->width[widest] <= NARROWEST) {
            return;
        }
        c->width[widest]--;
        sum--;
    }
}

char *columns_row(const struct columns *c, const char *label, bool ascii)
{
    if (label && is_whole(c, label)) {
        return text_ellipsis(label, c->total, ascii);
    }
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    for (size_t i = 0; i < c->n && label; i++) {
        const char *tab = strchr(label, '\t');
        char *part = tab ? xstrndup(label, (size_t)(tab - label)) : xstrdup(label);
        char *cut = text_ellipsis(part, c->width[i], ascii);
        bool last = !tab || i + 1 == c->n;
        int pad = last ? 0 : c->width[i] - text_width(cut) + GAP;
        buf_add(&out, "%s%*s", cut, pad, "");
        free(cut);
        free(part);
        label = tab ? tab + 1 : NULL;
    }
    return out.len ? buf_take_str(&out) : xstrdup("");
}

static size_t fold(const char *s, size_t len, wint_t *c)
{
    uint32_t cp;
    size_t n = utf8_decode(s, len, &cp);
    if (n == 0) {
        *c = (unsigned char)*s;
        return 1;
    }
    *c = towlower((wint_t)cp);
    return n;
}

static bool starts_folded(const char *s, const char *prefix)
{
    while (*prefix) {
        wint_t a = 0, b = 0;
        if (!*s) {
            return false;
        }
        s += fold(s, strlen(s), &a);
        prefix += fold(prefix, strlen(prefix), &b);
        if (a != b) {
            return false;
        }
    }
    return true;
}

bool columns_match(const char *label, const char *typed)
{
    for (const char *p = label; *p; p += text_grapheme(p, strlen(p))) {
        if (starts_folded(p, typed)) {
            return true;
        }
    }
    return *typed == '\0';
}
