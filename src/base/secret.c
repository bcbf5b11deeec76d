/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"

/* Whole pages, since locks and advice count for pages. */
static size_t pages_for(size_t room)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (room + page - 1) / page * page;
}

char *secret_room_new(size_t room)
{
    size_t pages = pages_for(room);
    char *memory = mmap(NULL, pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        mem_exhausted();
    }
    /* Both may be refused (a limit, a container); the secret is still wiped in time. */
    (void)mlock(memory, pages);
    (void)madvise(memory, pages, MADV_DONTDUMP);
    return memory;
}

void secret_room_free(char *memory, size_t room)
{
    if (memory) {
        size_t pages = pages_for(room);
        mem_wipe(memory, pages);
        (void)munlock(memory, pages);
        munmap(memory, pages);
    }
}

void secret_set(struct secret *s, const char *text, size_t len)
{
    char *memory = secret_room_new(len + 1);
    if (len > 0) {
        memcpy(memory, text, len);
    }
    secret_release(s);
    s->text = memory;
    s->len = len;
}

void secret_copy(struct secret *dst, const struct secret *src)
{
    if (dst == src) {
        return;
    }
    if (src->text) {
        secret_set(dst, src->text, src->len);
    } else {
        secret_release(dst);
    }
}

void secret_release(struct secret *s)
{
    secret_room_free(s->text, s->len + 1);
    s->text = NULL;
    s->len = 0;
}

/* One line octet by octet, so that a second secret on the same descriptor stays there for the next reader. */
static bool read_line(int fd, char line[SECRET_MAX + 1], size_t *len, struct err *err)
{
    *len = 0;
    bool ended = false;
    while (!ended) {
        char c = 0;
        ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return err_fail_errno(err, ERR_SECRET_SOURCE, NULL);
        }
        if (got == 0 && *len == 0) {
            return err_fail(err, ERR_SECRET_SOURCE, "%s", _("It is empty."));
        }
        ended = got == 0 || c == '\n';
        if (!ended && c == '\0') {
            return err_fail(err, ERR_SECRET_SOURCE, "%s", _("It holds a NUL octet, so it is not a text."));
        }
        if (!ended && *len == SECRET_MAX) {
            return err_fail(err, ERR_SECRET_SOURCE, _("Its first line is longer than %d octets."), SECRET_MAX);
        }
        if (!ended) {
            line[(*len)++] = c;
        }
    }
    if (*len > 0 && line[*len - 1] == '\r') {
        (*len)--;
    }
    return true;
}

bool secret_read_fd(struct secret *s, int fd, struct err *err)
{
    char line[SECRET_MAX + 1];
    size_t len = 0;
    bool ok = read_line(fd, line, &len, err);
    if (ok) {
        secret_set(s, line, len);
    } else {
        err_context(err, _("The password was to come from file descriptor %d."), fd);
    }
    mem_wipe(line, sizeof(line));
    return ok;
}

bool secret_read_file(struct secret *s, const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return err_fail_errno(err, ERR_SECRET_SOURCE, "%s", path);
    }
    char line[SECRET_MAX + 1];
    size_t len = 0;
    bool ok = read_line(fd, line, &len, err);
    if (ok) {
        secret_set(s, line, len);
    } else {
        err_context(err, "%s", path);
    }
    mem_wipe(line, sizeof(line));
    close(fd);
    return ok;
}

static bool is_internal(const char *token_name)
{
    return strcmp(token_name, "internal") == 0 || strcmp(token_name, "NSS Certificate DB") == 0;
}

/* The length of "NAME:" (NSS) or "NAME=" (Dogtag's password.conf) at the start of line when NAME is the token, else 0. */
static size_t token_prefix(const char *line, size_t len, const char *token_name)
{
    size_t name = strlen(token_name);
    bool named = len > name && memcmp(line, token_name, name) == 0;
    return named && (line[name] == ':' || line[name] == '=') ? name + 1 : 0;
}

/* password.conf calls other tokens "hardware-NAME". */
static size_t hardware_prefix(const char *line, size_t len, const char *token_name)
{
    static const char hardware[] = "hardware-";
    size_t skip = sizeof(hardware) - 1;
    size_t rest = len > skip && memcmp(line, hardware, skip) == 0 ? token_prefix(line + skip, len - skip, token_name) : 0;
    return rest ? skip + rest : 0;
}

static size_t prefix_for(const char *line, size_t len, const char *token_name)
{
    if (!is_internal(token_name)) {
        size_t plain = token_prefix(line, len, token_name);
        return plain ? plain : hardware_prefix(line, len, token_name);
    }
    size_t prefix = token_prefix(line, len, "internal");
    return prefix ? prefix : token_prefix(line, len, "NSS Certificate DB");
}

/* A line of its own for the token wins. Else one single line is the password, unless it names the internal token and
 * another one is meant: a wrong guess could lock a smart card. */
