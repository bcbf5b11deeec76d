/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/strv.h"
#include "base/text.h"

#define DEPTH_MAX 64 /* folders in folders that dir_remove() follows; each holds a descriptor */

/* Closes without losing the errno of what went wrong before. */
static void close_quietly(int fd)
{
    int saved = errno;
    close(fd);
    errno = saved;
}

static bool fail_open(const char *path, struct err *err)
{
    bool missing = errno == ENOENT || errno == ENOTDIR;
    return err_fail_errno(err, missing ? ERR_FILE_MISSING : ERR_FILE_READ, "%s", path);
}

bool file_read(const char *path, struct buf *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return fail_open(path, err);
    }
    uint8_t chunk[16384];
    bool ok = true;
    for (;;) {
        ssize_t got = read(fd, chunk, sizeof(chunk));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            ok = err_fail_errno(err, ERR_FILE_READ, "%s", path);
        } else if (got > 0 && !buf_append(out, chunk, (size_t)got)) {
            char *limit = text_size(out->max);
            ok = err_fail(err, ERR_FILE_TOO_BIG, "%s (> %s)", path, limit);
            free(limit);
        } else if (got > 0) {
            continue;
        }
        break;
    }
    if (out->secret) {
        mem_wipe(chunk, sizeof(chunk));
    }
    close(fd);
    return ok;
}

static bool write_all(int fd, struct bytes content)
{
    while (content.len > 0) {
        ssize_t put = write(fd, content.data, content.len);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return false;
        }
        content.data += put;
        content.len -= (size_t)put;
    }
    return true;
}

/* Makes the entries of the folder that holds path last over a power cut. */
static bool sync_folder_of(const char *path)
{
    char *folder = path_dir(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (fd < 0) {
        return errno == EACCES; /* a folder that we may write but not read: nothing more to do */
    }
    bool ok = fsync(fd) == 0 || errno == EINVAL || errno == EROFS;
    close_quietly(fd);
    return ok;
}

static bool write_device(const char *path, struct bytes content)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return false;
    }
    bool ok = write_all(fd, content);
    if (!ok) {
        close_quietly(fd);
        return false;
    }
    return close(fd) == 0;
}

/* The content in a new file beside path: its name, or NULL and errno. */
static char *write_temporary(const char *path, struct bytes content, unsigned mode, bool sync)
{
    char *temporary = xasprintf("%s.XXXXXX", path);
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0) {
        free(temporary);
        return NULL;
    }
    bool ok = write_all(fd, content) && fchmod(fd, (mode_t)mode) == 0 && (!sync || fsync(fd) == 0);
    int failure = ok ? 0 : errno;
    if (close(fd) != 0 && ok) {
        ok = false;
        failure = errno;
    }
    if (!ok) {
        unlink(temporary);
        free(temporary);
        temporary = NULL;
    }
    errno = failure;
    return temporary;
}

static bool replace_file(const char *path, struct bytes content, unsigned mode, bool sync)
{
    char *temporary = write_temporary(path, content, mode, sync);
    if (!temporary) {
        return false;
    }
    bool ok = rename(temporary, path) == 0;
    int failure = ok ? 0 : errno;
    if (!ok) {
        unlink(temporary);
    }
    free(temporary);
    errno = failure;
    return ok && (!sync || sync_folder_of(path));
}

/* The file that a link leads to; NULL when path is no link. */
static char *behind_link(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISLNK(st.st_mode) ? realpath(path, NULL) : NULL;
}

static bool write_whole(const char *path, struct bytes content, unsigned mode, bool sync, struct err *err)
{
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
        return write_device(path, content) || err_fail_errno(err, ERR_FILE_WRITE, "%s", path);
    }
    char *target = behind_link(path);
    bool ok = replace_file(target ? target : path, content, mode, sync);
    int saved = errno;
    free(target);
    errno = saved;
    return ok || err_fail_errno(err, ERR_FILE_WRITE, "%s", path);
}

bool file_write(const char *path, struct bytes content, unsigned mode, struct err *err)
{
    return write_whole(path, content, mode, true, err);
}

bool file_write_quickly(const char *path, struct bytes content, unsigned mode, struct err *err)
{
    return write_whole(path, content, mode, false, err);
}

