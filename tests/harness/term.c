/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/harness/term.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>
#include <vterm.h>

#define LOG_MAX ((size_t)256 << 10)
#define ROW_MAX 4096
#define ESC_ANSWER_MS 2000 /* for an Esc that changes nothing */

struct term {
    pid_t pid;
    int fd;
    struct termios before; /* the line as the program finds it */
    int rows, cols;
    VTerm *vt;
    VTermScreen *screen;
    char *log;
    size_t log_len;
    size_t received, counted;
    bool alt, cursor_visible, eof, reaped;
    int status;
};

static void die(const char *what)
{
    fprintf(stderr, "terminal harness: %s: %s\n", what, strerror(errno));
    exit(99);
}

static int64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int on_prop(VTermProp prop, VTermValue *val, void *user)
{
    struct term *t = user;
    if (prop == VTERM_PROP_ALTSCREEN) {
        t->alt = val->boolean;
    } else if (prop == VTERM_PROP_CURSORVISIBLE) {
        t->cursor_visible = val->boolean;
    }
    return 1;
}

static const VTermScreenCallbacks screen_callbacks = {.settermprop = on_prop};

void term_raw(struct term *t, const void *data, size_t len)
{
    const char *p = data;
    while (len > 0 && !t->eof) {
        ssize_t n = write(t->fd, p, len);
        if (n < 0 && errno != EINTR && errno != EAGAIN) {
            return;
        }
        if (n > 0) {
            p += n;
            len -= (size_t)n;
        }
    }
}

static void on_output(const char *s, size_t len, void *user)
{
    term_raw(user, s, len);
}

static void child_env(const char *const *env)
{
    setenv("TERM", "xterm-256color", 1);
    unsetenv("NO_COLOR");
    unsetenv("COLORFGBG");
    unsetenv("LINES");
    unsetenv("COLUMNS");
    unsetenv("ACCESSIBLE");
    for (size_t i = 0; env && env[i]; i++) {
        const char *eq = strchr(env[i], '=');
        if (!eq) {
            unsetenv(env[i]);
            continue;
        }
        char *name = strndup(env[i], (size_t)(eq - env[i]));
        setenv(name, eq + 1, 1);
        free(name);
    }
}

static void child_run(const struct term_options *o)
{
    child_env(o->env);
    signal(SIGPIPE, SIG_DFL);
    if (o->cwd && chdir(o->cwd) != 0) {
        _exit(126);
    }
    char **argv = NULL;
    size_t n = 0;
    while (o->argv[n]) {
        n++;
    }
    argv = calloc(n + 1, sizeof *argv);
    for (size_t i = 0; argv && i < n; i++) {
        argv[i] = strdup(o->argv[i]);
    }
    if (argv) {
        execvp(argv[0], argv);
    }
    _exit(127);
}

struct term *term_open(const struct term_options *options)
{
    struct term *t = calloc(1, sizeof *t);
    if (!t) {
        die("memory");
    }
    t->rows = options->rows ? options->rows : 24;
    t->cols = options->cols ? options->cols : 80;
    t->cursor_visible = true;
    struct winsize ws = {.ws_row = (unsigned short)t->rows, .ws_col = (unsigned short)t->cols};
    t->vt = vterm_new(t->rows, t->cols);
    t->log = malloc(LOG_MAX);
    if (!t->vt || !t->log) {
        die("vterm_new");
    }
    vterm_set_utf8(t->vt, 1);
    vterm_output_set_callback(t->vt, on_output, t);
    t->screen = vterm_obtain_screen(t->vt);
    vterm_screen_set_callbacks(t->screen, &screen_callbacks, t);
    vterm_screen_enable_altscreen(t->screen, 1);
    vterm_screen_reset(t->screen, 1);
    int line;
    if (openpty(&t->fd, &line, NULL, NULL, &ws) != 0 || tcgetattr(line, &t->before) != 0) {
        die("openpty");
    }
    t->pid = fork();
    if (t->pid < 0) {
        die("fork");
    }
    if (t->pid == 0) {
        close(t->fd);
        if (login_tty(line) != 0) {
            _exit(126);
        }
        child_run(options);
    }
    close(line);
    fcntl(t->fd, F_SETFD, FD_CLOEXEC);
    return t;
}

