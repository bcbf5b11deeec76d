/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ui/ui.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/text.h"
#include "ui/shorten.h"
#include "ui/ui_private.h"

static bool env_is_set(const char *name)
{
    const char *value = getenv(name);
    return value && *value;
}

static bool fd_is_closed(int fd)
{
    return fcntl(fd, F_GETFD) < 0;
}

static bool size_of_terminal(int *rows, int *cols)
{
    struct winsize ws;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) != 0 || ws.ws_row == 0 || ws.ws_col == 0) {
        return false;
    }
    *rows = ws.ws_row;
    *cols = ws.ws_col;
    return true;
}

static enum ui_plain_reason plain_reason(const struct ui *ui, const struct ui_options *options)
{
    if (options->plain) {
        return UI_PLAIN_ASKED;
    }
    if (options->accessible || env_is_set("ACCESSIBLE")) {
        return UI_PLAIN_ACCESSIBLE;
    }
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        return UI_PLAIN_NO_TTY;
    }
    const char *term = getenv("TERM");
    if (!term || !*term || strcmp(term, "dumb") == 0 || strcmp(term, "unknown") == 0) {
        return UI_PLAIN_DUMB;
    }
    if (ui->cols < UI_MIN_COLUMNS || ui->rows < UI_MIN_LINES) {
        return UI_PLAIN_SMALL;
    }
    return UI_PLAIN_NOT;
}

static void say_plain_reason(const struct ui *ui)
{
    switch (ui->plain_reason) {
    case UI_PLAIN_SMALL:
        printf(_("This window has %d columns and %d lines; the full screen needs %d by %d. Asking line by line "
                 "instead.\n"),
               ui->cols, ui->rows, UI_MIN_COLUMNS, UI_MIN_LINES);
        break;
    case UI_PLAIN_DUMB:
        puts(_("This terminal cannot place text on the screen. Asking line by line instead."));
        break;
    case UI_PLAIN_NOT:
    case UI_PLAIN_ASKED:
    case UI_PLAIN_ACCESSIBLE:
    case UI_PLAIN_NO_TTY:
        break;
    }
}

bool ui_signals_open(struct ui *ui)
{
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    sigaddset(&mask, SIGHUP);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGWINCH);
    if (sigprocmask(SIG_BLOCK, &mask, &ui->screen->old_mask) != 0) {
        return false;
    }
    ui->screen->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    return ui->screen->signal_fd >= 0;
}

void ui_signals_close(struct ui *ui)
{
    if (ui->screen->signal_fd >= 0) {
        /* What is still pending has been understood by now; it must not kill us while the session is being saved. */
        ui_signals_take(ui);
        close(ui->screen->signal_fd);
        ui->screen->signal_fd = -1;
    }
    sigprocmask(SIG_SETMASK, &ui->screen->old_mask, NULL);
}

bool ui_signals_take(struct ui *ui)
{
    bool resized = false;
    struct signalfd_siginfo info;
    while (read(ui->screen->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGWINCH) {
            resized = true;
        } else {
            ui->signal = (int)info.ssi_signo;
        }
    }
    return resized;
}

void ui_take_size(struct ui *ui)
{
    int rows = ui->rows, cols = ui->cols;
    if (!size_of_terminal(&rows, &cols)) {
        return;
    }
    if (ui->screen->curses && (rows != LINES || cols != COLS)) {
        resizeterm(rows, cols);
    }
    ui->rows = rows;
    ui->cols = cols;
}

static void brackets(struct ui *ui, bool on)
{
    if (!ui->screen->brackets) {
        return;
    }
    /* ncurses writes through a buffer of its own, not through stdio. */
    fputs(on ? "\033[?2004h" : "\033[?2004l", stdout);
    fflush(stdout);
}

/* ncurses writes to its descriptor at every movement of the cursor, some thirty times for a page. It gets one of its own, so that
 * gather_output() can turn it away from the terminal for a moment. */
static void open_output(struct ui_screen *s)
{
    int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    s->out = fd < 0 ? NULL : fdopen(fd, "w");
    s->gather = s->out ? memfd_create("page", MFD_CLOEXEC) : -1;
    if (!s->out && fd >= 0) {
        close(fd);
    }
}

