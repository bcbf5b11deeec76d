/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/opt.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/when.h"
#include "practice/ca.h"
#include "practice/ca_private.h"
#include "practice/http.h"

#define PROGRAM "cmc-practice-ca"

struct command {
    const char *name;
    const char *synopsis; /* N_() */
    const char *about;    /* N_() */
    int (*run)(int argc, char **argv, const struct command *self);
};

/* Options, and at least n words; *rest is their place in argv. Negative: go on; else the exit code. */
static int parse(const struct command *self, const struct opt *table, size_t n_options, int n, int argc, char **argv, int *rest)
{
    struct err err = ERR_INIT;
    char *program = xasprintf(PROGRAM " %s", self->name);
    const struct opt_usage usage = {.program = program, .synopsis = self->synopsis, .about = self->about};
    enum opt_result result = opt_parse(table, n_options, &usage, argc, argv, rest, &err);
    int code = -1;
    if (result == OPT_HELP_SHOWN || result == OPT_VERSION_SHOWN) {
        code = EXIT_DONE;
    } else if (result == OPT_OK && argc - *rest < n) {
        err_fail(&err, ERR_USAGE, "%s %s", program, self->synopsis);
        result = OPT_BAD;
    }
    if (result == OPT_BAD) {
        code = err_report(&err, PROGRAM);
    }
    err_release(&err);
    free(program);
    return code;
}

static int finish(bool ok, struct err *err)
{
    int code = ok ? EXIT_DONE : err_report(err, PROGRAM);
    err_release(err);
    return code;
}

static int run_init(int argc, char **argv, const struct command *self)
{
    struct practice_init_spec spec = {NULL, NULL, NULL};
    const struct opt options[] = {
        {OPT_STR, "profiles", 0, N_("DIR"), N_("Folder of certificate profiles to copy."), &spec.profiles, NULL, 0, 0},
        {OPT_STR, "adopt", 0, N_("DIR"), N_("Folder of a recorded CA whose clients are taken over."), &spec.adopt, NULL, 0, 0},
        {OPT_CHOICE, "key-type", 0, N_("TYPE"), N_("Kind of the CA's keys: rsa or ec."), &spec.key_type, "rsa|ec", 0, 0},
    };
    struct err err = ERR_INIT;
    int rest = 0;
    int code = parse(self, options, ARRAY_LEN(options), 1, argc, argv, &rest);
    if (code >= 0) {
        return code;
    }
    bool ok = practice_init(argv[rest], &spec, &err);
    if (ok) {
        printf(_("Practice CA made in %s\n"), argv[rest]);
    }
    return finish(ok, &err);
}

static bool write_line(const char *path, const char *line, struct err *err)
{
    return !path || file_write(path, bytes_of_str(line), 0644, err);
}

static void wait_for_signal(const sigset_t *set)
{
    int signal_number = 0;
    while (sigwait(set, &signal_number) != 0) {
    }
}

static bool serve_until_signal(struct practice_ca *ca, const struct practice_listen *listen, const char *ready_file,
                               const char *pid_file, const sigset_t *set, struct err *err)
{
    char *own_pid = practice_path(ca, PRACTICE_PID);
    char *pid = xasprintf("%ld\n", (long)getpid());
    char *url = NULL;
    struct practice_server *server = practice_serve(ca, listen, err);
    bool ok = server != NULL;
    if (ok) {
        url = xasprintf("https://localhost:%d/\n", practice_server_port(server));
        ok = practice_describe(ca, practice_server_port(server), err) && write_line(own_pid, pid, err) &&
             write_line(pid_file, pid, err) && write_line(ready_file, url, err);
    }
    if (ok) {
        printf("ready %s", url);
        fflush(stdout);
        wait_for_signal(set);
    }
    practice_server_stop(server);
    (void)unlink(own_pid);
    if (pid_file) {
        (void)unlink(pid_file);
    }
    if (ready_file) {
        (void)unlink(ready_file);
    }
    free(url);
    free(pid);
    free(own_pid);
    return ok;
}