static void log_add(struct term *t, const char *data, size_t len)
{
    if (len >= LOG_MAX) {
        data += len - LOG_MAX / 2;
        len = LOG_MAX / 2;
    }
    if (t->log_len + len > LOG_MAX) {
        size_t keep = LOG_MAX / 2;
        if (keep > t->log_len) {
            keep = t->log_len;
        }
        if (keep + len > LOG_MAX) {
            keep = LOG_MAX - len;
        }
        memmove(t->log, t->log + t->log_len - keep, keep);
        t->log_len = keep;
    }
    memcpy(t->log + t->log_len, data, len);
    t->log_len += len;
}

/* Takes what is there, waiting at most ms; false when nothing came. */
static bool take(struct term *t, int ms)
{
    if (t->eof) {
        return false;
    }
    struct pollfd p = {.fd = t->fd, .events = POLLIN};
    if (poll(&p, 1, ms) <= 0) {
        return false;
    }
    char buf[8192];
    ssize_t n = read(t->fd, buf, sizeof buf);
    if (n <= 0) {
        t->eof = n == 0 || (errno != EINTR && errno != EAGAIN);
        return false;
    }
    vterm_input_write(t->vt, buf, (size_t)n);
    log_add(t, buf, (size_t)n);
    t->received += (size_t)n;
    return true;
}

static void take_all(struct term *t)
{
    while (take(t, 0)) {}
}

int term_close(struct term *t)
{
    if (!t->reaped) {
        kill(t->pid, SIGHUP);
        if (!term_wait_exit(t, 2000, NULL)) {
            kill(t->pid, SIGKILL);
            term_wait_exit(t, 5000, NULL);
        }
    }
    int status = t->status;
    close(t->fd);
    vterm_free(t->vt);
    free(t->log);
    free(t);
    return status;
}

/* To add a key: a row. */
static const struct {
    const char *name;
    VTermKey key;
    VTermModifier mod;
} key_rows[] = {
    {"Enter", VTERM_KEY_ENTER, VTERM_MOD_NONE},   {"Tab", VTERM_KEY_TAB, VTERM_MOD_NONE},
    {"S-Tab", VTERM_KEY_TAB, VTERM_MOD_SHIFT},    {"Esc", VTERM_KEY_ESCAPE, VTERM_MOD_NONE},
    {"BS", VTERM_KEY_BACKSPACE, VTERM_MOD_NONE},  {"Del", VTERM_KEY_DEL, VTERM_MOD_NONE},
    {"Ins", VTERM_KEY_INS, VTERM_MOD_NONE},       {"Up", VTERM_KEY_UP, VTERM_MOD_NONE},
    {"Down", VTERM_KEY_DOWN, VTERM_MOD_NONE},     {"Left", VTERM_KEY_LEFT, VTERM_MOD_NONE},
    {"Right", VTERM_KEY_RIGHT, VTERM_MOD_NONE},   {"Home", VTERM_KEY_HOME, VTERM_MOD_NONE},
    {"End", VTERM_KEY_END, VTERM_MOD_NONE},       {"PgUp", VTERM_KEY_PAGEUP, VTERM_MOD_NONE},
    {"PgDn", VTERM_KEY_PAGEDOWN, VTERM_MOD_NONE},
};