static void close_output(struct ui_screen *s)
{
    if (s->out) {
        fclose(s->out);
    }
    if (s->gather >= 0) {
        close(s->gather);
    }
}

static bool start_curses(struct ui *ui)
{
    struct ui_screen *s = ui->screen;
    open_output(s);
    s->curses = newterm(NULL, s->out ? s->out : stdout, stdin);
    if (!s->curses) {
        close_output(s);
        return false;
    }
    set_term(s->curses);
    typeahead(-1); /* ui_read has taken what there was before it sends anything */
    raw();
    noecho();
    nonl();
    set_escdelay(UI_ESC_DELAY_MS);
    s->keys = newpad(1, 1);
    keypad(s->keys, TRUE);
    nodelay(s->keys, TRUE);
    ui->rows = LINES;
    ui->cols = COLS;
    /* Only terminals of the ANSI family take private modes without showing them. */
    s->brackets = cursor_address && strncmp(cursor_address, "\033[", 2) == 0;
    brackets(ui, true);
    return true;
}

static void start_screen(struct ui *ui, const struct ui_options *options)
{
    if (!start_curses(ui)) {
        ui->mode = UI_PLAIN;
        ui->plain_reason = UI_PLAIN_DUMB;
        return;
    }
    if (options->no_colour || env_is_set("NO_COLOR") || !has_colors()) {
        ui->colours = 0;
    } else if (start_color() == ERR || use_default_colors() == ERR) {
        ui->colours = 0;
    } else {
        ui->colours = COLORS;
    }
    ui_paint_init(ui);
    ui_input_init(ui);
}

bool ui_init(struct ui *ui, const struct ui_options *options, struct err *err)
{
    *ui = (struct ui){.mode = UI_SCREEN, .rows = 24, .cols = 80};
    if (fd_is_closed(STDOUT_FILENO) || fd_is_closed(STDIN_FILENO)) {
        return err_fail(err, ERR_UI_TERMINAL, NULL);
    }
    ui->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    ui->ascii = options->ascii || !ui->utf8;
    ui->osc52 = options->osc52;
    size_of_terminal(&ui->rows, &ui->cols);
    ui->plain_reason = plain_reason(ui, options);
    ui->mode = ui->plain_reason == UI_PLAIN_NOT ? UI_SCREEN : UI_PLAIN;
    ui->screen = xcalloc(1, sizeof *ui->screen);
    buf_init(&ui->screen->paste, BUF_MAX_TEXT);
    ui->screen->paste.secret = true;
    if (!ui_signals_open(ui)) {
        free(ui->screen);
        ui->screen = NULL;
        return err_fail_errno(err, ERR_INTERNAL, "signalfd");
    }
    if (ui->mode == UI_SCREEN) {
        start_screen(ui, options);
    }
    if (ui->mode == UI_PLAIN) {
        say_plain_reason(ui);
    }
    return true;
}

static void leave_screen(struct ui *ui)
{
    /* A terminal that hung up takes nothing any more; that is fine. */
    brackets(ui, false);
    endwin();
}

void ui_end(struct ui *ui)
{
    struct ui_screen *s = ui->screen;
    if (!s) {
        return;
    }
    if (s->curses) {
        if (!ui->suspended) {
            leave_screen(ui);
        }
        delwin(s->keys);
        delscreen(s->curses);
        close_output(s);
    }
    ui_signals_close(ui);
    buf_release(&s->paste);
    free(s);
    ui->screen = NULL;
}

void ui_suspend(struct ui *ui)
{
    if (ui->mode != UI_SCREEN || ui->suspended) {
        return;
    }
    def_prog_mode();
    leave_screen(ui);
    ui->suspended = true;
}

void ui_resume(struct ui *ui)
{
    if (ui->mode != UI_SCREEN || !ui->suspended) {
        return;
    }
    ui->suspended = false;
    reset_prog_mode();
    brackets(ui, true);
    ui_take_size(ui);
    clearok(curscr, TRUE);
    ui_repaint(ui);
    ui_flush(ui);
}

