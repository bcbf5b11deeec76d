/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ui/plain.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/strv.h"
#include "base/text.h"
#include "ui/ui_private.h"

#define WRAP_MAX 78

void plain_print(struct ui *ui, int indent, const char *text)
{
    struct strv raw = STRV_INIT;
    int columns = (ui->cols > WRAP_MAX ? WRAP_MAX : ui->cols) - indent;
    columns = columns < 20 ? 20 : columns;
    strv_split(&raw, text ? text : "", '\n');
    for (size_t i = 0; i < raw.n; i++) {
        struct strv out = STRV_INIT;
        if (strncmp(raw.v[i], "  ", 2) == 0) {
            strv_push(&out, raw.v[i]);
        } else {
            text_wrap(raw.v[i], columns, &out);
        }
        for (size_t k = 0; k < out.n; k++) {
            printf("%*s%s\n", *out.v[k] ? indent : 0, "", out.v[k]);
        }
        if (out.n == 0) {
            putchar('\n');
        }
        strv_release(&out);
    }
    strv_release(&raw);
}

/* Waits for input; false on a signal. */
static bool wait_line(struct ui *ui)
{
    for (;;) {
        struct pollfd p[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = ui->screen->signal_fd, .events = POLLIN}};
        if (poll(p, 2, -1) < 0 && errno != EINTR) {
            return false;
        }
        if (p[1].revents) {
            ui_signals_take(ui);
            if (ui->signal) {
                return false;
            }
        }
        if (p[0].revents) {
            return true;
        }
    }
}

char *plain_read_line(struct ui *ui, size_t max)
{
    fflush(stdout);
    struct buf line = BUF_INIT(max);
    line.secret = true;
    bool any = false;
    for (;;) {
        char c;
        if (!wait_line(ui)) {
            buf_release(&line);
            putchar('\n');
            return NULL;
        }
        /* One octet at a time: what follows belongs to the next question. */
        ssize_t n = read(STDIN_FILENO, &c, 1);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            ui->plain_eof = true;
            if (!any) {
                buf_release(&line);
                return NULL;
            }
            break;
        }
        any = true;
        if (c == '\n') {
            break;
        }
        if (c != '\r' && c != '\0') {
            bool kept = buf_append_byte(&line, (uint8_t)c);
            (void)kept; /* what passes the maximum is dropped; the field's own check speaks about it */
        }
    }
    return line.len ? buf_take_str(&line) : xstrdup("");
}

static int answer_of(const struct dialog *d, int n, const char *line)
{
    if (*line == '\0') {
        return d->focus;
    }
    char *end;
    long number = strtol(line, &end, 10);
    if (*end == '\0' && number >= 1 && number <= n) {
        return (int)number - 1;
    }
    for (int i = 0; i < n; i++) {
        const char *mark = strchr(ui_text(d->answers[i].label), '&');
        size_t len = mark ? text_grapheme(mark + 1, strlen(mark + 1)) : 0;
        if (len > 0 && strlen(line) == len && strncasecmp(line, mark + 1, len) == 0) {
            return i;
        }
    }
    return -2;
}

static void print_answer(int number, const char *label, const char *help)
{
    printf("  %d) ", number);
    bool marked = false;
    for (; *label; label++) {
        if (*label == '&' && !marked) {
            marked = true;
            continue;
        }
        putchar(*label);
    }
    printf("%s%s\n", help && *help ? ": " : "", help ? help : "");
}

int plain_ask(struct ui *ui, const struct dialog *dialog)
{
    int n = 0;
    putchar('\n');
    plain_print(ui, 0, dialog->title);
    if (dialog->text && *dialog->text) {
        plain_print(ui, 0, dialog->text);
    }
    while (n < DIALOG_MAX_ANSWERS && dialog->answers[n].label) {
        print_answer(n + 1, ui_text(dialog->answers[n].label), ui_text(dialog->answers[n].help));
        n++;
    }
    for (;;) {
        printf(_("Your choice [%d]: "), dialog->focus + 1);
        char *line = plain_read_line(ui, 256);
        if (!line) {
            return ui->signal ? DIALOG_SIGNAL : dialog->safe;
        }
        int answer = answer_of(dialog, n, text_trim(line));
        free(line);
        if (answer >= 0) {
            return answer;
        }
        printf(_("Please type a number from 1 to %d.\n"), n);
    }
}