static void send_named(struct term *t, const char *name)
{
    if (strncmp(name, "C-", 2) == 0 && name[2]) {
        char c = (char)(name[2] & 0x1f);
        term_raw(t, &c, 1);
        return;
    }
    if (strcmp(name, "LT") == 0 || strcmp(name, "Space") == 0) {
        term_raw(t, name[0] == 'L' ? "<" : " ", 1);
        return;
    }
    if (name[0] == 'F' && atoi(name + 1) > 0) {
        vterm_keyboard_key(t->vt, (VTermKey)VTERM_KEY_FUNCTION(atoi(name + 1)), VTERM_MOD_NONE);
        return;
    }
    for (size_t i = 0; i < sizeof key_rows / sizeof key_rows[0]; i++) {
        if (strcmp(name, key_rows[i].name) == 0) {
            vterm_keyboard_key(t->vt, key_rows[i].key, key_rows[i].mod);
            return;
        }
    }
    fprintf(stderr, "terminal harness: no key is called <%s>\n", name);
    exit(99);
}

/* Esc and a key that follows before the program has read it are another key together. */
static void wait_for_answer(struct term *t)
{
    struct pollfd wait = {.fd = t->fd, .events = POLLIN};
    (void)poll(&wait, 1, ESC_ANSWER_MS);
}

void term_keys(struct term *t, const char *keys)
{
    take_all(t);
    while (*keys) {
        const char *end = *keys == '<' ? strchr(keys, '>') : NULL;
        if (end) {
            char name[16];
            snprintf(name, sizeof name, "%.*s", (int)(end - keys - 1), keys + 1);
            send_named(t, name);
            keys = end + 1;
            if (strcmp(name, "Esc") == 0) {
                wait_for_answer(t);
            }
            continue;
        }
        size_t n = strcspn(keys + 1, "<") + 1;
        term_raw(t, keys, n);
        keys += n;
    }
}

void term_paste(struct term *t, const char *text)
{
    take_all(t);
    vterm_keyboard_start_paste(t->vt);
    for (const char *p = text; *p; p++) {
        char c = *p == '\n' ? '\r' : *p;
        term_raw(t, &c, 1);
        take_all(t);
    }
    vterm_keyboard_end_paste(t->vt);
}

void term_resize(struct term *t, int rows, int cols)
{
    take_all(t);
    struct winsize ws = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    t->rows = rows;
    t->cols = cols;
    vterm_set_size(t->vt, rows, cols);
    if (ioctl(t->fd, TIOCSWINSZ, &ws) != 0) {
        die("TIOCSWINSZ");
    }
}

void term_signal(struct term *t, int signal)
{
    kill(t->pid, signal);
}

static size_t put_utf8(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

static void color_mark(const VTermColor *c, bool is_default, char letter, char *out, size_t size)
{
    out[0] = '\0';
    if (is_default) {
        return;
    }
    if (VTERM_COLOR_IS_INDEXED(c)) {
        snprintf(out, size, "%c%d", letter, c->indexed.idx);
    } else {
        snprintf(out, size, "%c#%02x%02x%02x", letter, c->rgb.red, c->rgb.green, c->rgb.blue);
    }
}

static void cell_mark(const VTermScreenCell *cell, char *out, size_t size)
{
    char fg[16], bg[16];
    color_mark(&cell->fg, VTERM_COLOR_IS_DEFAULT_FG(&cell->fg), 'f', fg, sizeof fg);
    color_mark(&cell->bg, VTERM_COLOR_IS_DEFAULT_BG(&cell->bg), 'g', bg, sizeof bg);
    snprintf(out, size, "%s%s%s%s%s", cell->attrs.bold ? "b" : "", cell->attrs.underline ? "u" : "",
             cell->attrs.reverse ? "r" : "", fg, bg);
}

/* Writes one row; starts[] (may be NULL) gets the cell of each octet. */
static size_t row_text(struct term *t, int row, unsigned flags, char *out, int *starts)
{
    size_t n = 0, solid = 0;
    char mark[48] = "";
    for (int col = 0; col < t->cols && n < ROW_MAX - 128;) {
        VTermScreenCell cell;
        memset(&cell, 0, sizeof cell);
        vterm_screen_get_cell(t->screen, (VTermPos){.row = row, .col = col}, &cell);
        char now[48];
        cell_mark(&cell, now, sizeof now);
        if (flags & TERM_DUMP_ATTRS && strcmp(now, mark) != 0) {
            n += (size_t)sprintf(out + n, "%s", mark[0] ? "}" : "");
            n += now[0] ? (size_t)sprintf(out + n, "{%s ", now) : 0;
            memcpy(mark, now, sizeof mark);
        }
        size_t before = n;
        if (cell.chars[0] == 0 || cell.chars[0] == (uint32_t)-1) {
            out[n++] = ' ';
        }
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] && cell.chars[i] != (uint32_t)-1; i++) {
            n += put_utf8(cell.chars[i], out + n);
        }
        for (size_t i = before; starts && i < n; i++) {
            starts[i] = col;
        }
        if (out[n - 1] != ' ' || (flags & TERM_DUMP_ATTRS && mark[0])) {
            solid = n;
        }
        col += cell.width > 1 ? cell.width : 1;
    }
    if (mark[0] && flags & TERM_DUMP_ATTRS) {
        out[solid++] = '}';
    }
    out[solid] = '\0';
    return solid;
}

