/* SPDX-License-Identifier: Apache-2.0 */
/* Which CA: a description made by the helpdesk, or host and port and a confirmed fingerprint. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/i18n.h"
#include "base/text.h"
#include "flow/cadesc.h"
#include "flow/protocol.h"
#include "screens/app.h"

static bool has_own_address(void *ctx, const struct field *field)
{
    (void)field;
    return !*app_get(ctx, "ca");
}

/* The practice CA is never the usual answer: it comes behind the real ones. */
static void add_ca(struct choices *out, const struct cadesc *d)
{
    char *title = text_visible_str(cadesc_title(d));
    char *note = xasprintf("%s:%d  %s", d->host, d->port, cadesc_contact(d));
    char *shown = text_visible_str(note);
    choices_add(out, d->name, title, shown, NULL);
    free(title);
    free(note);
    free(shown);
}

static void list_cas(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    struct cadesc *list = NULL;
    size_t n = 0;
    struct err ignored = ERR_INIT;
    if (cadesc_list(&list, &n, NULL, &ignored)) {
        for (size_t i = 0; i < 2 * n; i++) {
            if (list[i % n].practice == (i >= n)) {
                add_ca(out, &list[i % n]);
            }
        }
        cadesc_list_free(list, n);
    }
    err_release(&ignored);
    choices_add(out, "", _("Another one: I know its address"), _("Host name and port, as your CA administrator gave them."), NULL);
}

/* How many there are, and the only real one. Caller frees *only. */
static size_t count_described(size_t *real, char **only)
{
    struct cadesc *list = NULL;
    size_t n = 0;
    struct err ignored = ERR_INIT;
    *real = 0;
    *only = NULL;
    if (cadesc_list(&list, &n, NULL, &ignored)) {
        for (size_t i = 0; i < n; i++) {
            *real += list[i].practice ? 0 : 1;
            *only = *only || list[i].practice ? *only : xstrdup(list[i].name);
        }
        cadesc_list_free(list, n);
    }
    err_release(&ignored);
    return n;
}

static bool has_described(void *ctx, const struct field *field)
{
    (void)ctx;
    (void)field;
    size_t real = 0;
    char *only = NULL;
    size_t n = count_described(&real, &only);
    free(only);
    return n > 0;
}

char *app_check_host(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    if (strchr(value, '/') || strchr(value, ' ')) {
        return xstrdup(_("Only the computer's name, like pki.example.com."));
    }
    return NULL;
}

char *app_check_port(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    long port = strtol(value, NULL, 10);
    bool digits = strspn(value, "0123456789") == strlen(value);
    return digits && port >= 1 && port <= 65535 ? NULL : xstrdup(_("A port is a number from 1 to 65535."));
}

static char *about_chain(void *ctx, const struct field *field)
{
    (void)field;
    const struct app *app = ctx;
    return xstrdup(app->chain_text ? app->chain_text : "");
}

static bool chain_known(void *ctx, const struct field *field)
{
    (void)field;
    return ((const struct app *)ctx)->chain_text != NULL;
}

static void list_protocols(void *ctx, const struct field *field, struct choices *out)
{
    (void)ctx;
    (void)field;
    choices_add(out, "cmc", _("The CA's CMC servlets"), _("Straight to the CA. The usual way."), NULL);
    choices_add(out, "est", _("An EST server (RFC 7030)"), _("It stands in front of the CA and passes requests on."), NULL);
}

static bool over_est(void *ctx, const struct field *field)
{
    (void)field;
    return protocol_is_est(((const struct app *)ctx)->session);
}

static bool asks_password(void *ctx, const struct field *field)
{
    const struct app *app = ctx;
    return over_est(ctx, field) && *app_get(app, "est.user") && !secrets_is_given(app->secrets, "est.password");
}

static char *check_user(void *ctx, const struct field *field, const char *value)
{
    (void)ctx;
    (void)field;
    return strchr(value, ':') ? xstrdup(_("A user name for an EST server has no colon.")) : NULL;
}

/* Few CAs need it: it is asked for when the CA has shown nothing. */
static bool asks_file(void *ctx, const struct field *field)
{
    return has_own_address(ctx, field) && (((const struct app *)ctx)->no_chain || *app_get(ctx, "ca.chain"));
}

