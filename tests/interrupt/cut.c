/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into a program by interruptions.py: counts the calls that change something below one folder or go to the
 * network, and interrupts the program at one of them. Environment: CUT_ROOT    folder whose files count CUT_EVENTS
 * descriptor of --json-fd: "step-started" and "step-done" count, too, and name the step that the others belong to
 *     CUT_LOG     file: a line "step<tab>operation<tab>path<tab>number" for each call; "hit" after it where the program
 * was interrupted CUT_AT      "step<tab>operation<tab>path<tab>number<tab>how", how = before, after (killed there),
 * inside (half a write, then killed), short (half is taken, once), eio (fails, once), full (half is taken, and the disk
 * is full from then on), refuse (the connection goes to a port where nobody listens) Nothing is synced to the disk: a
 * killed program loses nothing that the kernel has, and a table of hundreds of runs takes minutes instead of an hour.
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))
#define NAME_MAX_CUT 640
#define KINDS_MAX 1024

enum how { PASS, BEFORE, AFTER, INSIDE, SHORT, BROKEN, FULL, REFUSE };
static const char *const HOWS[] = {"", "before", "after", "inside", "short", "eio", "full", "refuse"};

/* A preloaded library has no context that could be passed. */
static struct {
    pthread_mutex_t lock;
    char step[32];
    bool full;
    struct {
        char name[NAME_MAX_CUT];
        unsigned count;
    } kinds[KINDS_MAX];
    size_t n_kinds;
} cut = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void die(void)
{
    kill(getpid(), SIGKILL);
    for (;;) {
        pause();
    }
}

static void log_line(const char *line)
{
    const char *path = getenv("CUT_LOG");
    int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (fd >= 0) {
        syscall(SYS_write, fd, line, strlen(line));
        close(fd);
    }
}

static unsigned count_of(const char *name)
{
    for (size_t i = 0; i < cut.n_kinds; i++) {
        if (strcmp(cut.kinds[i].name, name) == 0) {
            return ++cut.kinds[i].count;
        }
    }
    if (cut.n_kinds < KINDS_MAX) {
        strcpy(cut.kinds[cut.n_kinds].name, name);
        cut.kinds[cut.n_kinds++].count = 1;
    }
    return 1;
}

static enum how wanted(const char *call)
{
    const char *at = getenv("CUT_AT");
    size_t len = strlen(call);
    if (!at || strncmp(at, call, len) != 0 || at[len] != '\t') {
        return PASS;
    }
    for (size_t i = 1; i < sizeof HOWS / sizeof *HOWS; i++) {
        if (strcmp(at + len + 1, HOWS[i]) == 0) {
            return (enum how)i;
        }
    }
    return PASS;
}

static bool takes_room(const char *op)
{
    return strcmp(op, "write") == 0 || strcmp(op, "create") == 0 || strcmp(op, "mkdir") == 0;
}

/* Counts one call; what has to happen to it. before is done here. */
static enum how enter(const char *op, const char *path)
{
    char name[NAME_MAX_CUT], call[NAME_MAX_CUT + 16], line[NAME_MAX_CUT + 32];
    pthread_mutex_lock(&cut.lock);
    snprintf(name, sizeof name, "%s\t%s\t%s", cut.step, op, path);
    snprintf(call, sizeof call, "%s\t%u", name, count_of(name));
    enum how how = wanted(call);
    snprintf(line, sizeof line, "%s%s\n", call, how ? "\thit" : "");
    log_line(line);
    bool was_full = cut.full;
    cut.full = cut.full || how == FULL;
    pthread_mutex_unlock(&cut.lock);
    if (how == BEFORE) {
        die();
    }
    /* The second call on a full disk gets no room at all. */
    return was_full && takes_room(op) ? BROKEN : how;
}

static int fails(enum how how)
{
    errno = how == FULL || cut.full ? ENOSPC : EIO;
    return -1;
}

static bool is_session_id(const char *name)
{
    return strspn(name, "0123456789") == 8 && name[8] == '-' && strlen(name) == 20;
}

/* The ending that mkostemp() made up. */
static void strip_random(char *path)
{
    size_t len = strlen(path);
    char *dot = len > 7 ? path + len - 7 : NULL;
    const char *base = strrchr(path, '/');
    if (dot && *dot == '.' && base && dot > base + 1 && memchr(base + 1, '.', (size_t)(dot - base - 1)) &&
        strchr(dot + 1, '.') == NULL) {
        strcpy(dot, "~");
    }
}