static int run_serve(int argc, char **argv, const struct command *self)
{
    long port = 8443;
    bool keep = false;
    const char *address = NULL;
    const char *ready_file = NULL;
    const char *pid_file = NULL;
    const struct opt options[] = {
        {OPT_INT, "port", 'p', N_("PORT"), N_("Port; 0 takes a free one. 8443 by default."), &port, NULL, 0, 65535},
        {OPT_STR, "listen", 0, N_("ADDRESS"), N_("IPv4 address instead of 127.0.0.1: others can then reach this CA."), &address, NULL,
         0, 0},
        {OPT_FLAG, "keep", 0, NULL, N_("Go on when the program that started this one has ended."), &keep, NULL, 0, 0},
        {OPT_STR, "ready-file", 0, N_("FILE"), N_("Write the address there when requests can be sent."), &ready_file, NULL, 0, 0},
        {OPT_STR, "pid-file", 0, N_("FILE"), N_("Write the process number there."), &pid_file, NULL, 0, 0},
    };
    struct err err = ERR_INIT;
    pid_t parent = getppid();
    int rest = 0;
    int code = parse(self, options, ARRAY_LEN(options), 1, argc, argv, &rest);
    if (code >= 0) {
        return code;
    }
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (!keep && (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent)) {
        return EXIT_DONE; /* the parent ended before we could ask to be told */
    }
    struct practice_ca *ca = practice_open(argv[rest], &err);
    const struct practice_listen listen = {.address = address, .port = (int)port};
    bool ok = ca && serve_until_signal(ca, &listen, ready_file, pid_file, &set, &err);
    practice_close(ca);
    return finish(ok, &err);
}

static int run_agent(int argc, char **argv, const struct command *self)
{
    struct err err = ERR_INIT;
    int rest = 0;
    int code = parse(self, NULL, 0, 3, argc, argv, &rest);
    if (code >= 0) {
        return code;
    }
    struct practice_ca *ca = practice_open_desk(argv[rest], &err);
    bool ok = ca && practice_enroll_agent(ca, argv[rest + 1], argv[rest + 2], when_now(), &err);
    if (ok) {
        printf(_("Agent's certificate and key: %s\n"), argv[rest + 2]);
    }
    practice_close(ca);
    return finish(ok, &err);
}

static void print_profiles(struct practice_ca *ca)
{
    struct practice_profile_row *rows = NULL;
    size_t n = practice_profiles(ca, &rows);
    for (size_t i = 0; i < n; i++) {
        char *name = text_safe(rows[i].name);
        printf("%-32s %-8s %-18s %s\n", rows[i].id, rows[i].enabled ? "enabled" : "disabled", rows[i].auth, name);
        free(name);
    }
    free(rows);
}

static int run_profile(int argc, char **argv, const struct command *self)
{
    struct err err = ERR_INIT;
    int rest = 0;
    int code = parse(self, NULL, 0, 2, argc, argv, &rest);
    if (code >= 0) {
        return code;
    }
    const char *verb = argv[rest + 1];
    bool list = strcmp(verb, "list") == 0;
    bool enable = strcmp(verb, "enable") == 0;
    if ((!list && !enable && strcmp(verb, "disable") != 0) || (!list && argc - rest < 3)) {
        err_fail(&err, ERR_USAGE, PROGRAM " profile %s", self->synopsis);
        return finish(false, &err);
    }
    struct practice_ca *ca = practice_open_desk(argv[rest], &err);
    bool ok = ca != NULL;
    if (ok && list) {
        print_profiles(ca);
    }
    for (int i = rest + 2; ok && !list && i < argc; i++) {
        ok = practice_profile_enable(ca, argv[i], enable, &err);
    }
    practice_close(ca);
    return finish(ok, &err);
}

static bool token_from_file(const char *path, struct buf *text, struct err *err)
{
    return file_read(path, text, err);
}