bool file_sync(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL || errno == EROFS);
    int failure = ok ? 0 : errno;
    if (fd >= 0) {
        close_quietly(fd);
    }
    errno = failure;
    return (ok && sync_folder_of(path)) || err_fail_errno(err, ERR_FILE_WRITE, "%s", path);
}

static void staged_release(struct file_staged *staged)
{
    free(staged->temporary);
    free(staged->target);
    *staged = (struct file_staged){0};
}

bool file_stage(struct file_staged *out, const char *path, struct bytes content, unsigned mode, struct err *err)
{
    struct stat st;
    *out = (struct file_staged){0};
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        errno = EISDIR;
        return (!S_ISDIR(st.st_mode) && write_device(path, content)) || err_fail_errno(err, ERR_FILE_WRITE, "%s", path);
    }
    char *target = behind_link(path);
    out->target = target ? target : xstrdup(path);
    out->temporary = write_temporary(out->target, content, mode, true);
    if (out->temporary) {
        return true;
    }
    int saved = errno;
    staged_release(out);
    errno = saved;
    return err_fail_errno(err, ERR_FILE_WRITE, "%s", path);
}

bool file_stage_keep(struct file_staged *staged, struct err *err)
{
    bool ok = !staged->temporary || (rename(staged->temporary, staged->target) == 0 && sync_folder_of(staged->target));
    if (!ok) {
        err_fail_errno(err, ERR_FILE_WRITE, "%s (%s)", staged->target, staged->temporary);
    }
    staged_release(staged);
    return ok;
}

void file_stage_leave(struct file_staged *staged)
{
    staged_release(staged);
}

void file_stage_drop(struct file_staged *staged)
{
    if (staged->temporary) {
        unlink(staged->temporary);
    }
    staged_release(staged);
}

static bool write_zeros(int fd, size_t len)
{
    static const uint8_t zeros[4096];
    bool ok = true;
    for (size_t done = 0; ok && done < len; done += sizeof(zeros)) {
        ok = write_all(fd, BYTES(zeros, len - done < sizeof(zeros) ? len - done : sizeof(zeros)));
    }
    return ok && fsync(fd) == 0;
}

bool file_probe(const char *path, size_t len, struct err *err)
{
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        errno = EISDIR;
        return (!S_ISDIR(st.st_mode) && access(path, W_OK) == 0) || err_fail_errno(err, ERR_FILE_WRITE, "%s", path);
    }
    char *target = realpath(path, NULL);
    char *temporary = xasprintf("%s.XXXXXX", target ? target : path);
    int fd = mkostemp(temporary, O_CLOEXEC);
    bool ok = fd >= 0 && write_zeros(fd, len);
    int saved = errno;
    if (fd >= 0) {
        close_quietly(fd);
        unlink(temporary);
    }
    free(temporary);
    free(target);
    errno = saved;
    return ok || err_fail_errno(err, ERR_FILE_WRITE, "%s", path);
}

/* One write(2), so that a reader never sees half a record; what a full disk cut off is taken back. */
static bool append_record(int fd, struct bytes content)
{
    struct stat st;
    if (fstat(fd, &st) != 0) {
        return false;
    }
    ssize_t put = write(fd, content.data, content.len);
    if (put == (ssize_t)content.len) {
        return fsync(fd) == 0 || errno == EINVAL; /* EINVAL: a device or pipe */
    }
    int failure = put < 0 ? errno : ENOSPC;
    if (put > 0 && S_ISREG(st.st_mode) && ftruncate(fd, st.st_size) != 0) {
        failure = errno;
    }
    errno = failure;
    return false;
}

bool file_append(const char *path, struct bytes content, unsigned mode, struct err *err)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, (mode_t)mode);
    if (fd < 0) {
        return err_fail_errno(err, ERR_FILE_WRITE, "%s", path);
    }
    bool ok = append_record(fd, content);
    close_quietly(fd);
    return ok || err_fail_errno(err, ERR_FILE_WRITE, "%s", path);
}