char *term_row(struct term *t, int row)
{
    take_all(t);
    char *out = malloc(ROW_MAX);
    if (!out) {
        die("memory");
    }
    row_text(t, row, 0, out, NULL);
    return out;
}

char *term_dump(struct term *t, unsigned flags)
{
    take_all(t);
    char *out = malloc((size_t)t->rows * ROW_MAX + 64);
    if (!out) {
        die("memory");
    }
    size_t n = 0, keep = 0;
    for (int row = 0; row < t->rows; row++) {
        size_t len = row_text(t, row, flags, out + n, NULL);
        n += len;
        out[n++] = '\n';
        if (len > 0 || flags & TERM_DUMP_FULL) {
            keep = n;
        }
    }
    if (flags & TERM_DUMP_CURSOR) {
        int row, col;
        term_cursor(t, &row, &col);
        keep += (size_t)sprintf(out + keep, "cursor %d %d\n", row, col);
    }
    out[keep] = '\0';
    return out;
}

int term_find(struct term *t, const char *text, int *col)
{
    take_all(t);
    char line[ROW_MAX];
    int starts[ROW_MAX];
    for (int row = 0; row < t->rows; row++) {
        row_text(t, row, 0, line, starts);
        const char *hit = strstr(line, text);
        if (hit) {
            if (col) {
                *col = starts[hit - line];
            }
            return row;
        }
    }
    return -1;
}

static bool wait_for(struct term *t, const char *text, bool there, int timeout_ms)
{
    int64_t end = now_ms() + timeout_ms;
    for (;;) {
        if ((term_find(t, text, NULL) >= 0) == there) {
            return true;
        }
        int64_t left = end - now_ms();
        if (left <= 0 || t->eof) {
            return false;
        }
        take(t, (int)left);
    }
}

bool term_wait(struct term *t, const char *text, int timeout_ms)
{
    return wait_for(t, text, true, timeout_ms);
}

bool term_wait_gone(struct term *t, const char *text, int timeout_ms)
{
    return wait_for(t, text, false, timeout_ms);
}

static void expect(struct term *t, const char *text, bool there, int timeout_ms)
{
    if (wait_for(t, text, there, timeout_ms)) {
        return;
    }
    char *dump = term_dump(t, TERM_DUMP_CURSOR);
    fprintf(stderr, "waited %d ms for \"%s\" %s; the screen is:\n%s", timeout_ms, text, there ? "to appear" : "to go",
            dump);
    free(dump);
    term_close(t);
    exit(1);
}

void term_expect(struct term *t, const char *text, int timeout_ms)
{
    expect(t, text, true, timeout_ms);
}

void term_expect_gone(struct term *t, const char *text, int timeout_ms)
{
    expect(t, text, false, timeout_ms);
}

void term_settle(struct term *t, int quiet_ms)
{
    while (take(t, quiet_ms)) {}
}