/* user DIR add UID [DN] | user DIR token UID FILE | user DIR remove-token UID */
static int run_user(int argc, char **argv, const struct command *self)
{
    struct err err = ERR_INIT;
    struct buf token = BUF_INIT(BUF_MAX_TEXT);
    int rest = 0;
    int code = parse(self, NULL, 0, 3, argc, argv, &rest);
    if (code >= 0) {
        return code;
    }
    const char *verb = argv[rest + 1];
    const char *uid = argv[rest + 2];
    const char *more = argc - rest > 3 ? argv[rest + 3] : NULL;
    struct practice_ca *ca = practice_open_desk(argv[rest], &err);
    bool ok = ca != NULL;
    if (ok && strcmp(verb, "add") == 0) {
        ok = practice_user_add(ca, uid, more, &err);
    } else if (ok && strcmp(verb, "token") == 0 && more) {
        ok = token_from_file(more, &token, &err) && practice_user_token(ca, uid, buf_str(&token), &err);
    } else if (ok && strcmp(verb, "remove-token") == 0) {
        ok = practice_user_token(ca, uid, NULL, &err);
    } else if (ok) {
        ok = err_fail(&err, ERR_USAGE, PROGRAM " user %s", self->synopsis);
    }
    buf_release(&token);
    practice_close(ca);
    return finish(ok, &err);
}

static int run_cert_token(int argc, char **argv, const struct command *self)
{
    struct err err = ERR_INIT;
    struct buf token = BUF_INIT(BUF_MAX_TEXT);
    int rest = 0;
    int code = parse(self, NULL, 0, 3, argc, argv, &rest);
    if (code >= 0) {
        return code;
    }
    struct practice_ca *ca = practice_open_desk(argv[rest], &err);
    bool ok = ca && token_from_file(argv[rest + 2], &token, &err) &&
              practice_cert_token(ca, argv[rest + 1], buf_str(&token), &err);
    buf_release(&token);
    practice_close(ca);
    return finish(ok, &err);
}

static int run_recover(int argc, char **argv, const struct command *self)
{
    const char *password_file = NULL;
    const struct opt options[] = {
        {OPT_STR, "password-file", 0, N_("FILE"), N_("Password for the package; asked for otherwise."), &password_file, NULL, 0, 0},
    };
    struct err err = ERR_INIT;
    struct secret password = SECRET_INIT;
    struct buf p12 = {.max = BUF_MAX_TEXT, .secret = true};
    int rest = 0;
    int code = parse(self, options, ARRAY_LEN(options), 3, argc, argv, &rest);
    if (code >= 0) {
        return code;
    }
    bool ok = password_file ? secret_read_file(&password, password_file, &err)
                            : secret_prompt_tty(&password, _("Password for the package: "), &err);
    struct practice_ca *ca = ok ? practice_open_desk(argv[rest], &err) : NULL;
    ok = ca && practice_recover(ca, argv[rest + 1], &password, &p12, &err) &&
         file_write(argv[rest + 2], buf_peek(&p12), 0600, &err);
    buf_release(&p12);
    secret_release(&password);
    practice_close(ca);
    return finish(ok, &err);
}

static int run_switch(int argc, char **argv, const struct command *self)
{
    struct err err = ERR_INIT;
    int rest = 0;
    int code = parse(self, NULL, 0, 3, argc, argv, &rest);
    if (code >= 0) {
        return code;
    }
    struct practice_ca *ca = practice_open_desk(argv[rest], &err);
    bool ok = ca && practice_switch(ca, argv[rest + 1], argv[rest + 2], &err);
    practice_close(ca);
    return finish(ok, &err);
}

static void print_faults(const struct practice_ca *ca)
{
    for (size_t i = 0; i < FAULT_COUNT; i++) {
        const struct fault_row *row = fault_row((enum practice_fault)i);
        printf("%-17s %-4s %-22s %s\n", row->name, practice_fault_is_on(ca, row->name) ? "on" : "off", *row->expect ? row->expect : "-",
               _(row->about));
    }
}