/* path below the root, with what differs from run to run taken out; false when it is elsewhere. */
static bool below_root(const char *path, char out[PATH_MAX])
{
    const char *root = getenv("CUT_ROOT");
    char whole[PATH_MAX], part[PATH_MAX];
    if (!root || !path) {
        return false;
    }
    snprintf(whole, sizeof whole, "%s", path);
    size_t len = strlen(root);
    if (strncmp(whole, root, len) != 0 || whole[len] != '/') {
        return false;
    }
    *out = '\0';
    char *save = NULL;
    for (char *name = strtok_r(whole + len, "/", &save); name; name = strtok_r(NULL, "/", &save)) {
        snprintf(part, sizeof part, "%s/%s", out, is_session_id(name) ? "*" : name);
        strcpy(out, part);
    }
    strip_random(out);
    return strlen(out) < NAME_MAX_CUT - 64;
}

static bool fd_below_root(int fd, char out[PATH_MAX])
{
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, path, sizeof path - 1);
    if (len <= 0) {
        return false;
    }
    path[len] = '\0';
    return below_root(path, out);
}

static bool is_inet(int fd)
{
    int domain = 0;
    socklen_t len = sizeof domain;
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 && (domain == AF_INET || domain == AF_INET6);
}

/* ---- steps ---- */

static bool is_event(int fd, const char *text, size_t len, char *event, char *step)
{
    const char *number = getenv("CUT_EVENTS");
    char line[512];
    if (!number || fd != atoi(number)) {
        return false;
    }
    snprintf(line, sizeof line, "%.*s", (int)(len < sizeof line ? len : sizeof line - 1), text);
    const char *e = strstr(line, "\"event\":\"step-"), *s = strstr(line, "\"step\":\"");
    return e && s && sscanf(e + 14, "%15[a-z]", event) == 1 && sscanf(s + 8, "%31[a-z0-9-]", step) == 1;
}

static ssize_t write_event(int fd, const void *data, size_t len, const char *event, const char *step)
{
    pthread_mutex_lock(&cut.lock);
    snprintf(cut.step, sizeof cut.step, "%s", step);
    pthread_mutex_unlock(&cut.lock);
    enum how how = enter(event, "");
    ssize_t put = REAL(write)(fd, data, len);
    if (how == AFTER) {
        die();
    }
    return put;
}

/* ---- files ---- */

#define ONE_CALL(op, path, real)                                                                                       \
    char below[PATH_MAX];                                                                                              \
    enum how how = below_root(path, below) ? enter(op, below) : PASS;                                                  \
    if (how == BROKEN || how == FULL) {                                                                                \
        return fails(how);                                                                                             \
    }                                                                                                                  \
    int result = real;                                                                                                 \
    if (how == AFTER) {                                                                                                \
        int saved = errno;                                                                                             \
        (void)saved;                                                                                                   \
        die();                                                                                                         \
    }                                                                                                                  \
    return result

static int open_below(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode)
{
    bool makes = (flags & O_CREAT) && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
    if (!makes && !(flags & O_TRUNC)) {
        return real(path, flags, mode);
    }
    ONE_CALL("create", path, real(path, flags, mode));
}

