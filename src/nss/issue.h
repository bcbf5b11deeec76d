/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMCW_NSS_ISSUE_H
#define CMCW_NSS_ISSUE_H
/*
 * Making certificates and CRLs (RFC 5280), for the practice CA and tests. DER out. Extensions are given as
 * octets that the issue_ext_* functions append, in the order in which they shall stand.
 */
#include "base/bytes.h"
#include "base/err.h"
#include "base/strv.h"
#include "nss/cert.h"
#include "nss/hash.h"
#include "nss/key.h"

struct issue_spec {
    struct bytes serial;      /* magnitude, big-endian */
    struct bytes issuer_der;  /* Name */
    struct bytes subject_der; /* Name */
    int64_t not_before, not_after;
    struct bytes spki;
    struct bytes extensions; /* concatenated Extension TLVs; empty: none */
    enum hash_alg hash;      /* of the signature; the algorithm follows from the key */
};
/* Signs a version 3 certificate with the issuer's key. Appended. */
bool issue_cert(struct key *issuer_key, const struct issue_spec *spec, struct buf *der,
                struct err *err) MUST_CHECK;

/* One Extension TLV around extnValue's content. critical FALSE is left out, as DER wants. All append. */
bool issue_ext(struct buf *out, const char *oid, bool critical, struct bytes value) MUST_CHECK;
bool issue_ext_aki(struct buf *out, struct bytes key_identifier) MUST_CHECK;
bool issue_ext_ski(struct buf *out, bool critical, struct bytes key_identifier) MUST_CHECK;
bool issue_ext_basic(struct buf *out, bool critical, bool is_ca, int path_len /* -1 none */) MUST_CHECK;
bool issue_ext_key_usage(struct buf *out, bool critical, unsigned bits /* KU_* */) MUST_CHECK;
bool issue_ext_eku(struct buf *out, bool critical, const struct strv *oids) MUST_CHECK;
/* AuthorityInfoAccess: n pairs of method OID and URI. */
struct issue_access {
    const char *method, *uri;
};
bool issue_ext_aia(struct buf *out, bool critical, const struct issue_access *list, size_t n) MUST_CHECK;
/* cRLDistributionPoints: one fullName URI each. */
bool issue_ext_crldp(struct buf *out, bool critical, const struct strv *uris) MUST_CHECK;
/* subjectAltName from texts as sans_encode() takes them. ERR_NSS_SAN. */
bool issue_ext_san(struct buf *out, bool critical, const struct strv *sans, struct err *err) MUST_CHECK;
bool issue_ext_ocsp_nocheck(struct buf *out, bool critical) MUST_CHECK;

struct issue_revoked {
    struct bytes serial; /* INTEGER content */
    int64_t when;
    int reason;         /* CRLReason; 0 writes no entry extension */
    int64_t invalidity; /* 0: none */
};
/* Version 2 CRL with cRLNumber and authorityKeyIdentifier. next_update 0: left out. Appended. */
bool issue_crl(struct key *issuer_key, const struct cert *issuer, const struct issue_revoked *list, size_t n,
               int64_t this_update, int64_t next_update, uint64_t number, enum hash_alg hash, struct buf *der,
               struct err *err) MUST_CHECK;
#endif
