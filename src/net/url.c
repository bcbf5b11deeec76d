/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "net/transport.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "net/internal.h"

/* To add one: a row here and one in transport.c. */
static const struct scheme {
    const char *name;
    int port;
    bool tls;
    bool has_host;
} schemes[] = {
    {"https", 443, true, true},
    {"http", 80, false, true},
    {"replay", 0, false, false},
};

static const struct scheme *scheme_find(const char *text, size_t len)
{
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        if (strlen(schemes[i].name) == len && strncasecmp(schemes[i].name, text, len) == 0) {
            return &schemes[i];
        }
    }
    return NULL;
}

static bool url_fail(struct err *err, const char *text, const char *why)
{
    char *shown = text_visible_str(text);
    if (why) {
        err_fail(err, ERR_NET_URL, "%s", why);
    } else {
        err_fail(err, ERR_NET_PORT, NULL);
    }
    err_context(err, _("Address: %s"), shown);
    free(shown);
    return false;
}

/* A DNS name, an IPv4 address, or with colons an IPv6 address. */
static bool host_ok(const char *host)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    size_t len = strlen(host);
    if (len == 0 || len > 253 || host[0] == '-' || host[0] == '.') {
        return false;
    }
    if (strchr(host, ':')) {
        return strspn(host, "0123456789abcdefABCDEF:.") == len;
    }
    return strspn(host, allowed) == len;
}

static bool path_ok(const char *path)
{
    for (const unsigned char *p = (const unsigned char *)path; *p; p++) {
        if (*p <= 0x20 || *p >= 0x7f || *p == '#') {
            return false;
        }
    }
    return strlen(path) <= 8192;
}

static void path_split(const char *path_query, char **path, char **query)
{
    const char *mark = strchr(path_query, '?');
    size_t len = mark ? (size_t)(mark - path_query) : strlen(path_query);
    *path = len == 0 ? xstrdup("/") : xstrndup(path_query, len);
    *query = xstrdup(mark ? mark + 1 : "");
}

/* Reads "host:port" at text; returns where it stopped, NULL when it is not one. port stays when none is given, and is -1 when a
 * number stands there that is no port. */
static const char *authority_parse(const char *text, char **host, int *port)
{
    const char *end;
    if (*text == '[') {
        end = strchr(text, ']');
        if (!end || !memchr(text, ':', (size_t)(end - text))) {
            return NULL;
        }
        *host = xstrndup(text + 1, (size_t)(end - text - 1));
        end++;
    } else {
        end = text + strcspn(text, ":/?#@");
        *host = xstrndup(text, (size_t)(end - text));
    }
    if (*end == ':') {
        size_t digits = strspn(end + 1, "0123456789");
        long number = digits > 0 && digits <= 5 ? strtol(end + 1, NULL, 10) : 0;
        if (number < 1 || number > 65535) {
            *port = digits > 0 && strchr("/?", end[1 + digits]) ? -1 : *port;
            return NULL;
        }
        *port = (int)number;
        end += 1 + digits;
    }
    return *end == '\0' || *end == '/' || *end == '?' ? end : NULL;
}

bool ca_url_parse(const char *text, struct ca_url *out, struct err *err)
{
    const char *colon = strchr(text, ':');
    const struct scheme *scheme = colon ? scheme_find(text, (size_t)(colon - text)) : NULL;
    *out = (struct ca_url){0};
    if (!scheme) {
        return url_fail(err, text, _("It does not begin with https:// or http://."));
    }
    out->scheme = scheme->name;
    out->tls = scheme->tls;
    out->port = scheme->port;
    if (!scheme->has_host) {
        out->host = xstrdup("");
        out->path = xstrdup(colon + 1);
        out->query = xstrdup("");
        return true;
    }
    const char *rest = text_starts(colon, "://") ? authority_parse(colon + 3, &out->host, &out->port) : NULL;
    bool good = rest && host_ok(out->host);
    if (good) {
        good = path_ok(rest);
        path_split(*rest == '?' ? "/" : rest, &out->path, &out->query);
        if (*rest == '?') {
            free(out->query);
            out->query = xstrdup(rest + 1);
        }
    }
    if (!good) {
        bool bad_port = out->port < 0;
        ca_url_release(out);
        return url_fail(err, text, bad_port ? NULL : _("Host name, port or path cannot be read."));
    }
    return true;
}

/* Only its port is looked at here: libcurl says of a bad one that the proxy's name is not known. */
bool net_proxy_check(const char *proxy, struct err *err)
{
    const char *host = strstr(proxy, "://"), *at = strrchr(proxy, '@');
    host = at ? at + 1 : host ? host + 3 : proxy;
    char *name = NULL;
    int port = 0;
    const char *rest = authority_parse(host, &name, &port);
    free(name);
    return rest || port >= 0 || url_fail(err, proxy, NULL);
}

bool ca_url_make(bool tls, const char *host, int port, const char *servlet, struct ca_url *out, struct err *err)
{
    *out = (struct ca_url){0};
    size_t len = strlen(host);
    bool brackets = len > 2 && host[0] == '[' && host[len - 1] == ']';
    char *name = brackets ? xstrndup(host + 1, len - 2) : xstrdup(host);
    const char *path = servlet ? servlet : "";
    if (!host_ok(name)) {
        free(name);
        return url_fail(err, host, _("This is not a host name or address."));
    }
    if (port < 0 || port > 65535) {
        free(name);
        char *address = xasprintf("%s:%d", host, port);
        url_fail(err, address, NULL);
        free(address);
        return false;
    }
    if (!path_ok(path) || (*path && *path != '/')) {
        free(name);
        return url_fail(err, path, _("The path must begin with / and have no blanks."));
    }
    out->scheme = tls ? "https" : "http";
    out->tls = tls;
    out->host = name;
    out->port = port ? port : tls ? 443 : 80;
    path_split(path, &out->path, &out->query);
    return true;
}

void ca_url_copy(const struct ca_url *from, struct ca_url *out)
{
    *out = (struct ca_url){.host = xstrdup(from->host),
                           .port = from->port,
                           .tls = from->tls,
                           .path = xstrdup(from->path),
                           .query = xstrdup(from->query),
                           .scheme = from->scheme};
}

void ca_url_with_path(const struct ca_url *from, const char *path_query, struct ca_url *out)
{
    ca_url_copy(from, out);
    free(out->path);
    free(out->query);
    path_split(path_query, &out->path, &out->query);
}

char *ca_url_authority(const struct ca_url *url, int leave_out)
{
    const char *open = strchr(url->host, ':') ? "[" : "";
    const char *close = *open ? "]" : "";
    if (url->port == leave_out) {
        return xasprintf("%s%s%s", open, url->host, close);
    }
    return xasprintf("%s%s%s:%d", open, url->host, close, url->port);
}

char *ca_url_path_query(const struct ca_url *url)
{
    return xasprintf("%s%s%s", url->path, *url->query ? "?" : "", url->query);
}

char *ca_url_text(const struct ca_url *url)
{
    if (strcmp(url->scheme, "replay") == 0) {
        return xasprintf("replay:%s", url->path);
    }
    char *authority = ca_url_authority(url, url->tls ? 443 : 80);
    char *path = ca_url_path_query(url);
    char *text = xasprintf("%s://%s%s", url->scheme, authority, path);
    free(authority);
    free(path);
    return text;
}

void ca_url_release(struct ca_url *url)
{
    free(url->host);
    free(url->path);
    free(url->query);
    *url = (struct ca_url){0};
}
