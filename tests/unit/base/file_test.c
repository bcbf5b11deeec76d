/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/strv.h"

#include "unit/unit.h"

static int setup(void **state)
{
    return unit_folder(state);
}

static int teardown(void **state)
{
    return unit_folder_remove(state);
}

static void expect_content(const char *path, const char *expected)
{
    struct buf b = BUF_INIT(BUF_MAX_TEXT);
    assert_true(file_read(path, &b, NULL));
    assert_string_equal(buf_str(&b), expected);
    buf_release(&b);
}

static void expect_names(const char *folder, const char *joined)
{
    struct strv names = STRV_INIT;
    assert_true(dir_list(folder, &names, NULL));
    unit_expect_text(strv_join(&names, " "), joined);
    strv_release(&names);
}

static unsigned mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static void test_probe(void **state)
{
    struct err err = ERR_INIT;
    char *path = path_join(*state, "answer"), *below = path_join(path, "not-a-folder");
    assert_true(file_probe(path, 10000, &err));
    expect_names(*state, "");
    assert_true(file_write(path, bytes_of_str("old"), 0600, &err));
    assert_true(file_probe(path, 10000, &err));
    expect_content(path, "old");
    expect_names(*state, "answer");
    assert_true(file_probe("/dev/null", 10000, &err));
    assert_false(file_probe(below, 1, &err));
    unit_expect_err(&err, ERR_FILE_WRITE);
    assert_false(file_probe(*state, 1, &err));
    unit_expect_err(&err, ERR_FILE_WRITE);
    free(below);
    free(path);
}

/* The file is as before until the new content is kept, and after it was dropped. */
static void test_stage(void **state)
{
    struct err err = ERR_INIT;
    struct file_staged staged;
    char *path = path_join(*state, "out"), *link = path_join(*state, "link"), *below = path_join(path, "below");
    assert_true(file_write(path, bytes_of_str("old"), 0644, &err));
    assert_int_equal(symlink("out", link), 0);
    assert_true(file_stage(&staged, link, bytes_of_str("dropped"), 0600, &err));
    expect_content(path, "old");
    file_stage_drop(&staged);
    expect_names(*state, "link out");
    expect_content(path, "old");
    assert_true(file_stage(&staged, link, bytes_of_str("new"), 0600, &err));
    expect_content(path, "old");
    assert_true(file_stage_keep(&staged, &err));
    expect_names(*state, "link out");
    expect_content(path, "new");
    assert_int_equal(mode_of(path), 0600);
    file_stage_drop(&staged); /* nothing any more */
    expect_content(path, "new");
    assert_true(file_stage(&staged, "/dev/null", bytes_of_str("x"), 0600, &err));
    assert_true(file_stage_keep(&staged, &err));
    assert_false(file_stage(&staged, below, bytes_of_str("x"), 0600, &err));
    unit_expect_err(&err, ERR_FILE_WRITE);
    assert_false(file_stage(&staged, *state, bytes_of_str("x"), 0600, &err));
    unit_expect_err(&err, ERR_FILE_WRITE);
    file_stage_drop(&staged);
    expect_names(*state, "link out");

    assert_true(file_stage(&staged, path, bytes_of_str("kept aside"), 0600, &err));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0); /* cannot be replaced any more */
    char *aside = xstrdup(staged.temporary);
    assert_false(file_stage_keep(&staged, &err));
    unit_expect_err(&err, ERR_FILE_WRITE);
    expect_content(aside, "kept aside");
    free(aside);
    free(below);
    free(link);
    free(path);
}

