/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "flow/protocol.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "flow/answers.h"
#include "flow/cadesc.h"
#include "flow/session.h"
#include "net/submit.h"

static bool description_is_est(const struct session *session)
{
    struct cadesc desc = {0};
    bool est = cadesc_known(answer_get(session, "ca"), &desc) && strcmp(desc.protocol, "est") == 0;
    cadesc_release(&desc);
    return est;
}

bool protocol_is_est(const struct session *session)
{
    const char *servlet = answer_get(session, "servlet"), *protocol = answer_get(session, "protocol");
    if (*servlet) {
        return text_starts(servlet, NET_EST_FOLDER);
    }
    return *protocol ? strcmp(protocol, "est") == 0 : description_is_est(session);
}

/* RFC 7030 section 3.2.2: a label may choose among an EST server's CAs or profiles. Caller frees. */
static char *label_of(const struct session *session)
{
    const char *given = answer_get(session, "profile");
    struct cadesc desc = {0};
    const char *profile = NULL;
    if (!*given && cadesc_known(answer_get(session, "ca"), &desc)) {
        profile = cadesc_profile(&desc, answer_get(session, "purpose"));
    }
    char *label = xstrdup(profile ? profile : given);
    cadesc_release(&desc);
    return label;
}

char *protocol_path(const struct session *session)
{
    const char *servlet = answer_get(session, "servlet");
    if (!protocol_is_est(session)) {
        return xstrdup("/");
    }
    if (*servlet) {
        return xstrdup(servlet);
    }
    char *label = label_of(session);
    char *path = *label ? xasprintf(NET_EST_FOLDER "%s/fullcmc", label) : xstrdup(NET_EST_FOLDER "fullcmc");
    free(label);
    return path;
}
