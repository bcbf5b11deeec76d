/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/text.h"
#include "base/when.h"
#include "ui/ui_private.h"

#define BURST_MS 8        /* keys closer than this were not typed */
#define PASTE_GAP_MS 1000 /* a paste that stops for longer is taken as ended */

/* Sequences that terminals send whatever their description says. To add one: a row. */
static const struct {
    const char *sequence;
    int key;
} sequence_rows[] = {
    {"\033[200~", KEY_PASTE_BEGIN},
    {"\033[201~", KEY_PASTE_END},
    {"\033[1;5D", KEY_WORD_LEFT},
    {"\033[1;5C", KEY_WORD_RIGHT},
    {"\033[1;3D", KEY_WORD_LEFT},
    {"\033[1;3C", KEY_WORD_RIGHT},
    {"\033[A", KEY_UP},
    {"\033[B", KEY_DOWN},
    {"\033[C", KEY_RIGHT},
    {"\033[D", KEY_LEFT},
    {"\033OA", KEY_UP},
    {"\033OB", KEY_DOWN},
    {"\033OC", KEY_RIGHT},
    {"\033OD", KEY_LEFT},
    {"\033[H", KEY_HOME},
    {"\033[F", KEY_END},
    {"\033[1~", KEY_HOME},
    {"\033[4~", KEY_END},
    {"\033OH", KEY_HOME},
    {"\033OF", KEY_END},
    {"\033[11~", KEY_F(1)},
    {"\033[12~", KEY_F(2)},
    {"\033[13~", KEY_F(3)},
    {"\033[14~", KEY_F(4)},
    {"\033OP", KEY_F(1)},
    {"\033OQ", KEY_F(2)},
    {"\033OR", KEY_F(3)},
    {"\033OS", KEY_F(4)},
    {"\033[Z", KEY_BTAB},
    {"\033[3~", KEY_DC},
    {"\033[2~", KEY_IC},
    {"\033[5~", KEY_PPAGE},
    {"\033[6~", KEY_NPAGE},
    {"\033OM", KEY_ENTER},
};

/* ncurses key -> ours. To add one: a row. */
static const struct {
    int curses, key;
} key_rows[] = {
    {KEY_UP, UI_KEY_UP},
    {KEY_DOWN, UI_KEY_DOWN},
    {KEY_LEFT, UI_KEY_LEFT},
    {KEY_RIGHT, UI_KEY_RIGHT},
    {KEY_HOME, UI_KEY_HOME},
    {KEY_END, UI_KEY_END},
    {KEY_PPAGE, UI_KEY_PAGE_UP},
    {KEY_NPAGE, UI_KEY_PAGE_DOWN},
    {KEY_IC, UI_KEY_INSERT},
    {KEY_DC, UI_KEY_DELETE},
    {KEY_BTAB, UI_KEY_BACK_TAB},
    {KEY_ENTER, UI_KEY_ENTER},
    {KEY_BACKSPACE, UI_KEY_BACKSPACE},
    {KEY_WORD_LEFT, UI_KEY_WORD_LEFT},
    {KEY_WORD_RIGHT, UI_KEY_WORD_RIGHT},
};

void ui_input_init(struct ui *ui)
{
    (void)ui;
    for (size_t i = 0; i < ARRAY_LEN(sequence_rows); i++) {
        define_key(sequence_rows[i].sequence, sequence_rows[i].key);
    }
}

static int from_curses(int code)
{
    if (code >= KEY_F(1) && code <= KEY_F(12)) {
        return UI_KEY_F1 + (code - KEY_F(1));
    }
    for (size_t i = 0; i < ARRAY_LEN(key_rows); i++) {
        if (key_rows[i].curses == code) {
            return key_rows[i].key;
        }
    }
    return UI_KEY_NONE;
}

/* Next character or key without waiting: OK, KEY_CODE_YES or ERR. Octets of one character may come in several reads. */
static int next_key(struct ui *ui, wint_t *c)
{
    struct ui_screen *s = ui->screen;
    for (;;) {
        int got = wgetch(s->keys);
        if (got == ERR) {
            return ERR;
        }
        if (got >= KEY_MIN) {
            *c = (wint_t)got;
            return KEY_CODE_YES;
        }
        char octet = (char)got;
        wchar_t w = 0;
        size_t n = mbrtowc(&w, &octet, 1, &s->partial);
        if (n == (size_t)-2) {
            continue;
        }
        if (n == (size_t)-1) {
            memset(&s->partial, 0, sizeof s->partial);
            w = 0xfffd;
        }
        *c = (wint_t)w;
        return OK;
    }
}

static bool wait_input(struct ui *ui, int ms)
{
    (void)ui;
    struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&p, 1, ms) > 0;
}

