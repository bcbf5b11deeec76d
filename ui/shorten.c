/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ui/shorten.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PARAMETERS_MAX 32 /* of one sequence; more are handed on as they are */

/* Where the output stands. Sequences that set attributes (SGR) are held back until something else comes: what follows one another
 * becomes one. */
struct output {
    char *text;
    size_t len;
    bool plain;       /* all attributes are known to be off */
    bool latin;       /* the usual character set is known to be chosen */
    bool held, reset; /* something is held back; it begins with all attributes off */
    char parameters[PARAMETERS_MAX + 1];
};

static void put(struct output *o, const char *text, size_t len)
{
    memmove(o->text + o->len, text, len);
    o->len += len;
}

static void put_held(struct output *o)
{
    char sequence[PARAMETERS_MAX + 8];
    bool off = o->reset && !o->plain, more = *o->parameters != '\0';
    if (off || more) {
        int n = snprintf(sequence, sizeof sequence, "\033[%s%sm", off && more ? "0;" : "", o->parameters);
        put(o, sequence, (size_t)n);
    }
    o->plain = (o->plain || o->reset) && !more;
    o->held = o->reset = false;
    o->parameters[0] = '\0';
}

static bool is_parameter(char c)
{
    return (c >= '0' && c <= '9') || c == ';';
}

/* The length of the sequence that sets attributes at text: "ESC [ digits and semicolons m"; 0 when there is none. */
static size_t attributes_at(const char *text, size_t len)
{
    size_t n = 2;
    if (len < 3 || text[0] != '\033' || text[1] != '[') {
        return 0;
    }
    while (n < len && is_parameter(text[n])) {
        n++;
    }
    return n < len && text[n] == 'm' && n - 2 <= PARAMETERS_MAX / 2 ? n + 1 : 0;
}

static void hold(struct output *o, const char *parameters, size_t len)
{
    bool off = len == 0 || (parameters[0] == '0' && (len == 1 || parameters[1] == ';'));
    if (off) { /* whatever was set before is lost */
        size_t skip = len > 1 ? 2 : len;
        parameters += skip;
        len -= skip;
        o->reset = true;
        o->parameters[0] = '\0';
    }
    size_t used = strlen(o->parameters);
    if (used + 1 + len > PARAMETERS_MAX) {
        put_held(o);
        used = 0;
    }
    if (len > 0) {
        snprintf(o->parameters + used, sizeof o->parameters - used, "%s%.*s", used ? ";" : "", (int)len, parameters);
    }
    o->held = true;
}

/* Of a sequence that is handed on: what it does to what is known. */
static void note_other(struct output *o, const char *text, size_t len)
{
    size_t n = 2;
    if (len > 2 && text[1] == '(') {
        o->latin = false;
        return;
    }
    while (n < len && is_parameter(text[n])) {
        n++;
    }
    /* Those that are not as simple as a movement of the cursor may put back what was saved. */
    bool simple = n < len && text[1] == '[' && text[n] >= '@' && text[n] != 'm' && text[n] != 'u';
    o->plain = o->plain && simple;
    o->latin = o->latin && simple;
}

size_t shorten(char *text, size_t len)
{
    struct output o = {.text = text};
    for (size_t i = 0; i < len;) {
        const char *at = text + i;
        size_t attributes = attributes_at(at, len - i);
        if (attributes) {
            hold(&o, at + 2, attributes - 3);
            i += attributes;
            continue;
        }
        if (len - i >= 3 && memcmp(at, "\033(B", 3) == 0) { /* no matter whether before or after what is held back */
            put(&o, at, o.latin ? 0 : 3);
            o.latin = true;
            i += 3;
            continue;
        }
        if (o.held) {
            put_held(&o);
        }
        if (*at == '\033') {
            note_other(&o, at, len - i);
        }
        put(&o, at, 1);
        i++;
    }
    if (o.held) {
        put_held(&o);
    }
    return o.len;
}
