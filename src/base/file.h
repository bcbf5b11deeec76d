/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_BASE_FILE_H
#define CMCW_BASE_FILE_H
/*
 * Files and folders. Writes are whole or not at all: temporary file beside the target, fsync, rename, fsync of the
 * folder. Reads are bounded by the buffer's max. Paths are octets as the system gives them.
 */
#include "base/bytes.h"

/* Appends the whole file; "-" is not special. ERR_FILE_MISSING, _READ, _TOO_BIG (over out->max). */
bool file_read(const char *path, struct buf *out, struct err *err) MUST_CHECK;
/* Atomic replacement (a link is followed to its file; a device or pipe is written directly); mode as for chmod (0600
 * for anything of a session). ERR_FILE_WRITE. */
bool file_write(const char *path, struct bytes content, unsigned mode, struct err *err) MUST_CHECK;
/* The same without waiting for the disk: whole to everybody, also when this process is killed, but a power cut may take it back until
 * file_sync() was called. */
bool file_write_quickly(const char *path, struct bytes content, unsigned mode, struct err *err) MUST_CHECK;
bool file_sync(const char *path, struct err *err) MUST_CHECK;
/* file_write() in two steps around something that cannot be repeated: staged, the content is on the disk beside the file, which is as
 * before until it is kept. What cannot be kept stays under the temporary name, which the error gives. A device or pipe is written when
 * staged. Zeros: nothing to keep or drop. ERR_FILE_WRITE. */
struct file_staged {
    char *temporary, *target;
};
bool file_stage(struct file_staged *out, const char *path, struct bytes content, unsigned mode, struct err *err) MUST_CHECK;
bool file_stage_keep(struct file_staged *staged, struct err *err) MUST_CHECK;
void file_stage_leave(struct file_staged *staged); /* the content stays under its temporary name, which the caller has told */
void file_stage_drop(struct file_staged *staged);
/* Whether file_write() of len octets would work now: asked before something that cannot be repeated. ERR_FILE_WRITE. */
bool file_probe(const char *path, size_t len, struct err *err) MUST_CHECK;
/* Appends one record with one write(2) and fsync (journal). */
bool file_append(const char *path, struct bytes content, unsigned mode, struct err *err) MUST_CHECK;
/* Overwrites with zeros, then unlinks; a missing file is success. */
bool file_wipe(const char *path, struct err *err) MUST_CHECK;
bool file_exists(const char *path);
bool dir_exists(const char *path);
/* mkdir -p; each new folder gets mode. */
bool dir_create(const char *path, unsigned mode, struct err *err) MUST_CHECK;
/* Removes a folder and all in it, never following links. */
bool dir_remove(const char *path, struct err *err) MUST_CHECK;
/* Names in a folder, sorted, without . and ..; missing folder: empty list and true. */
struct strv;
bool dir_list(const char *path, struct strv *names, struct err *err) MUST_CHECK;
/* a/b; b alone when absolute; "" parts are left out. Caller frees. */
char *path_join(const char *a, const char *b) MUST_CHECK;
char *path_absolute(const char *path) MUST_CHECK;
/* Last component, lends. */
const char *path_base(const char *path);
char *path_dir(const char *path) MUST_CHECK;
/* "~/x" becomes $HOME/x, as a convenience on forms only (cfg files do not expand it). */
char *path_expand_home(const char *path) MUST_CHECK;
/* "~/x" for people; paths outside the home folder stay as they are. */
char *path_tilde(const char *path) MUST_CHECK;

/* XDG base folders for this program, with below added (may be ""); nothing is made. Caller frees.
 * state = ${XDG_STATE_HOME:-~/.local/state}/cmc-wizard, config = ${XDG_CONFIG_HOME:-~/.config}/cmc-wizard,
 * data = ${XDG_DATA_HOME:-~/.local/share}/cmc-wizard. */
enum xdg_dir { XDG_STATE, XDG_CONFIG, XDG_DATA };
char *xdg_path(enum xdg_dir which, const char *below) MUST_CHECK;

/* Exclusive lock on a lock file, held until release or death. ERR_FILE_LOCKED when another process has it. */
struct file_lock { int fd; };
#define FILE_LOCK_INIT {-1}
bool file_lock_take(struct file_lock *lock, const char *path, struct err *err) MUST_CHECK;
void file_lock_release(struct file_lock *lock);
#endif
