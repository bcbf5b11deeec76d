/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ui/edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"

#define UNDO_MAX 100

struct edit_state {
    struct edit_state *older;
    size_t len, cursor;
    char text[];
};

static void wipe_free(char *p, size_t len, bool secret)
{
    if (p && secret) {
        mem_wipe(p, len);
    }
    free(p);
}

static void undo_drop(struct edit *e, struct edit_state **list)
{
    struct edit_state *s = *list;
    *list = NULL;
    while (s) {
        struct edit_state *older = s->older;
        if (e->secret) {
            mem_wipe(s->text, s->len);
        }
        free(s);
        s = older;
    }
}

void edit_init(struct edit *e, size_t max, bool secret)
{
    *e = (struct edit){.max = max, .secret = secret, .cap = 64};
    if (secret) {
        e->cap = max + 1; /* never moved: no copies are left behind */
    }
    e->text = secret ? secret_room_new(e->cap) : xcalloc(1, e->cap);
    e->text[0] = '\0';
}

void edit_release(struct edit *e)
{
    undo_drop(e, &e->undo);
    undo_drop(e, &e->redo);
    if (e->secret) {
        secret_room_free(e->text, e->cap);
    } else {
        free(e->text);
    }
    free(e->kill);
    *e = (struct edit){0};
}

/* What is there now, in front of list. */
static void state_push(const struct edit *e, struct edit_state **list)
{
    struct edit_state *s = xmalloc(sizeof *s + e->len + 1);
    s->len = e->len;
    s->cursor = e->cursor;
    memcpy(s->text, e->text, e->len + 1);
    s->older = *list;
    *list = s;
}

/* Before a change. */
static void undo_push(struct edit *e)
{
    if (e->secret) {
        return;
    }
    undo_drop(e, &e->redo);
    state_push(e, &e->undo);
    struct edit_state *s = e->undo;
    for (size_t n = 1; s->older; s = s->older, n++) {
        if (n == UNDO_MAX) {
            undo_drop(e, &s->older);
            break;
        }
    }
}

static void room_for(struct edit *e, size_t len)
{
    if (len + 1 <= e->cap) {
        return;
    }
    while (e->cap < len + 1) {
        e->cap *= 2;
    }
    e->text = xrealloc(e->text, e->cap);
}

/* Characters that a person cannot see or that would turn the line around: never part of what is typed. ZWJ and
 * variation selectors stay, they belong to what is seen. */
static bool is_unwanted(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x00ad || c == 0x061c || c == 0x200b || c == 0x200e ||
           c == 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

/* What may go into a line; buf is bounded by the caller. */
static void sanitize(struct buf *out, const char *text, size_t len)
{
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r')) {
        len--;
    }
    for (size_t i = 0; i < len;) {
        uint32_t c;
        size_t n = utf8_decode(text + i, len - i, &c);
        if (n == 0) {
            i++;
            continue;
        }
        if (c == '\n' || c == '\t' || c == '\r') {
            buf_add(out, " ");
        } else if (!is_unwanted(c)) {
            buf_add(out, "%.*s", (int)n, text + i);
        }
        i += n;
    }
}

static void insert_raw(struct edit *e, const char *text, size_t len)
{
    room_for(e, e->len + len);
    memmove(e->text + e->cursor + len, e->text + e->cursor, e->len - e->cursor + 1);
    memcpy(e->text + e->cursor, text, len);
    e->len += len;
    e->cursor += len;
}

bool edit_insert(struct edit *e, const char *text, size_t len)
{
    struct buf clean = BUF_INIT(len * 2 + 16);
    clean.secret = e->secret;
    sanitize(&clean, text, len);
    size_t fits = clean.len;
    if (e->len + fits > e->max) {
        fits = 0;
        size_t n;
        while (fits < clean.len && (n = text_grapheme(buf_str(&clean) + fits, clean.len - fits)) > 0 &&
               e->len + fits + n <= e->max) {
            fits += n;
        }
    }
    bool all = fits == clean.len;
    if (fits > 0) {
        undo_push(e);
        insert_raw(e, buf_str(&clean), fits);
        e->coalesce = false;
    }
    buf_release(&clean);
    return all;
}

