/* SPDX-License-Identifier: Apache-2.0 */
/* Web services for agents: login and profiles. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "nss/pem.h"
#include "practice/respond.h"
#include "practice/rest.h"
#include "practice/store.h"

#define SESSION_COOKIE "JSESSIONID=practice-agent"

/* uid of the TLS client when it is an agent; NULL otherwise. */
static char *agent_uid(struct practice_ca *ca, const struct practice_request *request)
{
    char *uid = NULL;
    bool is = false;
    if (!request->tls_client || request->tls_client->n == 0 ||
        !store_agent_is(ca->store, cert_der(request->tls_client->v[0]), &uid, &is, NULL) || !is) {
        return NULL;
    }
    return uid;
}

void rest_login(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply)
{
    char *uid = agent_uid(ca, request);
    if (!uid) {
        respond_rest_error(reply, 401, "com.netscape.certsrv.base.UnauthorizedException", "No agent certificate.");
        return;
    }
    struct json *root = json_new_object();
    json_set_str(root, "id", uid);
    json_set_str(root, "FullName", uid);
    json_add_str(json_set_array(root, "Roles"), "Certificate Manager Agents");
    rest_no_attributes(root);
    respond_json(reply, 200, root);
    reply->cookie = xasprintf("%s; Path=%s; Secure; HttpOnly", SESSION_COOKIE, arg);
    free(uid);
}

/* An agent who has logged in; else the answer says why not. */
static bool agent_is_in(struct practice_ca *ca, const struct practice_request *request, struct practice_reply *reply)
{
    char *uid = agent_uid(ca, request);
    bool in = uid && request->cookie && strstr(request->cookie, SESSION_COOKIE);
    free(uid);
    if (!in) {
        respond_rest_error(reply, 403, "com.netscape.certsrv.base.ForbiddenException", "No user principal provided.");
    }
    return in;
}

static void profile_json(const struct profile *profile, const struct practice_request *request, bool whole, struct json *entry)
{
    if (whole) {
        json_set_str(entry, "id", profile->id);
        json_set_str(entry, "name", profile->name);
        json_set_str(entry, "description", profile->desc);
        json_set_bool(entry, "enabled", profile->enabled);
        json_set_bool(entry, "visible", false);
        json_set_str(entry, "authenticatorId", profile->auth);
        return;
    }
    char *url = xasprintf("https://localhost:%d/ca/rest/profiles/%s", request->port, profile->id);
    json_set_str(entry, "profileURL", url);
    json_set_str(entry, "profileId", profile->id);
    json_set_str(entry, "profileName", profile->name);
    json_set_str(entry, "profileDescription", profile->desc);
    free(url);
}

void rest_profiles(struct practice_ca *ca, const struct practice_request *request, const char *arg,
                   struct practice_reply *reply)
{
    if (!agent_is_in(ca, request, reply)) {
        return;
    }
    struct json *root = json_new_object();
    if (arg) {
        const struct profile *profile = profile_find(&ca->profiles, request->path + strlen(arg));
        if (!profile) {
            json_free(root);
            respond_rest_error(reply, 404, "com.netscape.certsrv.profile.ProfileNotFoundException", "Profile not found");
            return;
        }
        profile_json(profile, request, true, root);
    } else {
        json_set_num(root, "total", (double)ca->profiles.n);
        struct json *entries = json_set_array(root, "entries");
        for (size_t i = 0; i < ca->profiles.n; i++) {
            profile_json(&ca->profiles.v[i], request, false, json_add_object(entries));
        }
    }
    respond_json(reply, 200, root);
}

/* ---- the key recovery authority ---- */

static bool is_archived(struct practice_ca *ca, const char *serial)
{
    struct buf wrapped = BUF_INIT(BUF_MAX_TEXT), blob = BUF_INIT(BUF_MAX_TEXT);
    bool found = false;
    bool ok = store_key_find(ca->store, serial, &wrapped, &blob, &found, NULL);
    buf_release(&wrapped);
    buf_release(&blob);
    return ok && found;
}

/* Keys are numbered here as their certificates are. */
static void key_json(const struct practice_request *request, const struct cert_row *row, bool whole, struct json *entry)
{
    struct cert *cert = cert_from_der(buf_peek(&row->der), NULL);
    struct buf text = BUF_INIT(BUF_MAX_MESSAGE);
    char *url = xasprintf("https://localhost:%d/kra/rest/agent/keys/0x%s", request->port, row->serial);
    json_set_str(entry, "keyURL", url);
    json_set_str(entry, "status", "active");
    json_set_str(entry, "ownerName", row->subject);
    if (cert) {
        json_set_str(entry, "algorithm", cert_key_type(cert) == KEY_EC ? "1.2.840.10045.2.1" : "1.2.840.113549.1.1.1");
        json_set_num(entry, "size", cert_key_bits(cert));
    }
    if (whole && cert && base64_encode(cert_spki(cert), 64, true, &text)) {
        json_set_str(entry, "publicKey", buf_str(&text));
    }
    free(url);
    buf_release(&text);
    cert_free(cert);
}

struct page {
    long start, size, most;
    long total; /* counted, not more than most */
};

static long at_most(long n, long limit)
{
    return limit && n > limit ? limit : n;
}

/* As 11.3.1: everybody's keys, whatever owner is asked for; no more than maxResults, which the total hides; of these one page. */
void rest_keys(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply)
{
    (void)arg;
    struct cert_filter filter = {.at = request->at, .size = 1000000};
    struct cert_rows rows;
    if (!agent_is_in(ca, request, reply)) {
        return;
    }
    if (!store_cert_search(ca->store, &filter, &rows, NULL)) {
        respond_rest_error(reply, 500, "com.netscape.certsrv.base.PKIException", "The records could not be read.");
        return;
    }
    struct page page = {.start = rest_number(request->query, "start", 0),
                        .size = at_most(rest_number(request->query, "size", 20), ca->conf.keys_page),
                        .most = rest_number(request->query, "maxResults", 100)};
    struct json *root = json_new_object(), *entries = json_set_array(root, "entries");
    for (size_t i = 0; i < rows.n && page.total < page.most; i++) {
        if (!is_archived(ca, rows.v[i].serial)) {
            continue;
        }
        bool listed = page.total >= page.start && page.total < page.start + page.size;
        if (listed && (!ca->conf.keys_most || page.total < ca->conf.keys_most)) {
            key_json(request, &rows.v[i], false, json_add_object(entries));
        }
        page.total++;
    }
    json_set_num(root, "total", (double)page.total);
    cert_rows_release(&rows);
    respond_json(reply, 200, root);
}

void rest_key_show(struct practice_ca *ca, const struct practice_request *request, const char *arg, struct practice_reply *reply)
{
    struct cert_row row;
    bool found = false;
    if (!agent_is_in(ca, request, reply)) {
        return;
    }
    char *serial = rest_serial(request->path + strlen(arg));
    bool ok = serial && store_cert_find(ca->store, BYTES_NONE, serial, &row, &found, NULL) && found;
    if (ok && is_archived(ca, serial)) {
        struct json *root = json_new_object();
        key_json(request, &row, true, root);
        respond_json(reply, 200, root);
    } else {
        respond_rest_error(reply, 404, "com.netscape.certsrv.key.KeyNotFoundException", "key not found");
    }
    if (ok) {
        cert_row_release(&row);
    }
    free(serial);
}