void ui_push(struct ui *ui, struct ui_painter *painter)
{
    painter->below = ui->top;
    ui->top = painter;
}

void ui_pop(struct ui *ui, struct ui_painter *painter)
{
    if (ui->top == painter) {
        ui->top = painter->below;
    }
}

static void paint_too_small(struct ui *ui)
{
    char *line = xasprintf(_("This window is %d×%d, too small."), ui->cols, ui->rows);
    /* TRANSLATORS: shown while the window is too small; as short as you can */
    char *need = xasprintf(_("Make it %d×%d or more."), UI_MIN_COLUMNS, UI_MIN_LINES);
    ui_put(ui, 0, 0, ui->cols, ROLE_TEXT, line);
    ui_put(ui, 1, 0, ui->cols, ROLE_TEXT, need);
    ui_put(ui, 2, 0, ui->cols, ROLE_TEXT, _("Nothing is lost."));
    ui_set_cursor(ui, 0, 0);
    free(line);
    free(need);
}

void ui_repaint(struct ui *ui)
{
    if (ui->mode != UI_SCREEN || ui->suspended) {
        return;
    }
    werase(stdscr);
    ui->damaged = true;
    ui->too_small = ui->cols < UI_MIN_COLUMNS || ui->rows < UI_MIN_LINES;
    if (ui->too_small) {
        paint_too_small(ui);
    } else if (ui->top) {
        ui->top->paint(ui->top->ctx);
    }
}

void ui_redraw(struct ui *ui)
{
    if (ui->mode == UI_SCREEN) {
        clearok(curscr, TRUE);
        ui_repaint(ui);
    }
}

/* From here on ncurses writes into memory. */
static void gather_output(struct ui_screen *s)
{
    (void)dup3(s->gather, fileno(s->out), O_CLOEXEC);
}

static void write_out(const char *text, size_t len)
{
    ssize_t n = 1;
    for (size_t put = 0; put < len && n > 0; put += n > 0 ? (size_t)n : 0) {
        do {
            n = write(STDOUT_FILENO, text + put, len - put);
        } while (n < 0 && errno == EINTR);
    }
}

/* And that goes to the terminal, in one piece. One that hung up takes nothing any more; ui_read learns of it. */
static void send_output(struct ui_screen *s)
{
    off_t len = lseek(s->gather, 0, SEEK_CUR);
    size_t size = len > 0 ? (size_t)len : 0;
    char *text = xmalloc(size + 1);
    (void)dup3(STDOUT_FILENO, fileno(s->out), O_CLOEXEC);
    ssize_t got = pread(s->gather, text, size, 0);
    size_t used = got > 0 ? (size_t)got : 0;
    write_out(text, s->brackets ? shorten(text, used) : used);
    mem_wipe(text, size); /* a secret may be shown */
    free(text);
    (void)lseek(s->gather, 0, SEEK_SET);
    (void)!ftruncate(s->gather, 0);
}

/* A letter in a field is one line, and not worth the detour. */
static bool has_many_changes(const struct ui *ui)
{
    int n = 0;
    for (int y = 0; y < ui->rows && n < 3; y++) {
        n += is_linetouched(stdscr, y) ? 1 : 0;
    }
    return n >= 3;
}

void ui_flush(struct ui *ui)
{
    if (ui->mode != UI_SCREEN || ui->suspended) {
        return;
    }
    wmove(stdscr, ui->cursor_y < ui->rows ? ui->cursor_y : ui->rows - 1,
          ui->cursor_x < ui->cols ? ui->cursor_x : ui->cols - 1);
    bool gather = ui->screen->gather >= 0 && has_many_changes(ui);
    if (gather) {
        gather_output(ui->screen);
    }
    wnoutrefresh(stdscr);
    doupdate();
    if (gather) {
        send_output(ui->screen);
    }
    ui->damaged = false;
}

void ui_beep(struct ui *ui)
{
    if (ui->mode == UI_SCREEN) {
        beep();
    }
}

const char *ui_text(const char *msgid)
{
    if (!msgid || !*msgid) {
        return "";
    }
    return strchr(msgid, '\004') ? i18n_row(msgid) : gettext(msgid);
}
