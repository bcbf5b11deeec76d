/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates from files into the database: order, names as NSS gives them, verification before anything is stored. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "nss/cert.h"
#include "nss/certdb.h"
#include "nss/chain.h"
#include "nss/dn.h"
#include "nss/key.h"
#include "nss/nssdb.h"
#include "tools/pki.h"

static bool is_issuer_of_another(const struct cert_list *list, const struct cert *cert)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->v[i] != cert && bytes_equal(cert_issuer_der(list->v[i]), cert_subject_der(cert))) {
            return true;
        }
    }
    return false;
}

void pki_sort(const struct cert_list *in, struct cert_list *out)
{
    struct cert_list chain = CERT_LIST_INIT;
    for (size_t i = 0; !chain.n && i < in->n; i++) {
        if (!is_issuer_of_another(in, in->v[i]) && !chain_order(in->v[i], in, &chain, NULL)) {
            cert_list_release(&chain);
        }
    }
    for (size_t i = chain.n; i-- > 0;) {
        cert_list_push(out, chain.v[i]);
    }
    for (size_t i = 0; i < in->n; i++) {
        if (!cert_list_has(out, in->v[i])) {
            cert_list_push(out, in->v[i]);
        }
    }
    cert_list_release(&chain);
}

char *pki_ca_nickname(struct pki *p, const struct cert *cert)
{
    struct bytes subject = cert_subject_der(cert);
    char *first = dn_value(subject, "CN"), *org = dn_value(subject, "O");
    first = first ? first : dn_value(subject, "OU");
    char *base = first && org ? xasprintf("%s - %s", first, org) : first ? xstrdup(first) : org ? xstrdup(org) : NULL;
    for (char *c = base; c && *c; c++) {
        *c = *c == ':' || (unsigned char)*c < ' ' ? ' ' : *c;
    }
    char *name = base ? xstrdup(base) : certdb_nickname_suggest(p->engine.db, p->token, subject, NULL);
    for (int i = 2; base && i < 100 && !certdb_nickname_free(p->engine.db, p->token, name, subject, NULL); i++) {
        free(name);
        name = xasprintf("%s #%d", base, i);
    }
    free(base);
    free(org);
    free(first);
    return name;
}

/* Issuers by name, of the list and of the database. */
static void issuers_of(struct pki *p, const struct cert *cert, const struct cert_list *certs, struct cert_list *out)
{
    for (size_t i = 0; i < certs->n; i++) {
        if (bytes_equal(cert_subject_der(certs->v[i]), cert_issuer_der(cert))) {
            cert_list_push(out, certs->v[i]);
        }
    }
    certdb_find_subject(p->engine.db, cert_issuer_der(cert), out);
}

static bool verify_one(struct pki *p, const char *tool, const struct cert *cert, const struct cert_list *certs,
                       struct err *err)
{
    struct cert_list issuers = CERT_LIST_INIT;
    issuers_of(p, cert, certs, &issuers);
    bool ok = false;
    for (size_t i = 0; !ok && i < issuers.n; i++) {
        ok = cert_signed_by(cert, issuers.v[i], NULL);
    }
    char *subject = cert_subject(cert);
    if (!issuers.n) {
        ok = true;
        fprintf(stderr, "%s: warning: the issuer of %s is not known here: its signature was not checked\n", tool,
                subject);
    } else if (!ok) {
        err_fail(err, ERR_NSS_CHAIN_SIGNATURE, "%s", subject);
    }
    free(subject);
    cert_list_release(&issuers);
    return ok;
}

bool pki_verify(struct pki *p, const char *tool, const struct cert_list *certs, struct err *err)
{
    for (size_t i = 0; i < certs->n; i++) {
        if (!verify_one(p, tool, certs->v[i], certs, err)) {
            return false;
        }
    }
    return true;
}

/* The certificate that gets the nickname: with a key here, else the one that issued none of the others. */
static struct cert *named_one(struct pki *p, const struct cert_list *certs, bool ca)
{
    struct cert *found = NULL;
    for (size_t i = 0; !ca && !found && i < certs->n; i++) {
        struct key *key = key_of_cert(p->engine.db, certs->v[i], NULL);
        if (key) {
            found = certs->v[i];
        }
        key_free(key);
    }
    for (size_t i = 0; !found && i < certs->n; i++) {
        bool lowest =
            ca ? cert_is_self_signed(certs->v[i]) || certs->n == 1 : !is_issuer_of_another(certs, certs->v[i]);
        found = lowest ? certs->v[i] : NULL;
    }
    return found ? found : certs->v[0];
}

bool pki_import_certs(struct pki *p, const char *tool, const struct cert_list *certs, const struct pki_import *how,
                      char **stored, struct err *err)
{
    struct cert_list ordered = CERT_LIST_INIT;
    struct cert *named = certs->n ? named_one(p, certs, how->ca) : NULL;
    bool ok = (named || err_fail(err, ERR_NSS_NO_CERTS, NULL)) && pki_verify(p, tool, certs, err);
    /* A taken nickname is known before the first one is stored. */
    ok = ok &&
         (!how->nickname || certdb_nickname_free(p->engine.db, p->token, how->nickname, cert_subject_der(named), err));
    pki_sort(certs, &ordered);
    for (size_t i = 0; ok && i < ordered.n; i++) {
        struct cert *cert = ordered.v[i];
        bool this_one = cert == named;
        char *nickname = this_one && how->nickname ? xstrdup(how->nickname) : pki_ca_nickname(p, cert);
        const char *trust = this_one ? how->trust : cert_is_self_signed(cert) ? how->ca_trust : NULL;
        ok = certdb_import(p->engine.db, p->token, cert, nickname, trust, err);
        if (ok && this_one) {
            *stored = certdb_nickname_of(p->engine.db, cert);
        }
        free(nickname);
    }
    cert_list_release(&ordered);
    return ok;
}
