/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/look.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/text.h"
#include "flow/answers.h"
#include "flow/cadesc.h"
#include "flow/chainfile.h"
#include "flow/protocol.h"
#include "flow/session.h"
#include "net/carest.h"
#include "net/firstcontact.h"
#include "nss/nssdb.h"
#include "nss/pem.h"

struct look {
    struct nssdb *db;
    struct first_contact_run *run;
    struct first_contact found;
    struct ca_url url;
    char *proxy;
    char *described; /* fingerprint of the description, or NULL */
    char *described_chain; /* PEM */
    bool cancelled;
};

static bool take_address(const struct session *s, struct look *look, struct ca_url *url, struct err *err)
{
    const char *name = answer_get(s, "ca");
    struct cadesc desc = {0};
    char *path = protocol_path(s);
    bool ok;
    if (!*name) {
        ok = ca_url_make(answer_true(s, "secure"), answer_get(s, "host"), atoi(answer_get(s, "port")), path, url, err);
    } else {
        ok = cadesc_find(name, &desc, err) && ca_url_make(true, desc.host, desc.port, path, url, err);
        look->described = ok ? xstrdup(desc.fingerprint) : NULL;
        look->described_chain = ok ? xstrdup(desc.chain_pem) : NULL;
    }
    cadesc_release(&desc);
    free(path);
    return ok;
}

struct look *look_start(const struct session *session, struct err *err)
{
    struct look *look = xcalloc(1, sizeof *look);
    const char *proxy = answer_get(session, "proxy");
    look->proxy = *proxy ? xstrdup(proxy) : NULL;
    bool ok = take_address(session, look, &look->url, err) && (look->db = nssdb_open(NULL, NSSDB_NONE, NULL, err)) != NULL;
    if (ok) {
        struct net_options options = {.proxy = look->proxy};
        look->run = first_contact_start(&options, look->db, &look->url, err);
        ok = look->run != NULL;
    }
    if (!ok) {
        look_free(look);
        return NULL;
    }
    return look;
}

/* In place of what the server did not show. */
static bool take_chain(struct look *look, const struct cert_list *cas, struct err *err)
{
    struct cert_list ordered = CERT_LIST_INIT;
    bool ok = chain_file_fits(look->db, &look->found, cas, &ordered, err);
    if (ok) {
        cert_list_release(&look->found.ca_chain);
        look->found.ca_chain = ordered;
        ordered = (struct cert_list)CERT_LIST_INIT;
    }
    cert_list_release(&ordered);
    return ok;
}

static void take_described(struct look *look)
{
    struct cert_list cas = CERT_LIST_INIT;
    struct err ignored = ERR_INIT;
    bool ok = look_tells_chain(look) || !look->described_chain ||
              (chain_file_parse(bytes_of_str(look->described_chain), &cas, &ignored) && take_chain(look, &cas, &ignored));
    (void)ok; /* else nothing is described, which is a finding, too */
    cert_list_release(&cas);
    err_release(&ignored);
}

bool look_shows_chain(const struct look *look)
{
    struct cert_list cas = CERT_LIST_INIT;
    first_contact_cas(&look->found, &cas);
    bool any = cas.n > 0;
    cert_list_release(&cas);
    return any;
}

bool look_tells_chain(const struct look *look)
{
    return look->found.ca_chain.n > 0;
}

bool look_take_file(struct look *look, const char *path, struct err *err)
{
    struct cert_list cas = CERT_LIST_INIT;
    bool ok = chain_file_read(path, &cas, err) && take_chain(look, &cas, err);
    cert_list_release(&cas);
    return ok;
}

enum look_state look_poll(struct look *look, int wait_ms, struct err *err)
{
    if (look->cancelled) {
        err_fail(err, ERR_FLOW_CANCELLED, NULL);
        return LOOK_FAILED;
    }
    switch (first_contact_poll(look->run, wait_ms, err)) {
    case EXCHANGE_RUNNING:
        return LOOK_RUNNING;
    case EXCHANGE_FAILED:
        return LOOK_FAILED;
    case EXCHANGE_DONE:
        break;
    }
    first_contact_take(look->run, &look->found);
    take_described(look);
    return LOOK_DONE;
}