static void paste_add(struct ui *ui, uint32_t c)
{
    if (c == '\r') {
        c = '\n';
    }
    if (c != '\n' && c != '\t' && (c < 0x20 || (c >= 0x7f && c < 0xa0))) {
        return;
    }
    char utf8[4];
    if (!buf_append(&ui->screen->paste, utf8, utf8_encode(c, utf8))) {
        return; /* larger than anything that belongs in a form: the rest is dropped */
    }
}

static void read_paste(struct ui *ui)
{
    buf_clear(&ui->screen->paste);
    bool after_cr = false, idle = false;
    for (;;) {
        wint_t c;
        int rc = next_key(ui, &c);
        if (rc == ERR) {
            if (idle || !wait_input(ui, PASTE_GAP_MS)) {
                return;
            }
            idle = true;
            continue;
        }
        idle = false;
        if (rc == KEY_CODE_YES) {
            if (c == KEY_PASTE_END) {
                return;
            }
            continue;
        }
        if (c == '\n' && after_cr) {
            after_cr = false;
            continue;
        }
        after_cr = c == '\r';
        paste_add(ui, (uint32_t)c);
    }
}

/* After an Esc that ncurses could not place: a lone Esc, Alt with a character, or a sequence nobody knows (swallowed).
 */
static int after_escape(struct ui *ui)
{
    wint_t c;
    int rc = next_key(ui, &c);
    if (rc == ERR) {
        return UI_KEY_ESC;
    }
    if (rc == KEY_CODE_YES) {
        return from_curses((int)c);
    }
    if (c == '[' || c == 'O') {
        int left = c == 'O' ? 1 : 32;
        while (left-- > 0 && next_key(ui, &c) == OK && !(c >= 0x40 && c <= 0x7e)) {}
        return UI_KEY_NONE;
    }
    if (c == UI_KEY_ESC) {
        return UI_KEY_ESC;
    }
    if (c == 'b' || c == 'f') {
        return c == 'b' ? UI_KEY_WORD_LEFT : UI_KEY_WORD_RIGHT;
    }
    return UI_KEY_ALT + (int)c;
}

static bool key_event(struct ui *ui, struct ui_event *event, int rc, wint_t c)
{
    int64_t now = when_monotonic_ms();
    event->burst = now - ui->screen->last_key_ms < BURST_MS;
    ui->screen->last_key_ms = now;
    if (rc == KEY_CODE_YES && c == KEY_PASTE_BEGIN) {
        read_paste(ui);
        event->type = UI_EVENT_PASTE;
        event->text = buf_str(&ui->screen->paste);
        return true;
    }
    int key = rc == KEY_CODE_YES ? from_curses((int)c) : (int)c;
    if (rc == OK && c == UI_KEY_ESC) {
        key = after_escape(ui);
    } else if (rc == OK && c == '\n') {
        key = UI_KEY_ENTER;
    } else if (rc == OK && c == 8) {
        key = UI_KEY_BACKSPACE;
    }
    event->type = UI_EVENT_KEY;
    event->key = key;
    return key != UI_KEY_NONE;
}

static bool signal_event(struct ui *ui, struct ui_event *event)
{
    if (ui_signals_take(ui) && ui->mode == UI_SCREEN) {
        ui_take_size(ui);
        ui_repaint(ui);
        event->type = UI_EVENT_RESIZE;
    }
    if (ui->signal) {
        event->type = UI_EVENT_SIGNAL;
    }
    return event->type != UI_EVENT_NONE;
}

static bool pending_key(struct ui *ui, struct ui_event *event)
{
    wint_t c;
    int rc;
    while ((rc = next_key(ui, &c)) != ERR) {
        if (key_event(ui, event, rc, c) && !ui->too_small) {
            return true;
        }
        *event = (struct ui_event){.type = UI_EVENT_NONE};
    }
    return false;
}

void ui_read(struct ui *ui, struct ui_event *event, int timeout_ms)
{
    *event = (struct ui_event){.type = UI_EVENT_NONE};
    buf_clear(&ui->screen->paste); /* lent until now; it may have been a secret */
    int64_t end = when_monotonic_ms() + timeout_ms;
    struct pollfd p[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = ui->screen->signal_fd, .events = POLLIN}};
    for (;;) {
        /* Of what came before the first poll, only keys: ncurses may hold some back, and signals are seen by it. */
        if ((p[1].revents && signal_event(ui, event)) || pending_key(ui, event)) {
            return;
        }
        ui_flush(ui);
        int64_t left = timeout_ms < 0 ? -1 : end - when_monotonic_ms();
        int n = poll(p, 2, timeout_ms >= 0 && left < 0 ? 0 : (int)left);
        if (n == 0) {
            return;
        }
        if (n > 0 && p[0].revents & (POLLHUP | POLLERR | POLLNVAL)) {
            ui_signals_take(ui);
            ui->signal = ui->signal ? ui->signal : SIGHUP;
            event->type = UI_EVENT_SIGNAL;
            return;
        }
        if (n < 0) {
            p[0].revents = p[1].revents = 0;
        }
    }
}
