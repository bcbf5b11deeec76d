/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of certificates. */
#include "config.h"

#include <stdlib.h>

#include "nss/cert.h"

void cert_list_push_take(struct cert_list *list, struct cert *taken)
{
    list->v = xrealloc(list->v, (list->n + 1) * sizeof(struct cert *));
    list->v[list->n++] = taken;
}

void cert_list_push(struct cert_list *list, const struct cert *referenced)
{
    /* Only the reference count changes, so a const certificate can be shared. */
    cert_list_push_take(list, cert_ref((struct cert *)(uintptr_t)referenced));
}

struct cert *cert_list_find_spki(const struct cert_list *list, struct bytes spki)
{
    for (size_t i = 0; i < list->n; i++) {
        if (bytes_equal(cert_spki(list->v[i]), spki)) {
            return list->v[i];
        }
    }
    return NULL;
}

struct cert *cert_list_find_der(const struct cert_list *list, struct bytes der)
{
    for (size_t i = 0; i < list->n; i++) {
        if (bytes_equal(cert_der(list->v[i]), der)) {
            return list->v[i];
        }
    }
    return NULL;
}

struct cert *cert_list_find_issuer_serial(const struct cert_list *list, struct bytes issuer_der,
                                          struct bytes serial)
{
    for (size_t i = 0; i < list->n; i++) {
        if (bytes_equal(cert_issuer_der(list->v[i]), issuer_der) &&
            bytes_equal(cert_serial(list->v[i]), serial)) {
            return list->v[i];
        }
    }
    return NULL;
}

struct cert *cert_list_find_ski(const struct cert_list *list, struct bytes ski)
{
    for (size_t i = 0; ski.len && i < list->n; i++) {
        if (bytes_equal(cert_ski(list->v[i]), ski)) {
            return list->v[i];
        }
    }
    return NULL;
}

bool cert_list_has(const struct cert_list *list, const struct cert *cert)
{
    return cert_list_find_der(list, cert_der(cert)) != NULL;
}

void cert_list_release(struct cert_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        cert_free(list->v[i]);
    }
    free(list->v);
    *list = (struct cert_list)CERT_LIST_INIT;
}