void plain_view(struct ui *ui, const char *title, const char *text)
{
    putchar('\n');
    plain_print(ui, 0, title);
    putchar('\n');
    plain_print(ui, 0, text);
    putchar('\n');
    fflush(stdout);
}

struct seen_step {
    enum step_state state;
    char *detail;
};

static void say_step(struct ui *ui, struct seen_step *seen, const struct progress_step *s)
{
    bool state_new = s->state != seen->state;
    const char *detail = s->detail ? s->detail : "";
    bool detail_new = strcmp(detail, seen->detail ? seen->detail : "") != 0;
    if (state_new && s->state == STEP_HERE) {
        printf(_("Now: %s\n"), s->label);
    } else if (state_new && s->state == STEP_WAITING) {
        printf(_("Waiting: %s\n"), s->label);
    } else if (state_new && s->state == STEP_DONE) {
        printf(_("Done: %s\n"), s->label);
    } else if (state_new && s->state == STEP_PROBLEM) {
        printf(_("Failed: %s\n"), s->label);
    }
    if (detail_new && *detail && s->state != STEP_TODO) {
        plain_print(ui, 2, detail);
    }
    seen->state = s->state;
    if (detail_new) {
        free(seen->detail);
        seen->detail = xstrdup(detail);
    }
}

static void say_steps(struct ui *ui, struct seen_step **seen, size_t *n, const struct progress_ops *ops, void *ctx)
{
    size_t count = ops->count(ctx);
    if (count > *n) {
        *seen = xrealloc(*seen, count * sizeof **seen);
        memset(*seen + *n, 0, (count - *n) * sizeof **seen);
        *n = count;
    }
    for (size_t i = 0; i < count; i++) {
        struct progress_step s = {.label = "", .elapsed_ms = -1};
        ops->step(ctx, i, &s);
        say_step(ui, &(*seen)[i], &s);
    }
    fflush(stdout);
}

static enum progress_verb plain_work(struct ui *ui, const struct progress_ops *ops, void *ctx, struct seen_step **seen,
                                     size_t *n)
{
    bool cancelling = false;
    for (;;) {
        enum progress_state state = ops->poll(ctx);
        say_steps(ui, seen, n, ops, ctx);
        if (state == PROGRESS_DONE) {
            return PROGRESS_FINISHED;
        }
        if (state == PROGRESS_STOPPED) {
            return cancelling ? PROGRESS_CANCELLED : PROGRESS_FAILED;
        }
        struct pollfd p = {.fd = ui->screen->signal_fd, .events = POLLIN};
        if (poll(&p, 1, ops->poll_waits ? 0 : PROGRESS_PAUSE_MS) > 0) {
            ui_signals_take(ui);
        }
        if (ui->signal && !cancelling) {
            cancelling = true;
            if (ops->cancel) {
                ops->cancel(ctx);
            }
            if (ui->signal != SIGINT) {
                return PROGRESS_SIGNAL;
            }
            ui->signal = 0;
            puts(_("Stopping. What is done stays done."));
        }
    }
}

enum progress_verb plain_progress(struct ui *ui, const struct frame *frame, const char *headline,
                                  const struct progress_ops *ops, void *ctx)
{
    char *where = frame_step_text(frame);
    printf("\n%s\n", where ? where : "");
    free(where);
    plain_print(ui, 0, headline);
    struct seen_step *seen = NULL;
    size_t n = 0;
    enum progress_verb verb = plain_work(ui, ops, ctx, &seen, &n);
    for (size_t i = 0; i < n; i++) {
        free(seen[i].detail);
    }
    free(seen);
    return verb;
}