void edit_set(struct edit *e, const char *text)
{
    if (e->secret) {
        mem_wipe(e->text, e->cap);
    }
    e->len = e->cursor = e->scroll = 0;
    e->text[0] = '\0';
    edit_insert(e, text ? text : "", text ? strlen(text) : 0);
    undo_drop(e, &e->undo);
    undo_drop(e, &e->redo);
}

/* Back to the newest state of one list; what is there now goes to the other. */
static bool state_swap(struct edit *e, struct edit_state **from, struct edit_state **to)
{
    struct edit_state *s = *from;
    if (!s) {
        return false;
    }
    state_push(e, to);
    room_for(e, s->len);
    memcpy(e->text, s->text, s->len + 1);
    e->len = s->len;
    e->cursor = s->cursor;
    e->coalesce = false;
    *from = s->older;
    s->older = NULL;
    undo_drop(e, &s);
    return true;
}

bool edit_undo(struct edit *e)
{
    return state_swap(e, &e->undo, &e->redo);
}

bool edit_redo(struct edit *e)
{
    return state_swap(e, &e->redo, &e->undo);
}

static size_t after(const struct edit *e, size_t at)
{
    return at >= e->len ? e->len : at + text_grapheme(e->text + at, e->len - at);
}

/* Graphemes can only be found from the left. */
static size_t before(const struct edit *e, size_t at)
{
    size_t i = 0, last = 0;
    while (i < at) {
        last = i;
        i = after(e, i);
    }
    return last;
}

static bool is_word_octet(char c)
{
    return (unsigned char)c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           c == '_';
}

static size_t word_left(const struct edit *e)
{
    size_t at = e->cursor;
    while (at > 0 && !is_word_octet(e->text[before(e, at)])) {
        at = before(e, at);
    }
    while (at > 0 && is_word_octet(e->text[before(e, at)])) {
        at = before(e, at);
    }
    return at;
}

static size_t word_right(const struct edit *e)
{
    size_t at = e->cursor;
    while (at < e->len && !is_word_octet(e->text[at])) {
        at = after(e, at);
    }
    while (at < e->len && is_word_octet(e->text[at])) {
        at = after(e, at);
    }
    return at;
}

static enum edit_outcome cut(struct edit *e, size_t from, size_t to, bool keep)
{
    if (from >= to) {
        return EDIT_IGNORED;
    }
    undo_push(e);
    if (keep && !e->secret) {
        free(e->kill);
        e->kill = xstrndup(e->text + from, to - from);
    }
    size_t old_len = e->len;
    memmove(e->text + from, e->text + to, e->len - to + 1);
    e->len -= to - from;
    if (e->secret) {
        mem_wipe(e->text + e->len + 1, old_len - e->len);
    }
    e->cursor = from;
    e->coalesce = false;
    return EDIT_CHANGED;
}

static enum edit_outcome move_to(struct edit *e, size_t at)
{
    bool moved = at != e->cursor;
    e->cursor = at;
    e->coalesce = false;
    return moved ? EDIT_MOVED : EDIT_IGNORED;
}

static enum edit_outcome swap_two(struct edit *e)
{
    size_t right = e->cursor == e->len ? before(e, e->len) : e->cursor;
    size_t left = before(e, right);
    size_t end = after(e, right);
    if (right == 0 || right == end) {
        return EDIT_IGNORED;
    }
    undo_push(e);
    char *first = xstrndup(e->text + left, right - left);
    size_t n = right - left;
    memmove(e->text + left, e->text + right, end - right);
    memcpy(e->text + left + (end - right), first, n);
    wipe_free(first, n, e->secret);
    e->cursor = end;
    e->coalesce = false;
    return EDIT_CHANGED;
}