bool term_wait_exit(struct term *t, int timeout_ms, int *status)
{
    int64_t end = now_ms() + timeout_ms;
    while (!t->reaped) {
        pid_t got = waitpid(t->pid, &t->status, WNOHANG);
        if (got == t->pid || (got < 0 && errno != EINTR)) {
            t->reaped = true;
            take_all(t);
            break;
        }
        if (now_ms() >= end) {
            return false;
        }
        if (t->eof) {
            poll(NULL, 0, 2);
        } else {
            take(t, 5);
        }
    }
    if (status) {
        *status = t->status;
    }
    return true;
}

void term_cursor(struct term *t, int *row, int *col)
{
    take_all(t);
    VTermPos pos;
    vterm_state_get_cursorpos(vterm_obtain_state(t->vt), &pos);
    *row = pos.row;
    *col = pos.col;
}

bool term_cell_coloured(struct term *t, int row, int col)
{
    VTermScreenCell cell;
    memset(&cell, 0, sizeof cell);
    vterm_screen_get_cell(t->screen, (VTermPos){.row = row, .col = col}, &cell);
    return !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) || !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg);
}

bool term_any_colour(struct term *t)
{
    take_all(t);
    for (int row = 0; row < t->rows; row++) {
        for (int col = 0; col < t->cols; col++) {
            if (term_cell_coloured(t, row, col)) {
                return true;
            }
        }
    }
    return false;
}

size_t term_bytes(struct term *t, int quiet_ms)
{
    term_settle(t, quiet_ms);
    size_t n = t->received - t->counted;
    t->counted = t->received;
    return n;
}

const char *term_output(struct term *t, size_t *len)
{
    take_all(t);
    *len = t->log_len;
    return t->log;
}

/* Value of a base64 digit, -1 for anything else. */
static int digit64(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

char *term_clipboard(struct term *t)
{
    static const char start[] = "\033]52;c;";
    size_t len, n = 0, digits = 0;
    const char *out = term_output(t, &len), *end = out + len, *from = NULL;
    for (const char *p = out; (p = memmem(p, (size_t)(end - p), start, sizeof start - 1)) != NULL; from = p) {
        p += sizeof start - 1;
    }
    char *text = from ? calloc(1, (size_t)(end - from) + 1) : NULL;
    unsigned bits = 0;
    while (text && from < end && digit64(*from) >= 0) {
        bits = bits << 6 | (unsigned)digit64(*from++);
        if (++digits % 4 != 1) {
            text[n++] = (char)(bits >> (6 - 2 * ((digits - 1) % 4)) & 0xff);
        }
    }
    size_t filled = 0;
    while (text && from < end && *from == '=') {
        filled++;
        from++;
    }
    if (text && (from >= end || *from != '\a' || (digits + filled) % 4 != 0 || filled > 2)) {
        free(text);
        text = NULL;
    }
    return text;
}

bool term_is_cooked(struct term *t)
{
    struct termios now;
    const struct termios *before = &t->before;
    return tcgetattr(t->fd, &now) == 0 && now.c_iflag == before->c_iflag && now.c_oflag == before->c_oflag &&
           now.c_cflag == before->c_cflag && now.c_lflag == before->c_lflag && memcmp(now.c_cc, before->c_cc, sizeof now.c_cc) == 0;
}

bool term_on_altscreen(struct term *t)
{
    take_all(t);
    return t->alt;
}

bool term_cursor_visible(struct term *t)
{
    take_all(t);
    return t->cursor_visible;
}

pid_t term_pid(struct term *t)
{
    return t->pid;
}

bool term_same(struct term *a, struct term *b)
{
    char *left = term_dump(a, TERM_DUMP_ATTRS | TERM_DUMP_CURSOR | TERM_DUMP_FULL);
    char *right = term_dump(b, TERM_DUMP_ATTRS | TERM_DUMP_CURSOR | TERM_DUMP_FULL);
    bool same = strcmp(left, right) == 0;
    if (!same) {
        fprintf(stderr, "screens differ; one:\n%s\nother:\n%s\n", left, right);
    }
    free(left);
    free(right);
    return same;
}