static mode_t mode_of(int flags, va_list *ap)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(*ap, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list ap;
    va_start(ap, flags);
    mode_t mode = mode_of(flags, &ap);
    va_end(ap);
    return open_below(REAL(open), path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list ap;
    va_start(ap, flags);
    mode_t mode = mode_of(flags, &ap);
    va_end(ap);
    return open_below(REAL(open64), path, flags, mode);
}

int mkostemp(char *template, int flags)
{
    ONE_CALL("create", template, REAL(mkostemp)(template, flags));
}

int mkostemp64(char *template, int flags)
{
    ONE_CALL("create", template, REAL(mkostemp64)(template, flags));
}

/* NSS writes pkcs11.txt by stdio: the content goes out when it is closed. */
FILE *fopen(const char *path, const char *mode)
{
    char below[PATH_MAX];
    enum how how = *mode != 'r' && below_root(path, below) ? enter("create", below) : PASS;
    if (how == BROKEN || how == FULL) {
        fails(how);
        return NULL;
    }
    FILE *file = REAL(fopen)(path, mode);
    if (how == AFTER) {
        die();
    }
    return file;
}

FILE *fopen64(const char *path, const char *mode)
{
    return fopen(path, mode);
}

int fclose(FILE *file)
{
    char below[PATH_MAX];
    bool writes = (fcntl(fileno(file), F_GETFL) & O_ACCMODE) != O_RDONLY;
    enum how how = writes && fd_below_root(fileno(file), below) ? enter("write", below) : PASS;
    int copy = how == INSIDE || how == FULL || how == BROKEN ? dup(fileno(file)) : -1;
    int result = REAL(fclose)(file);
    struct stat st;
    if (copy >= 0 && fstat(copy, &st) == 0 && ftruncate(copy, st.st_size / 2) == 0) {
        close(copy);
        if (how == INSIDE) {
            die();
        }
        return fails(how);
    }
    if (how == AFTER) {
        die();
    }
    return result;
}

/* what: the rest of the call, for write() and pwrite(). */
static ssize_t put(int fd, const void *data, size_t len, off64_t at, bool positioned)
{
    char below[PATH_MAX];
    enum how how = fd_below_root(fd, below) ? enter("write", below) : PASS;
    if (how == BROKEN || (how == FULL && len < 2)) {
        return fails(how);
    }
    size_t part = how == SHORT || how == FULL || how == INSIDE ? len / 2 : len;
    part = part ? part : len;
    ssize_t done = positioned ? REAL(pwrite64)(fd, data, part, at) : REAL(write)(fd, data, part);
    if (how == AFTER || how == INSIDE) {
        die();
    }
    return done;
}

ssize_t write(int fd, const void *data, size_t len)
{
    char event[16], step[32];
    return is_event(fd, data, len, event, step) ? write_event(fd, data, len, event, step)
                                                : put(fd, data, len, 0, false);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
    return put(fd, data, len, at, true);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
    return put(fd, data, len, at, true);
}

int rename(const char *from, const char *to)
{
    ONE_CALL("rename", to, REAL(rename)(from, to));
}

int unlink(const char *path)
{
    ONE_CALL("unlink", path, REAL(unlink)(path));
}

int mkdir(const char *path, mode_t mode)
{
    if (syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0) {
        return REAL(mkdir)(path, mode);
    }
    ONE_CALL("mkdir", path, REAL(mkdir)(path, mode));
}

static int truncate_fd(int fd, off64_t len)
{
    char path[PATH_MAX];
    enum how how = fd_below_root(fd, path) ? enter("truncate", path) : PASS;
    if (how == BROKEN || how == FULL) {
        return fails(how);
    }
    int result = REAL(ftruncate64)(fd, len);
    if (how == AFTER) {
        die();
    }
    return result;
}

int ftruncate(int fd, off_t len)
{
    return truncate_fd(fd, len);
}

int ftruncate64(int fd, off64_t len)
{
    return truncate_fd(fd, len);
}

static int sync_fd(int fd)
{
    char path[PATH_MAX];
    enum how how = fd_below_root(fd, path) ? enter("sync", path) : PASS;
    if (how == AFTER) {
        die();
    }
    return how == BROKEN || how == FULL ? fails(how) : 0;
}

int fsync(int fd)
{
    return sync_fd(fd);
}

int fdatasync(int fd)
{
    return sync_fd(fd);
}

/* ---- the network ---- */

int connect(int fd, const struct sockaddr *to, socklen_t len)
{
    enum how how = is_inet(fd) ? enter("connect", "") : PASS;
    struct sockaddr_in nobody = {0};
    if (how == REFUSE && to->sa_family == AF_INET && len >= sizeof nobody) {
        memcpy(&nobody, to, sizeof nobody);
        nobody.sin_port = htons(1);
        return REAL(connect)(fd, (const struct sockaddr *)&nobody, sizeof nobody);
    }
    int result = REAL(connect)(fd, to, len);
    if (how == AFTER) {
        die();
    }
    return result;
}

ssize_t send(int fd, const void *data, size_t len, int flags)
{
    enum how how = is_inet(fd) && len ? enter("send", "") : PASS;
    ssize_t sent = REAL(send)(fd, data, how == INSIDE ? (len + 1) / 2 : len, flags);
    if (how == AFTER || how == INSIDE) {
        die();
    }
    return sent;
}

/* Only what brought something counts: how often a program asks in vain is chance. */
ssize_t recv(int fd, void *data, size_t len, int flags)
{
    ssize_t got = REAL(recv)(fd, data, len, flags);
    if (got > 0 && !(flags & MSG_PEEK) && is_inet(fd)) {
        enum how how = enter("recv", "");
        if (how == AFTER) {
            die();
        }
        if (how == BROKEN) { /* what came is lost, and nothing more comes */
            errno = ECONNRESET;
            return -1;
        }
    }
    return got;
}