/* Typed letters join one undo step until the cursor moves or a blank is typed. */
static enum edit_outcome type_char(struct edit *e, uint32_t c)
{
    if (is_unwanted(c)) {
        return EDIT_IGNORED;
    }
    char utf8[4];
    size_t n = utf8_encode(c, utf8);
    if (n == 0) {
        return EDIT_IGNORED;
    }
    if (e->len + n > e->max) {
        return EDIT_FULL;
    }
    if (!e->coalesce || c == ' ') {
        undo_push(e);
    }
    insert_raw(e, utf8, n);
    /* A mark or joiner may have fused with its neighbours: stay on a boundary. */
    size_t at = 0;
    while (at < e->cursor) {
        at = after(e, at);
    }
    e->cursor = at;
    e->coalesce = true;
    return EDIT_CHANGED;
}

static enum edit_outcome yank(struct edit *e)
{
    if (!e->kill) {
        return EDIT_IGNORED;
    }
    return edit_insert(e, e->kill, strlen(e->kill)) ? EDIT_CHANGED : EDIT_FULL;
}

enum edit_outcome edit_key(struct edit *e, int key)
{
    switch (key) {
    case UI_KEY_LEFT:
    case UI_CTRL('b'):
        return move_to(e, before(e, e->cursor));
    case UI_KEY_RIGHT:
    case UI_CTRL('f'):
        return move_to(e, after(e, e->cursor));
    case UI_KEY_WORD_LEFT:
        return move_to(e, word_left(e));
    case UI_KEY_WORD_RIGHT:
        return move_to(e, word_right(e));
    case UI_KEY_HOME:
    case UI_CTRL('a'):
        return move_to(e, 0);
    case UI_KEY_END:
    case UI_CTRL('e'):
        return move_to(e, e->len);
    case UI_KEY_BACKSPACE:
    case UI_CTRL('h'):
        return cut(e, before(e, e->cursor), e->cursor, false);
    case UI_KEY_DELETE:
    case UI_CTRL('d'):
        return cut(e, e->cursor, after(e, e->cursor), false);
    case UI_CTRL('k'):
        return cut(e, e->cursor, e->len, true);
    case UI_CTRL('u'):
        return cut(e, 0, e->cursor, true);
    case UI_CTRL('w'):
        return cut(e, word_left(e), e->cursor, true);
    case UI_CTRL('y'):
        return edit_redo(e) ? EDIT_CHANGED : yank(e);
    case UI_CTRL('t'):
        return swap_two(e);
    case UI_CTRL('z'):
    case UI_CTRL('_'):
        return edit_undo(e) ? EDIT_CHANGED : EDIT_IGNORED;
    default:
        return key >= 0x20 && key < UI_KEY_SPECIAL ? type_char(e, (uint32_t)key) : EDIT_IGNORED;
    }
}

/* End of what fits into columns from at on. */
static size_t fit_from(const struct edit *e, size_t at, int columns, int *used)
{
    *used = 0;
    while (at < e->len) {
        size_t next = after(e, at);
        int w = text_width_n(e->text + at, next - at);
        if (*used + w > columns) {
            break;
        }
        *used += w;
        at = next;
    }
    return at;
}

void edit_view(struct edit *e, int columns, struct edit_view *view)
{
    if (e->scroll > e->cursor) {
        /* Moved out on the left: show a third of the width before the cursor. */
        e->scroll = e->cursor;
        int room = columns / 3;
        while (e->scroll > 0) {
            size_t prev = before(e, e->scroll);
            int w = text_width_n(e->text + prev, e->cursor - prev);
            if (w > room) {
                break;
            }
            e->scroll = prev;
        }
    }
    /* The cursor itself needs a column. */
    while (text_width_n(e->text + e->scroll, e->cursor - e->scroll) > columns - 1) {
        e->scroll = after(e, e->scroll);
    }
    /* All of it fits: no scrolling. */
    if (text_width_n(e->text, e->len) <= columns - 1) {
        e->scroll = 0;
    }
    int used;
    view->start = e->scroll;
    view->end = fit_from(e, e->scroll, columns, &used);
    view->cursor = text_width_n(e->text + e->scroll, e->cursor - e->scroll);
    view->more_left = e->scroll > 0;
    view->more_right = view->end < e->len;
}
