/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "interop/replay/replay.h"

#include <string.h>

#include "cmc/status.h"

#define NO_TRANSPORT_KEY "the recorded KRA's transport key is not there, so its blob cannot be opened by ours"

/* To add one: a row, with the reason and what ours answers instead. */
static const struct exception exceptions[] = {
    {"archival-ec", -1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
    {"archival-rsa-aescbc", -1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
    {"archival-rsa-pop", -1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
    {"epop-archival-rsa", 1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
    {"oaep-archival-rsa", -1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
    {"py-arch-cbc128", -1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
    {"py-arch-ec-nsswrap", -1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
    {"py-arch-nsswrap", -1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
    {"py-oaep-arch-sha256", -1, NO_TRANSPORT_KEY, CMC_STATUS_FAILED, CMC_FAIL_INTERNAL_CA_ERROR},
};

#define RAW_SKI "a subjectKeyIdentifier without its OCTET STRING is taken (RFC 5280 4.2.1.2)"
#define KWP "id-aes128-wrap-pad is not the wrap of RFC 5649 here, which is refused"
#define SHA2_NULL "a SHA-2 identifier without parameters is refused (RFC 5754 section 2)"
#define PAGE_200 "an error page comes with HTTP 200"
#define ISSUER "the issuer in a signed revocation is not compared (RFC 5272 6.11)"
#define ASCII_ONLY "a UTF-8 text beyond ASCII does not prove anything (RFC 5272 6.2)"

/* What the recorded server does wrong. To add one: a row, with what is wrong and the section that says so. */
static const struct server_bug bugs[] = {
    {"archival-rsa-aeskwp-wrapped", -1, KWP},
    {"multi-two-pkcs10", -1, "a PKIData with two requests is refused (RFC 5272 3.2.1)"},
    {"neg-chunked", -1, "a chunked body is not read (RFC 9112 7.1)"},
    {"neg-epop-ec", -1, "an EC key that should be proven in two trips is an internal error, without a reason"},
    {"neg-garbage-body-selfsigned", -1, PAGE_200},
    {"neg-get", -1, PAGE_200},
    {"neg-no-content-length", -1, PAGE_200},
    {"neg-plw-py-crmf-none", -1, "popLinkWitness is demanded, and a CRMF with popLinkRandom alone passes (RFC 5272 6.3)"},
    {"neg-py-agent-digestalg-nonull", -1, SHA2_NULL},
    {"neg-py-arch-kwp", -1, KWP},
    {"neg-py-sst-crmf-ski-absent", -1, "the text is a Java exception"},
    {"neg-py-sst-crmf-ski-wrapped", -1, "a subjectKeyIdentifier as in RFC 5280 4.2.1.2 is refused"},
    {"neg-py-sst-digestalg-nonull", -1, SHA2_NULL},
    {"neg-rev-user-wrong-issuer", -1, ISSUER},
    {"neg-rev-wrong-issuer", -1, ISSUER},
    {"neg-trailing-garbage", -1, "octets behind the message are not looked at"},
    {"py-agent-bpid-0", -1, "bodyPartID 0 is taken (RFC 5272 3.2.2 reserves it)"},
    {"py-agent-dup-bpid", -1, "a bodyPartID that stands twice is taken (RFC 5272 3.2.2)"},
    {"py-agent-emptysubject", -1, "an empty subject is an internal error, without a reason"},
    {"py-epop-replay", 2, "a proof by decryptedPOP counts more than once"},
    {"py-sst-crmf-ec-ski-raw", -1, RAW_SKI},
    {"py-sst-crmf-ski-raw", -1, RAW_SKI},
    {"py-sst-crmf-ski-wrapped-sid22", -1, "the identifier's OCTET STRING counts as a part of it"},
    {"py-sst-sha384", -1, "SHA-384 is named in the request and not known (RFC 5272 6.2.1)"},
    {"py-sst-wrong-plw-notrequired", -1, "a wrong popLinkWitnessV2 passes where none is demanded (RFC 5272 6.3)"},
    {"rev-agent-at-CMCRevReq", -1, PAGE_200 ", and nothing is revoked"},
    {"sst-crmf-ec", -1, RAW_SKI},
    {"sst-crmf-rsa", -1, RAW_SKI},
    {"sst-nonascii-ident", -1, ASCII_ONLY},
    {"sst-nonascii-secret", -1, ASCII_ONLY},
};

const struct server_bug *server_bug_find(const char *name, int step)
{
    for (size_t i = 0; i < ARRAY_LEN(bugs); i++) {
        if (strcmp(bugs[i].name, name) == 0 && (bugs[i].step < 0 || bugs[i].step == step)) {
            return &bugs[i];
        }
    }
    return NULL;
}

static bool is_replayed(const struct recording *recording, const struct server_bug *bug)
{
    for (size_t i = 0; i < recording->n; i++) {
        if (server_bug_find(recording->v[i].name, recording->v[i].step) == bug) {
            return true;
        }
    }
    return false;
}

const struct server_bug *server_bug_without_case(const struct recording *recording)
{
    for (size_t i = 0; i < ARRAY_LEN(bugs); i++) {
        if (!is_replayed(recording, &bugs[i])) {
            return &bugs[i];
        }
    }
    return NULL;
}

const struct exception *exception_find(const char *name, int step)
{
    for (size_t i = 0; i < ARRAY_LEN(exceptions); i++) {
        if (strcmp(exceptions[i].name, name) == 0 && (exceptions[i].step < 0 || exceptions[i].step == step)) {
            return &exceptions[i];
        }
    }
    return NULL;
}

size_t exception_count(void)
{
    return ARRAY_LEN(exceptions);
}