static void test_read(void **state)
{
    struct err err = ERR_INIT;
    struct buf b = BUF_INIT(5);
    char *path = path_join(*state, "read");
    assert_false(file_read(path, &b, &err));
    unit_expect_err(&err, ERR_FILE_MISSING);
    assert_true(file_write(path, bytes_of_str("12345"), 0600, &err));
    assert_true(file_read(path, &b, &err));
    assert_string_equal(buf_str(&b), "12345");
    assert_false(file_read(path, &b, &err));
    unit_expect_err(&err, ERR_FILE_TOO_BIG);
    buf_release(&b);
    assert_false(file_read(*state, &b, &err));
    unit_expect_err(&err, ERR_FILE_READ);
    char *below = path_join(path, "not-a-folder");
    assert_false(file_read(below, &b, &err));
    unit_expect_err(&err, ERR_FILE_MISSING);
    assert_false(file_read("/dev/zero", &b, &err)); /* no end: the maximum ends it */
    unit_expect_err(&err, ERR_FILE_TOO_BIG);
    buf_release(&b);
    free(below);
    free(path);
}

static void test_write(void **state)
{
    struct err err = ERR_INIT;
    char *path = path_join(*state, "out");
    mode_t before = umask(077);
    assert_true(file_write(path, bytes_of_str("one"), 0644, &err));
    assert_int_equal(mode_of(path), 0644);
    assert_true(file_write(path, bytes_of_str(""), 0600, &err));
    umask(before);
    assert_int_equal(mode_of(path), 0600);
    expect_content(path, "");

    char *link = path_join(*state, "link");
    assert_int_equal(symlink("out", link), 0);
    assert_true(file_write(link, bytes_of_str("through"), 0600, &err));
    expect_content(path, "through");
    expect_names(*state, "link out");

    char *nowhere = path_join(*state, "no/such/folder");
    assert_false(file_write(nowhere, bytes_of_str("x"), 0600, &err));
    unit_expect_err(&err, ERR_FILE_WRITE);
    assert_false(file_write(*state, bytes_of_str("x"), 0600, &err));
    unit_expect_err(&err, ERR_FILE_WRITE);
    assert_true(dir_exists(*state));
    free(nowhere);
    free(link);
    free(path);
}

/* A device is written, never replaced. */
/* Whole and final for everybody but the disk, and then for that. */
static void test_write_quickly(void **state)
{
    struct err err = ERR_INIT;
    char *path = path_join(*state, "quick"), *missing = path_join(*state, "none"), *nowhere = path_join(missing, "x");
    assert_true(file_write_quickly(path, bytes_of_str("one"), 0600, &err));
    assert_true(file_write_quickly(path, bytes_of_str("two"), 0600, &err));
    expect_content(path, "two");
    assert_int_equal(mode_of(path), 0600);
    expect_names(*state, "quick");
    assert_true(file_sync(path, &err));
    expect_content(path, "two");
    assert_false(file_write_quickly(nowhere, bytes_of_str("x"), 0600, &err));
    unit_expect_err(&err, ERR_FILE_WRITE);
    assert_false(file_sync(missing, &err));
    unit_expect_err(&err, ERR_FILE_WRITE);
    free(path);
    free(missing);
    free(nowhere);
}