/* Rows of the manual page, for data/man/make-pages.sh. */
static int man_faults(void)
{
    for (size_t i = 0; i < FAULT_COUNT; i++) {
        const struct fault_row *row = fault_row((enum practice_fault)i);
        printf(".TP\n.B %s\n%s\n", row->name, row->about);
        if (*row->expect) {
            printf("The wizard shows\n.IR %s .\n", row->expect);
        } else {
            printf("The wizard waits, and says for what.\n");
        }
    }
    return EXIT_DONE;
}

/* fault DIR list | fault DIR NAME on|off | fault DIR all off */
static int run_fault(int argc, char **argv, const struct command *self)
{
    struct err err = ERR_INIT;
    int rest = 0;
    if (argc == 2 && strcmp(argv[1], "--man-table") == 0) {
        return man_faults();
    }
    int code = parse(self, NULL, 0, 2, argc, argv, &rest);
    if (code >= 0) {
        return code;
    }
    const char *name = argv[rest + 1], *verb = argc - rest > 2 ? argv[rest + 2] : "";
    bool list = strcmp(name, "list") == 0, on = strcmp(verb, "on") == 0, all = strcmp(name, "all") == 0;
    if (!list && ((!on && strcmp(verb, "off") != 0) || (all && on))) {
        err_fail(&err, ERR_USAGE, PROGRAM " fault %s", self->synopsis);
        return finish(false, &err);
    }
    struct practice_ca *ca = practice_open_desk(argv[rest], &err);
    bool ok = ca != NULL;
    for (size_t i = 0; ok && all && i < FAULT_COUNT; i++) {
        ok = practice_fault_set(ca, fault_row((enum practice_fault)i)->name, false, &err);
    }
    if (ok && list) {
        print_faults(ca);
    } else if (ok && !all) {
        ok = practice_fault_set(ca, name, on, &err);
    }
    practice_close(ca);
    return finish(ok, &err);
}

/* est-user DIR add NAME | est-user DIR remove NAME */
static int run_est_user(int argc, char **argv, const struct command *self)
{
    const char *password_file = NULL;
    const struct opt options[] = {
        {OPT_STR, "password-file", 0, N_("FILE"), N_("The user's password; asked for otherwise."), &password_file, NULL, 0, 0},
    };
    struct err err = ERR_INIT;
    struct secret password = SECRET_INIT;
    int rest = 0;
    int code = parse(self, options, ARRAY_LEN(options), 3, argc, argv, &rest);
    if (code >= 0) {
        return code;
    }
    bool add = strcmp(argv[rest + 1], "add") == 0, gone = strcmp(argv[rest + 1], "remove") == 0;
    bool ok = add || gone || err_fail(&err, ERR_USAGE, PROGRAM " est-user %s", self->synopsis);
    if (ok && add) {
        ok = password_file ? secret_read_file(&password, password_file, &err)
                           : secret_prompt_tty(&password, _("Password of the user: "), &err);
    }
    struct practice_ca *ca = ok ? practice_open_desk(argv[rest], &err) : NULL;
    ok = ca && practice_est_user(ca, argv[rest + 2], add ? &password : NULL, &err);
    secret_release(&password);
    practice_close(ca);
    return finish(ok, &err);
}

/* The log can be read while the server runs. */
static int run_audit(int argc, char **argv, const struct command *self)
{
    struct err err = ERR_INIT;
    int rest = 0;
    int code = parse(self, NULL, 0, 1, argc, argv, &rest);
    if (code >= 0) {
        return code;
    }
    struct buf text = BUF_INIT(BUF_MAX_MESSAGE);
    char *path = path_join(argv[rest], PRACTICE_AUDIT);
    bool ok = practice_present(argv[rest]) || err_fail(&err, ERR_PRACTICE_MISSING, "%s", argv[rest]);
    ok = ok && (!file_exists(path) || file_read(path, &text, &err));
    if (ok) {
        fwrite(buf_str(&text), 1, text.len, stdout);
    }
    buf_release(&text);
    free(path);
    return finish(ok, &err);
}