static bool pick_line(struct secret *s, struct bytes text, const char *token_name)
{
    const char *at = (const char *)text.data;
    size_t left = text.len;
    size_t lines = 0;
    struct bytes only = BYTES_NONE;
    while (left > 0) {
        const char *end = memchr(at, '\n', left);
        size_t len = end ? (size_t)(end - at) : left;
        size_t shown = len > 0 && at[len - 1] == '\r' ? len - 1 : len;
        size_t prefix = prefix_for(at, shown, token_name);
        if (prefix > 0) {
            secret_set(s, at + prefix, shown - prefix);
            return true;
        }
        if (shown > 0) {
            only = BYTES(at, shown);
            lines++;
        }
        at += end ? len + 1 : len;
        left -= end ? len + 1 : len;
    }
    bool of_another = !is_internal(token_name) && prefix_for((const char *)only.data, only.len, "internal") > 0;
    if (lines > 1 || of_another) {
        return false;
    }
    secret_set(s, (const char *)only.data, only.len);
    return true;
}

bool secret_read_nss_password_file(struct secret *s, const char *path, const char *token_name, struct err *err)
{
    char text[4 * SECRET_MAX];
    size_t len = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t got = fd < 0 ? -1 : 0;
    while (fd >= 0 && len < sizeof(text) && ((got = read(fd, text + len, sizeof(text) - len)) > 0 || errno == EINTR)) {
        if (got == 0) {
            break;
        }
        len += got > 0 ? (size_t)got : 0;
    }
    bool ok = false;
    if (fd < 0 || got < 0) {
        err_fail_errno(err, ERR_SECRET_SOURCE, "%s", path);
    } else if (len == 0) {
        err_fail(err, ERR_SECRET_SOURCE, _("%s is empty."), path);
    } else if (len == sizeof(text) || memchr(text, '\0', len)) {
        err_fail(err, ERR_SECRET_SOURCE, _("%s is not a password file."), path);
    } else if (!pick_line(s, BYTES(text, len), token_name)) {
        err_fail(err, ERR_SECRET_SOURCE, _("%s has no line for the token \"%s\"."), path, token_name);
    } else {
        ok = true;
    }
    if (fd >= 0) {
        close(fd);
    }
    mem_wipe(text, sizeof(text));
    return ok;
}

enum key_result { KEY_MORE, KEY_DONE, KEY_CANCEL };

/* One octet typed. Erasing takes a whole UTF-8 character. */
static enum key_result take_key(char line[SECRET_MAX + 1], size_t *len, char c)
{
    switch (c) {
    case '\r':
    case '\n':
        return KEY_DONE;
    case 0x03: /* Ctrl-C */
    case 0x1C: /* Ctrl-\ */
        return KEY_CANCEL;
    case 0x04: /* Ctrl-D */
        return *len > 0 ? KEY_DONE : KEY_CANCEL;
    case 0x15: /* Ctrl-U */
        *len = 0;
        return KEY_MORE;
    case 0x08:
    case 0x7F:
        while (*len > 0 && ((unsigned char)line[--*len] & 0xC0) == 0x80) {}
        return KEY_MORE;
    default:
        if ((unsigned char)c >= 0x20 && *len < SECRET_MAX) {
            line[(*len)++] = c;
        }
        return KEY_MORE;
    }
}

/* Reads until Enter; false when the person cancels, the terminal goes away or a signal came. */
static bool read_keys(int tty, int signals, char line[SECRET_MAX + 1], size_t *len)
{
    struct pollfd waits[] = {{.fd = tty, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    enum key_result result = KEY_MORE;
    *len = 0;
    while (result == KEY_MORE) {
        int ready = poll(waits, signals >= 0 ? 2 : 1, -1);
        if (ready < 0 && errno == EINTR) {
            continue;
        }
        char c = 0;
        if (ready < 0 || waits[1].revents || read(tty, &c, 1) != 1) {
            return false;
        }
        result = take_key(line, len, c);
    }
    return result == KEY_DONE;
}

bool secret_prompt_tty(struct secret *s, const char *prompt, struct err *err)
{
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    struct termios before;
    if (tty < 0 || tcgetattr(tty, &before) != 0) {
        if (tty >= 0) {
            close(tty);
        }
        return err_fail(err, ERR_SECRET_NEEDED, NULL);
    }
    /* Signals wait in a descriptor until the terminal is as it was; then they have their usual effect. */
    sigset_t held;
    sigset_t old;
    sigemptyset(&held);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGHUP);
    sigaddset(&held, SIGINT);
    sigprocmask(SIG_BLOCK, &held, &old);
    int signals = signalfd(-1, &held, SFD_CLOEXEC);
    struct termios quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG);
    quiet.c_cc[VMIN] = 1;
    quiet.c_cc[VTIME] = 0;
    tcsetattr(tty, TCSAFLUSH, &quiet);

    char *shown = text_safe(prompt);
    dprintf(tty, "%s", shown);
    free(shown);
    char line[SECRET_MAX + 1];
    size_t len = 0;
    bool ok = read_keys(tty, signals, line, &len);
    dprintf(tty, "\n");

    tcsetattr(tty, TCSAFLUSH, &before);
    if (signals >= 0) {
        close(signals);
    }
    close(tty);
    if (ok) {
        secret_set(s, line, len);
    } else {
        err_fail(err, ERR_SECRET_CANCELLED, NULL);
    }
    mem_wipe(line, sizeof(line));
    sigprocmask(SIG_SETMASK, &old, NULL);
    return ok;
}

void secret_harden_process(void)
{
    struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__
#if defined(__has_feature)
#if !__has_feature(address_sanitizer)
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
#else
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
#endif /* the leak checker must trace its own process */
}