static void test_device(void **state)
{
    (void)state;
    if (access("/dev/full", F_OK) != 0) {
        skip();
    }
    struct err err = ERR_INIT;
    struct stat st;
    assert_true(file_write("/dev/null", bytes_of_str("x"), 0600, &err));
    assert_int_equal(stat("/dev/null", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
    assert_false(file_write("/dev/full", bytes_of_str("x"), 0600, &err));
    assert_int_equal(err.number, ENOSPC);
    unit_expect_err(&err, ERR_FILE_WRITE);
    assert_false(file_append("/dev/full", bytes_of_str("x"), 0600, &err));
    unit_expect_err(&err, ERR_FILE_WRITE);
}

/* A limit of this process stands for a disk that is full: the write stops in the middle. */
static void limit_file_size(rlim_t octets, struct rlimit *before)
{
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, before), 0);
    struct rlimit limit = {octets, before->rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_full_disk(void **state)
{
    struct err err = ERR_INIT;
    char *path = path_join(*state, "kept");
    char *journal = path_join(*state, "journal");
    assert_true(file_write(path, bytes_of_str("old"), 0600, &err));
    assert_true(file_append(journal, bytes_of_str("{\"n\":1}\n"), 0600, &err));
    char *big = xcalloc(1, 5000);
    memset(big, 'x', 4999);

    struct rlimit before;
    limit_file_size(1000, &before);
    assert_false(file_write(path, bytes_of_str(big), 0600, &err));
    assert_int_equal(err.code, ERR_FILE_WRITE);
    err_release(&err);
    assert_false(file_append(journal, bytes_of_str(big), 0600, &err));
    assert_int_equal(err.code, ERR_FILE_WRITE);
    err_release(&err);
    setrlimit(RLIMIT_FSIZE, &before);

    expect_content(path, "old");
    expect_content(journal, "{\"n\":1}\n");
    expect_names(*state, "journal kept");
    free(big);
    free(journal);
    free(path);
}

#define VERSION_LEN 60000

static void write_versions(const char *path, int count)
{
    char *text = xcalloc(1, VERSION_LEN + 1);
    for (int i = 0; i < count; i++) {
        memset(text, 'a' + i % 26, VERSION_LEN);
        if (!file_write(path, bytes_of_str(text), 0600, NULL)) {
            _exit(1);
        }
    }
    free(text);
}

static void expect_whole(const char *path)
{
    struct buf b = BUF_INIT(BUF_MAX_TEXT);
    assert_true(file_read(path, &b, NULL));
    assert_int_equal(b.len, VERSION_LEN);
    for (size_t i = 1; i < b.len; i++) {
        if (b.data[i] != b.data[0]) {
            fail_msg("octet %zu is of another version", i);
        }
    }
    buf_release(&b);
}

static void test_readers_see_whole_files(void **state)
{
    char *path = path_join(*state, "version");
    write_versions(path, 1);
    pid_t writer = fork();
    if (writer == 0) {
        write_versions(path, 1000000);
        _exit(0);
    }
    for (int i = 0; i < 200; i++) {
        expect_whole(path);
    }
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
    expect_whole(path);
    free(path);
}

static void test_append(void **state)
{
    struct err err = ERR_INIT;
    char *path = path_join(*state, "journal");
    assert_true(file_append(path, bytes_of_str("a\n"), 0600, &err));
    assert_true(file_append(path, bytes_of_str("b\n"), 0600, &err));
    expect_content(path, "a\nb\n");
    assert_int_equal(mode_of(path), 0600);
    assert_false(file_append(*state, bytes_of_str("b\n"), 0600, &err));
    unit_expect_err(&err, ERR_FILE_WRITE);
    free(path);
}

static void test_wipe(void **state)
{
    struct err err = ERR_INIT;
    char *path = path_join(*state, "secret");
    char *twin = path_join(*state, "twin");
    char *link = path_join(*state, "link");
    assert_true(file_write(path, bytes_of_str("password"), 0600, &err));
    assert_int_equal(symlink("twin", link), 0);
    /* A second name shows what was written over the first. */
    assert_int_equal(linkat(AT_FDCWD, path, AT_FDCWD, twin, 0), 0);
    assert_true(file_wipe(path, &err));
    assert_false(file_exists(path));
    struct buf b = BUF_INIT(100);
    assert_true(file_read(twin, &b, &err));
    assert_true(bytes_equal(buf_peek(&b), BYTES("\0\0\0\0\0\0\0\0", 8)));
    buf_release(&b);
    assert_true(file_wipe(path, &err));
    assert_true(file_write(twin, bytes_of_str("stays"), 0600, &err));
    assert_true(file_wipe(link, &err)); /* a link goes, its file stays */
    expect_content(twin, "stays");
    expect_names(*state, "twin");
    free(link);
    free(twin);
    free(path);
}

static void test_folders(void **state)
{
    struct err err = ERR_INIT;
    char *deep = path_join(*state, "a//b/c/");
    assert_true(dir_create(deep, 0700, &err));
    assert_true(dir_create(deep, 0700, &err));
    assert_true(dir_exists(deep));
    assert_false(file_exists(deep));
    assert_int_equal(mode_of(deep), 0700);
    char *file = path_join(deep, "f");
    assert_true(file_write(file, bytes_of_str("x"), 0600, &err));
    assert_false(dir_create(file, 0700, &err));
    unit_expect_err(&err, ERR_FILE_WRITE);

    char *outside = path_join(*state, "outside");
    assert_true(dir_create(outside, 0700, &err));
    char *kept = path_join(outside, "kept");
    assert_true(file_write(kept, bytes_of_str("x"), 0600, &err));
    char *link = path_join(deep, "link");
    assert_int_equal(symlink(outside, link), 0);
    char *top = path_join(*state, "a");
    assert_true(dir_remove(top, &err));
    assert_false(dir_exists(top));
    assert_true(file_exists(kept));
    assert_true(dir_remove(top, &err));
    free(top);
    free(link);
    free(kept);
    free(outside);
    free(file);
    free(deep);
}

static void test_list(void **state)
{
    struct err err = ERR_INIT;
    struct strv names = STRV_INIT;
    char *missing = path_join(*state, "missing");
    assert_true(dir_list(missing, &names, &err));
    assert_int_equal(names.n, 0);
    static const char *const made[] = {"b", "B", ".hidden", "a"};
    for (size_t i = 0; i < ARRAY_LEN(made); i++) {
        char *path = path_join(*state, made[i]);
        assert_true(file_write(path, BYTES_NONE, 0600, &err));
        assert_true(i > 0 || !dir_list(path, &names, &err));
        err_release(&err);
        free(path);
    }
    expect_names(*state, ".hidden B a b");
    free(missing);
}

/* Says over a pipe that it holds the lock, then waits to be killed. */
static pid_t start_holder(const char *path)
{
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct file_lock lock = FILE_LOCK_INIT;
        if (file_lock_take(&lock, path, NULL) && write(ready[1], "x", 1) == 1) {
            pause();
        }
        _exit(1);
    }
    char c;
    assert_int_equal(read(ready[0], &c, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return child;
}

static void test_lock(void **state)
{
    struct err err = ERR_INIT;
    struct file_lock lock = FILE_LOCK_INIT;
    char *path = path_join(*state, "lock");
    pid_t holder = start_holder(path);
    assert_false(file_lock_take(&lock, path, &err));
    unit_expect_err(&err, ERR_FILE_LOCKED);
    assert_int_equal(lock.fd, -1);
    kill(holder, SIGKILL);
    waitpid(holder, NULL, 0);
    assert_true(file_lock_take(&lock, path, &err)); /* a death frees it */

    struct file_lock second = FILE_LOCK_INIT;
    assert_false(file_lock_take(&second, path, &err));
    unit_expect_err(&err, ERR_FILE_LOCKED);
    file_lock_release(&lock);
    assert_true(file_lock_take(&second, path, &err));
    file_lock_release(&second);
    file_lock_release(&second);
    assert_false(file_lock_take(&lock, "/nonexistent-folder/lock", &err));
    unit_expect_err(&err, ERR_FILE_WRITE);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_probe, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stage, setup, teardown),
        cmocka_unit_test_setup_teardown(test_read, setup, teardown),
        cmocka_unit_test_setup_teardown(test_write, setup, teardown),
        cmocka_unit_test_setup_teardown(test_write_quickly, setup, teardown),
        cmocka_unit_test_setup_teardown(test_device, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_disk, setup, teardown),
        cmocka_unit_test_setup_teardown(test_readers_see_whole_files, setup, teardown),
        cmocka_unit_test_setup_teardown(test_append, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wipe, setup, teardown),
        cmocka_unit_test_setup_teardown(test_folders, setup, teardown),
        cmocka_unit_test_setup_teardown(test_list, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lock, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