static bool overwrite(int fd)
{
    static const uint8_t zeros[4096];
    struct stat st;
    if (fstat(fd, &st) != 0) {
        return false;
    }
    if (!S_ISREG(st.st_mode)) {
        return true;
    }
    for (off_t left = st.st_size; left > 0; left -= (off_t)sizeof(zeros)) {
        size_t len = left < (off_t)sizeof(zeros) ? (size_t)left : sizeof(zeros);
        if (!write_all(fd, BYTES(zeros, len))) {
            return false;
        }
    }
    return fsync(fd) == 0;
}

bool file_wipe(const char *path, struct err *err)
{
    struct stat st;
    if (lstat(path, &st) != 0) {
        return errno == ENOENT || err_fail_errno(err, ERR_FILE_WRITE, "%s", path);
    }
    bool ok = true;
    if (S_ISREG(st.st_mode)) {
        int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
        ok = fd >= 0 && overwrite(fd);
        if (fd >= 0) {
            close_quietly(fd);
        }
    }
    if (!ok) {
        err_fail_errno(err, ERR_FILE_WRITE, "%s", path);
    }
    if (unlink(path) != 0 && errno != ENOENT) {
        return err_fail_errno(err, ERR_FILE_WRITE, "%s", path);
    }
    return ok;
}

bool file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

bool dir_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool dir_create(const char *path, unsigned mode, struct err *err)
{
    char *partial = xstrdup(path);
    bool ok = true;
    for (char *at = partial; ok && *at;) {
        at += strspn(at, "/");
        at += strcspn(at, "/");
        char saved = *at;
        *at = '\0';
        if (mkdir(partial, (mode_t)mode) != 0) {
            int failure = errno;
            ok = dir_exists(partial);
            errno = ok ? 0 : failure;
        }
        if (!ok) {
            err_fail_errno(err, ERR_FILE_WRITE, "%s", partial);
        }
        *at = saved;
    }
    free(partial);
    return ok;
}

static bool remove_entry(int folder, const char *name, int depth);

static bool remove_content(int folder, int depth)
{
    int copy = dup(folder);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    if (!dir) {
        if (copy >= 0) {
            close_quietly(copy);
        }
        return false;
    }
    bool ok = true;
    const struct dirent *entry;
    while (ok && (entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            ok = remove_entry(folder, entry->d_name, depth);
        }
    }
    int saved = errno;
    closedir(dir);
    errno = saved;
    return ok;
}

static bool remove_entry(int folder, const char *name, int depth)
{
    if (unlinkat(folder, name, 0) == 0 || errno == ENOENT) {
        return true;
    }
    if (errno != EISDIR && errno != EPERM) {
        return false;
    }
    if (depth >= DEPTH_MAX) {
        errno = ELOOP;
        return false;
    }
    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool ok = remove_content(fd, depth + 1);
    close_quietly(fd);
    return ok && unlinkat(folder, name, AT_REMOVEDIR) == 0;
}

bool dir_remove(const char *path, struct err *err)
{
    return remove_entry(AT_FDCWD, path, 0) || err_fail_errno(err, ERR_FILE_WRITE, "%s", path);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool dir_list(const char *path, struct strv *names, struct err *err)
{
    DIR *dir = opendir(path);
    if (!dir) {
        return errno == ENOENT || err_fail_errno(err, ERR_FILE_READ, "%s", path);
    }
    size_t before = names->n;
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            strv_push(names, entry->d_name);
        }
    }
    closedir(dir);
    if (names->n > before) {
        qsort(names->v + before, names->n - before, sizeof(*names->v), by_text);
    }
    return true;
}

bool file_lock_take(struct file_lock *lock, const char *path, struct err *err)
{
    /* The lock file stays: unlinking it would let two programs hold locks on two files of one name. */
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
    if (fd < 0) {
        return err_fail_errno(err, ERR_FILE_WRITE, "%s", path);
    }
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) {
            continue;
        }
        bool held = errno == EWOULDBLOCK;
        err_fail_errno(err, held ? ERR_FILE_LOCKED : ERR_FILE_WRITE, "%s", path);
        close(fd);
        return false;
    }
    file_lock_release(lock);
    lock->fd = fd;
    return true;
}

void file_lock_release(struct file_lock *lock)
{
    if (lock->fd >= 0) {
        close(lock->fd);
    }
    lock->fd = -1;
}
