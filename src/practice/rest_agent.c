/* SPDX-License-Identifier: Apache-2.0 */
/* Web services for agents: login and profiles. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
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
    (void)arg;
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
    reply->cookie = xstrdup(SESSION_COOKIE "; Path=/ca; Secure; HttpOnly");
    free(uid);
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
    char *uid = agent_uid(ca, request);
    bool in = uid && request->cookie && strstr(request->cookie, SESSION_COOKIE);
    free(uid);
    if (!in) {
        respond_rest_error(reply, 403, "com.netscape.certsrv.base.ForbiddenException", "No user principal provided.");
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