static const struct field FIELDS[] = {
    {.kind = FIELD_CHOICE, .key = "ca", .label = N_("CA"), .choices = list_cas, .rows = 4, .visible = has_described,
     .help = N_("Your helpdesk can prepare this list (cmc ca export)."),
     .why = N_("A description brings the address and the fingerprint, so that you need not type and "
               "compare them.")},
    {.kind = FIELD_TEXT, .key = "host", .label = N_("Host"), .width = 40, .flags = FIELD_REQUIRED, .visible = has_own_address,
     .validate = app_check_host, .hint = "pki.example.com", .help = N_("The name of the computer where the CA answers."),
     .why = N_("The request is sent to the computer that has this name, and to no other.")},
    {.kind = FIELD_TEXT, .key = "port", .label = N_("Port"), .width = 6, .flags = FIELD_REQUIRED, .visible = has_own_address,
     .validate = app_check_port, .help = N_("8443 unless your CA administrator says otherwise."),
     .why = N_("One computer offers several services; the port tells them apart.")},
    {.kind = FIELD_TEXT, .key = "proxy", .label = N_("Proxy"), .width = 40, .visible = has_own_address, .hint = N_("none"),
     .help = N_("Only when your network needs one: http://HOST:PORT."),
     .why = N_("In some networks programs reach others only through a proxy. It learns the CA's address, "
               "not what is sent.")},
    {.kind = FIELD_CHOICE, .key = "page.protocol", .label = N_("Protocol"), .choices = list_protocols, .rows = 2,
     .help = N_("EST only when your CA administrator gave you the address of an EST server."),
     .why = N_("Both carry the same message. An EST server has its own address and may want a user name and a password.")},
    {.kind = FIELD_TEXT, .key = "est.user", .label = N_("EST user"), .width = 32, .visible = over_est, .validate = check_user,
     .hint = N_("none"), .help = N_("Only when the EST server asks for a user name."),
     .why = N_("Some EST servers want to know who sends a request before they pass it on.")},
    {.kind = FIELD_SECRET, .key = "est.password", .label = N_("Password"), .width = 32, .visible = asks_password,
     .help = N_("For the EST server. It is never saved."),
     .why = N_("The EST server wants to know that it is you.")},
    {.kind = FIELD_FILE, .key = "ca.chain", .label = N_("CA's certificates"), .flags = FIELD_MUST_EXIST, .visible = asks_file,
     .hint = N_("a file from your helpdesk"),
     .help = N_("PEM, DER or PKCS#7, for a CA that does not show them itself."),
     .why = N_("Most certificate authorities show their certificates. This one does not: without them nobody could tell whether the "
               "server is the right one.")},
    {.kind = FIELD_BUTTON, .key = "test", .label = N_("Test the connection"),
     .help = N_("Fetches the CA's certificates and nothing else; nothing of yours is sent.")},
    {.kind = FIELD_TREE, .key = "chain", .label = N_("It answers"), .text = about_chain, .visible = chain_known, .rows = 5,
     .help = N_("The certificates that the CA showed.")},
    FIELD_ROWS_END,
};
static const struct page PAGE = {.id = "server", .question = N_("Which certificate authority issues it?"), .fields = FIELDS};

/* The chain is confirmed once for an address; later visits must show the same. */
static enum page_leave leave(struct app *app)
{
    const char *where = session_fact(app->session, "ca.confirmed"), *database = session_fact(app->session, "ca.by-database");
    char *here = app_contact_basis(app);
    bool confirmed = *app_get(app, "ca") || (*app_get(app, "ca.fingerprint") && (!where || strcmp(where, here) == 0)) ||
                     (database && strcmp(database, here) == 0);
    if (!confirmed) {
        app_set(app, "ca.fingerprint", "");
        confirmed = app_contact(app);
    }
    free(here);
    return confirmed ? LEAVE_GO : LEAVE_STAY;
}

/* One description, or a practice run: no question about the server. */
static bool skip(struct app *app)
{
    size_t real = 0;
    char *only = NULL;
    count_described(&real, &only);
    if (real == 1 && !session_answer(app->session, "ca") && !*app_get(app, "host")) {
        app_set(app, "ca", only);
    }
    const char *ca = app_get(app, "ca");
    bool known = text_starts(ca, "practice") || (real == 1 && only && strcmp(only, ca) == 0);
    free(only);
    return known;
}

static void action(struct app *app, const struct form_result *result)
{
    (void)result;
    bool confirmed = app_contact(app);
    (void)confirmed;
}

/* The first description of a real CA is the usual answer until the user says otherwise. */
static void enter(struct app *app)
{
    size_t real = 0;
    char *first = NULL;
    count_described(&real, &first);
    if (first && !session_answer(app->session, "ca") && !*app_get(app, "host")) {
        app_set(app, "ca", first);
    }
    free(first);
}

static const char *get(struct app *app, const char *key)
{
    (void)key; /* the only one of this page's own */
    return protocol_is_est(app->session) ? "est" : "cmc";
}

static void set(struct app *app, const char *key, const char *value)
{
    (void)key;
    app_set(app, "protocol", value);
}

const struct app_page PAGE_SERVER = {.page = &PAGE, .label = N_("Server"), .enter = enter, .leave = leave, .action = action, .get = get,
                                     .set = set, .skip = skip};