void look_cancel(struct look *look)
{
    look->cancelled = true;
}

void look_free(struct look *look)
{
    if (!look) {
        return;
    }
    first_contact_free(look->run);
    first_contact_release(&look->found);
    nssdb_close(look->db);
    ca_url_release(&look->url);
    free(look->proxy);
    free(look->described);
    free(look->described_chain);
    free(look);
}

static const struct cert_list *chain_of(const struct look *look)
{
    return look->found.ca_chain.n ? &look->found.ca_chain : &look->found.tls_chain;
}

static char *print_of(const struct cert *c, bool colons)
{
    struct buf print = BUF_INIT(64);
    struct err ignored = ERR_INIT;
    char *text = !cert_fingerprint(c, HASH_SHA256, &print, &ignored) ? xstrdup("")
                 : colons                                           ? bytes_hex_colons(buf_peek(&print))
                                                                    : bytes_hex(buf_peek(&print));
    err_release(&ignored);
    buf_release(&print);
    return text;
}

/* 32 octets with colons are wider than a screen: two lines of 16. */
static void add_two_lines(struct buf *out, const char *print)
{
    const size_t half = 16 * 3;
    if (strlen(print) <= half) {
        buf_add(out, "  %s\n", print);
        return;
    }
    buf_add(out, "  %.*s\n  %s\n", (int)half, print, print + half);
}

char *look_chain_pem(const struct look *look)
{
    struct buf pem = BUF_INIT(BUF_MAX_TEXT);
    const struct cert_list *chain = chain_of(look);
    for (size_t i = 0; i < chain->n; i++) {
        bool ca = cert_is_ca(chain->v[i]);
        if (ca && !pem_encode(cert_der(chain->v[i]), "CERTIFICATE", 64, false, &pem)) {
            buf_clear(&pem); /* too much to be a chain */
            break;
        }
    }
    return buf_take_str(&pem);
}

char *look_chain_text(const struct look *look)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    const struct cert_list *chain = chain_of(look);
    for (size_t i = 0; i < chain->n; i++) {
        char *subject = cert_subject(chain->v[i]);
        buf_add(&out, "%s\n", subject);
        free(subject);
    }
    return buf_take_str(&out);
}

char *look_fingerprint(const struct look *look)
{
    const struct cert *ca = first_contact_asked(&look->found);
    return ca ? print_of(ca, true) : xstrdup("");
}

char *look_fingerprint_lines(const struct look *look)
{
    struct buf out = BUF_INIT(BUF_MAX_TEXT);
    char *print = look_fingerprint(look);
    add_two_lines(&out, print);
    free(print);
    return buf_take_str(&out);
}

#define VERSION_MS 3000

char *look_version(struct look *look)
{
    struct net_options options = {.proxy = look->proxy, .pinned_chain = chain_of(look), .connect_timeout_ms = VERSION_MS,
                                  .handshake_timeout_ms = VERSION_MS, .total_timeout_ms = VERSION_MS};
    char *raw = carest_version(&options, look->db, &look->url), *version = raw ? text_visible_str(raw) : NULL;
    free(raw);
    return version;
}

bool look_has_description(const struct look *look)
{
    return look->described != NULL;
}

bool look_is_described(const struct look *look)
{
    const struct cert_list *chain = chain_of(look);
    bool same = false;
    for (size_t i = 0; look->described && i < chain->n && !same; i++) {
        char *plain = print_of(chain->v[i], false), *colons = print_of(chain->v[i], true);
        same = cert_is_ca(chain->v[i]) && *plain &&
               (strcasecmp(plain, look->described) == 0 || strcasecmp(colons, look->described) == 0);
        free(plain);
        free(colons);
    }
    return same;
}
