/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

char *path_join(const char *a, const char *b)
{
    if (!*a || *b == '/') {
        return xstrdup(b);
    }
    if (!*b) {
        return xstrdup(a);
    }
    return xasprintf("%s%s%s", a, a[strlen(a) - 1] == '/' ? "" : "/", b);
}

char *path_absolute(const char *path)
{
    if (*path == '/') {
        return xstrdup(path);
    }
    char *here = getcwd(NULL, 0);
    char *absolute = path_join(here ? here : "/", path);
    free(here);
    return absolute;
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

char *path_dir(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) {
        return xstrdup(".");
    }
    return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

/* $HOME, else what the user database says, else "/". Caller frees. */
static char *home(void)
{
    const char *given = getenv("HOME");
    if (given && *given == '/') {
        return xstrdup(given);
    }
    char room[4096];
    struct passwd entry;
    struct passwd *found = NULL;
    if (getpwuid_r(getuid(), &entry, room, sizeof(room), &found) != 0 || !found || !found->pw_dir) {
        return xstrdup("/");
    }
    return xstrdup(*found->pw_dir == '/' ? found->pw_dir : "/");
}

char *path_expand_home(const char *path)
{
    if (path[0] != '~' || (path[1] != '\0' && path[1] != '/')) {
        return xstrdup(path);
    }
    char *base = home();
    char *expanded = path_join(base, path + 1 + strspn(path + 1, "/"));
    free(base);
    return expanded;
}

char *xdg_path(enum xdg_dir which, const char *below)
{
    /* To add one: a row at the place of its XDG_. */
    static const struct {
        const char *variable;
        const char *otherwise;
    } rows[] = {
        [XDG_STATE] = {"XDG_STATE_HOME", ".local/state"},
        [XDG_CONFIG] = {"XDG_CONFIG_HOME", ".config"},
        [XDG_DATA] = {"XDG_DATA_HOME", ".local/share"},
    };
    const char *given = getenv(rows[which].variable);
    char *base = NULL;
    if (given && *given == '/') { /* relative ones are to be ignored */
        base = xstrdup(given);
    } else {
        char *at = home();
        base = path_join(at, rows[which].otherwise);
        free(at);
    }
    char *own = path_join(base, "cmc-wizard");
    char *path = path_join(own, below);
    free(own);
    free(base);
    return path;
}

char *path_tilde(const char *path)
{
    const char *home = getenv("HOME");
    size_t n = home ? strlen(home) : 0;
    bool below = n > 1 && strncmp(path, home, n) == 0 && path[n] == '/';
    return below ? xasprintf("~%s", path + n) : xstrdup(path);
}
