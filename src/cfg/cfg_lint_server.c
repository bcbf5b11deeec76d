/* SPDX-License-Identifier: Apache-2.0 */
/* A submit file: TLS, servlet and profile against what is known of a stock CA. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cfg/cfg_internal.h"
#include "cfg/cfg_lint_internal.h"
#include "cfg/profiles.h"

static void check_tls(struct lint *lint)
{
    const struct cfg *cfg = lint->cfg;
    const char *secure = cfg_get(cfg, CFG_SECURE);
    const char *port = lint_value(lint, CFG_PORT);
    bool tls = lint->mode & CFG_MODES_TLS;
    if (secure && !tls) {
        lint_report(lint, CFG_LINT_PLAIN, cfg_entry(cfg, CFG_SECURE), NULL, LINT_ARGS(NULL));
    }
    if (!tls && cfg_bool(cfg, CFG_CLIENTMODE)) {
        lint_report(lint, CFG_LINT_CLIENT_PLAIN, cfg_entry(cfg, CFG_CLIENTMODE), NULL, LINT_ARGS(NULL));
    }
    if (secure && port && (tls ? strcmp(port, "8080") == 0 : strcmp(port, "8443") == 0)) {
        lint_report(lint, CFG_LINT_PORT, cfg_entry(cfg, CFG_PORT), NULL, LINT_ARGS(port, tls ? "true" : "false"));
    }
    if (cfg_has(cfg, CFG_NUM_HEADER_LINES)) {
        lint_report(lint, CFG_LINT_NUM_HEADERS, cfg_entry(cfg, CFG_NUM_HEADER_LINES), NULL, LINT_ARGS(NULL));
    }
}

#define FULL_PATH "/ca/ee/ca/profileSubmitCMCFull"

/* Returns the servlet when it is one for CMC messages. */
static const struct servlet *check_servlet(struct lint *lint, const struct cfg_entry *entry, const char *path)
{
    const struct servlet *servlet = servlet_find(path);
    if (!servlet) {
        const char *near = servlet_suggest(path);
        enum cfg_lint_id what = near ? CFG_LINT_SERVLET_NEAR : CFG_LINT_SERVLET_UNKNOWN;
        lint_report(lint, what, entry, NULL, LINT_ARGS(path, near));
    } else if (servlet->simple) {
        lint_report(lint, CFG_LINT_SERVLET_SIMPLE, entry, NULL, LINT_ARGS(path));
        servlet = NULL;
    } else if (servlet->defunct) {
        lint_report(lint, CFG_LINT_SERVLET_DEFUNCT, entry, NULL, LINT_ARGS(path, FULL_PATH));
        servlet = NULL;
    }
    return servlet;
}

static void check_default_profile(struct lint *lint, const struct cfg_entry *entry, const struct servlet *servlet)
{
    if (!servlet || !servlet->default_profile) {
        return;
    }
    const char *right;
    if (profile_is_slip(servlet->default_profile, &right)) {
        lint_report(lint, CFG_LINT_PROFILE_GONE, entry, NULL, LINT_ARGS(servlet->path, right));
    } else {
        lint_report(lint, CFG_LINT_PROFILE_DEFAULT, entry, NULL, LINT_ARGS(servlet->default_profile));
    }
}

static void check_unknown_profile(struct lint *lint, const struct cfg_entry *entry, const char *id)
{
    const char *right = NULL;
    if (profile_is_slip(id, &right)) {
        lint_report(lint, CFG_LINT_PROFILE_SLIP, entry, NULL, LINT_ARGS(id, right));
        return;
    }
    right = profile_suggest(id);
    lint_report(lint, right ? CFG_LINT_PROFILE_NEAR : CFG_LINT_PROFILE_UNKNOWN, entry, NULL, LINT_ARGS(id, right));
}

static bool path_fits(const struct servlet *servlet, const struct profile *profile)
{
    bool user_path = servlet->auth == PROFILE_AUTH_USER || servlet->auth == PROFILE_AUTH_SECRET;
    bool user_profile = profile->auth == PROFILE_AUTH_USER || profile->auth == PROFILE_AUTH_SECRET;
    return user_path == user_profile;
}

static void check_known_profile(struct lint *lint, const struct cfg_entry *entry, const struct profile *profile,
    const struct servlet *servlet)
{
    const char *aim = lint->facts->dogtag;
    if (aim && profile->since && version_compare(aim, profile->since) < 0) {
        lint_report(lint, CFG_LINT_PROFILE_VERSION, entry, NULL, LINT_ARGS(profile->id, profile->since, aim));
    }
    if (profile->flags & PROFILE_DISABLED) {
        lint_report(lint, CFG_LINT_PROFILE_OFF, entry, NULL, LINT_ARGS(profile->id));
    } else if (profile->flags & PROFILE_BY_SITE) {
        lint_report(lint, CFG_LINT_PROFILE_BY_SITE, entry, NULL, LINT_ARGS(profile->id));
    }
    if (profile->auth == PROFILE_AUTH_AGENT_TLS) {
        lint_report(lint, CFG_LINT_SERVLET_SIMPLE, entry, NULL, LINT_ARGS(profile->id));
        return;
    }
    if ((profile->auth == PROFILE_AUTH_AGENT || profile->auth == PROFILE_AUTH_USER)
        && lint->mode != CFG_MODE_TLS_CLIENT) {
        lint_report(lint, CFG_LINT_PROFILE_CLIENT, entry, NULL, LINT_ARGS(profile->id));
    }
    if (servlet && !path_fits(servlet, profile)) {
        char *url = profile_servlet_url(profile->id, profile->auth);
        lint_report(lint, CFG_LINT_PROFILE_PATH, entry, NULL, LINT_ARGS(profile->id, url));
        free(url);
    }
}

void lint_server(struct lint *lint)
{
    check_tls(lint);
    const struct cfg_entry *entry = cfg_entry(lint->cfg, CFG_SERVLET);
    if (!entry || *entry->value != '/') {
        return; /* said already */
    }
    char *path = cfg_servlet_path(entry->value);
    char *id = cfg_servlet_profile(entry->value);
    const struct servlet *servlet = check_servlet(lint, entry, path);
    const struct profile *profile = id ? profile_find(id) : NULL;
    if (!id) {
        check_default_profile(lint, entry, servlet);
    } else if (!profile) {
        check_unknown_profile(lint, entry, id);
    } else {
        check_known_profile(lint, entry, profile, servlet);
    }
    free(path);
    free(id);
}