static void show_running(const char *dir)
{
    char *path = path_join(dir, PRACTICE_DESCRIPTION);
    char *pid_path = path_join(dir, PRACTICE_PID);
    struct buf pid = BUF_INIT(64);
    if (!practice_is_running(dir)) {
        printf(_("not running\n"));
    } else if (file_exists(pid_path) && file_read(pid_path, &pid, NULL)) {
        printf(_("running as process %d; its description: %s\n"), atoi(buf_str(&pid)), path);
    } else {
        printf(_("starting\n"));
    }
    buf_release(&pid);
    free(pid_path);
    free(path);
}

static int run_status(int argc, char **argv, const struct command *self)
{
    struct err err = ERR_INIT;
    int rest = 0;
    int code = parse(self, NULL, 0, 1, argc, argv, &rest);
    if (code >= 0) {
        return code;
    }
    struct practice_ca *ca = practice_open_desk(argv[rest], &err);
    struct practice_counts c = {0, 0, 0, 0, 0, 0, 0};
    bool ok = ca && practice_counts(ca, &c, &err);
    if (ok) {
        char *name = cert_subject(practice_ca_cert(ca));
        show_running(argv[rest]);
        printf(_("CA: %s\n"), name);
        printf(_("certificates %ld (revoked %ld), requests %ld (pending %ld), agents %ld, users %ld, archived keys %ld\n"), c.certs,
               c.revoked, c.requests, c.pending, c.agents, c.users, c.archived);
        free(name);
    }
    practice_close(ca);
    return finish(ok, &err);
}

/* To add one: a row and its function above, and a paragraph in data/man/cmc-practice-ca.1. */
static const struct command commands[] = {
    {"init", N_("[OPTION]... DIR"), N_("Makes a practice CA in a new folder."), run_init},
    {"serve", N_("[OPTION]... DIR"), N_("Answers requests until it is told to end (SIGTERM)."), run_serve},
    {"enroll-agent", N_("DIR UID FILE.p12"), N_("Makes another agent, with certificate and key in a PKCS#12 package."), run_agent},
    {"profile", N_("DIR enable|disable|list [PROFILE]..."), N_("Shows or switches certificate profiles."), run_profile},
    {"user", N_("DIR add UID [DN] | token UID FILE | remove-token UID"), N_("Users of the CA's directory and their shared tokens."),
     run_user},
    {"revocation-token", N_("DIR SERIAL FILE"), N_("Stores a shared token with a certificate, for revocation by secret."),
     run_cert_token},
    {"recover", N_("[OPTION]... DIR SERIAL FILE.p12"), N_("Gives an archived key back."), run_recover},
    {"switch", N_("DIR KEY VALUE"), N_("Sets a switch of CS.cfg."), run_switch},
    {"est-user", N_("[OPTION]... DIR add|remove NAME"), N_("Users of the EST server, with a password (HTTP Basic)."), run_est_user},
    {"fault", N_("DIR list | DIR NAME on|off | DIR all off"), N_("Rehearses what goes wrong at real CAs."), run_fault},
    {"audit", N_("DIR"), N_("Prints the audit log."), run_audit},
    {"status", N_("DIR"), N_("Says what the practice CA holds and whether it runs."), run_status},
};

static int usage(FILE *to, int code)
{
    fprintf(to, _("Usage: %s COMMAND ...\nA CA for rehearsal, on this machine only.\n\n"), PROGRAM);
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        fprintf(to, "  %s %s\n      %s\n", commands[i].name, _(commands[i].synopsis), _(commands[i].about));
    }
    fprintf(to, _("\n%s COMMAND --help tells more.\n"), PROGRAM);
    return code;
}

int main(int argc, char **argv)
{
    secret_harden_process();
    i18n_init();
    if (argc < 2) {
        return usage(stderr, EXIT_USAGE);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        return usage(stdout, EXIT_DONE);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("%s %s\n", PROGRAM, PACKAGE_VERSION);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(argc - 1, argv + 1, &commands[i]);
        }
    }
    return usage(stderr, EXIT_USAGE);
}
