/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The helpdesk's pages for a secret at 80x24: made or typed, the CA's padding, into a file, an LDIF, a directory (slapd), and taken
 * back; and the page for the CA's administrator. What a file holds is judged with openssl.
 */
#include "tests/screens/user.h"

#include <stdio.h>

/* An issuance protection certificate of our own, whose key is here. */
static struct {
    char *cert, *key;
} P;

static bool shell(const char *command)
{
    int status = system(command);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int setup_all(void **state)
{
    if (setup(state) != 0) {
        return -1;
    }
    P.cert = path_join(W.dir, "protection.pem");
    P.key = path_join(W.dir, "protection.key");
    char *make = xasprintf("openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=protection -addext basicConstraints=CA:FALSE "
                           "-keyout '%s' -out '%s' 2> /dev/null",
                           P.key, P.cert);
    bool ok = shell(make);
    free(make);
    return ok ? 0 : -1;
}

static int teardown_all(void **state)
{
    free(P.cert);
    free(P.key);
    return teardown(state);
}

static void see_not(struct user *u, const char *text)
{
    term_settle(u->t, 60);
    assert_int_equal(term_find(u->t, text, NULL), -1);
}

/* The row with the cursor's mark holds the text. */
static bool marked(struct user *u, const char *text)
{
    int row = term_find(u->t, "▸", NULL);
    char *line = row >= 0 ? term_row(u->t, row) : NULL;
    bool here = line && strstr(line, text);
    free(line);
    return here;
}

static void tab_to(struct user *u, const char *text)
{
    see(u, text);
    for (int i = 0; i < 20; i++) {
        term_settle(u->t, 60);
        if (marked(u, text)) {
            return;
        }
        type(u, "<Tab>");
    }
    fail_msg("cannot go to %s", text);
}

static void desk_page(struct user *u, const char *job)
{
    user_start(u, (struct start){.rows = 24, .cols = 80});
    see(u, "What would you like to do?");
    go_to(u, "Helpdesk and CA agents");
    type(u, "<Space><Enter>");
    see(u, "What does the helpdesk want to do?");
    go_to(u, job);
    type(u, "<Space><Enter>");
}

static void leave(struct user *u)
{
    type(u, "<C-s>");
    int status = 0;
    assert_true(term_wait_exit(u->t, WAIT_MS, &status));
    assert_true(WIFEXITED(status));
}

/* The certificate's page, with our certificate, and on to the next. */
static void give_cert(struct user *u, bool oaep)
{
    see(u, "Which certificate protects secrets at the CA?");
    term_paste(u->t, P.cert);
    see(u, "CN=protection");
    expect_calm(u);
    if (oaep) {
        tab_to(u, "RSA-OAEP");
        type(u, "<Space>");
        see(u, "[x] RSA-OAEP");
    }
    type(u, "<Enter>");
    see(u, "Where does the token go?");
    expect_calm(u);
}

/* SEQUENCE { OCTET STRING of 256 octets, OCTET STRING }: the session key is at 8, the ciphertext at 266. */
static bool opens_to(const char *base64_file, const char *oaep, const char *secret)
{
    char *command = xasprintf(
        "cd '%s' && openssl base64 -A -d -in '%s' -out t.der && tail -c +9 t.der | head -c 256 > t.key && tail -c +267 t.der > t.enc && "
        "openssl pkeyutl -decrypt -inkey '%s' -in t.key %s -out t.session 2> /dev/null && "
        "[ \"$(openssl enc -d -aes-128-cbc -K $(od -An -tx1 t.session | tr -d ' \\n') -iv 01010101010101010101010101010101 -in t.enc)\" "
        "= '%s' ] 2> /dev/null",
        W.dir, base64_file, P.key, oaep ? oaep : "-pkeyopt rsa_padding_mode:pkcs1", secret);
    bool ok = shell(command);
    free(command);
    return ok;
}
#define OAEP "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256"

static char *read_text(const char *path)
{
    struct buf text = BUF_INIT(BUF_MAX_TEXT);
    struct err err = ERR_INIT;
    assert_true(file_read(path, &text, &err));
    return buf_take_str(&text);
}

/* No directory is known: the user ID is typed. The secret is typed too, and judged; the token goes into a file. */
static void test_file(void **state)
{
    (void)state;
    struct user u;
    user_init(&u, false);
    char *file = path_join(u.home, "jdoe.token");
    desk_page(&u, "Make a secret for a user");
    see(&u, "Who shall get a secret?");
    page_is(&u, "token-user");
    see_not(&u, "Look in the directory");
    expect_calm(&u);
    type(&u, "jd*e<Enter>");
    see(&u, "A user id has none of these");
    type(&u, "<BS><BS>oe");
    tab_to(&u, "Make one");
    type(&u, "<Down><Space>");
    tab_to(&u, "Your own secret");
    type(&u, "abc");
    see(&u, "Easily guessed by a machine");
    expect_calm(&u);
    type(&u, "<BS><BS><BS>ABC");
    see(&u, "Is Caps Lock on?");
    type(&u, "<BS><BS><BS>Tr0ub4dor-and-more-of-that");
    see(&u, "Strong.");
    see_not(&u, "Tr0ub4dor");
    type(&u, "<C-r>");
    see(&u, "Tr0ub4dor-and-more-of-that");
    type(&u, "<C-r>");
    term_expect_gone(u.t, "Tr0ub4dor", WAIT_MS);
    type(&u, "<Enter>");
    give_cert(&u, true);
    go_to(&u, "Into a file");
    type(&u, "<Space>");
    tab_to(&u, "File");
    term_paste(u.t, file);
    expect_calm(&u);
    type(&u, "<Enter>");
    see(&u, "The token is made.");
    see(&u, "Written to ");
    see(&u, "Remove the token when the user has the certificate");
    see_not(&u, "[ Remove the token ]");
    see_not(&u, "[ Write the removal ]");
    see_not(&u, "Tr0ub4dor");
    expect_calm(&u);
    assert_true(opens_to(file, OAEP, "Tr0ub4dor-and-more-of-that"));
    assert_false(opens_to(file, NULL, "Tr0ub4dor-and-more-of-that"));
    leave(&u);
    free(file);
    user_release(&u);
}

/* What stands on the page of its own, without the blanks between groups. */
static char *read_out(struct user *u)
{
    tab_to(u, "[ Read the secret out ]");
    type(u, "<Enter>");
    see(u, "Read it out group by group");
    see_not(u, "Remove the token");
    int row = term_find(u->t, " - ", NULL);
    assert_true(row >= 0);
    char *line = term_row(u->t, row), *to = line;
    for (const char *from = line; *from; from++) {
        if (*from != ' ') {
            *to++ = *from;
        }
    }
    *to = '\0';
    type(u, "<Esc>");
    see(u, "The token is made.");
    see_not(u, line);
    return line;
}

static void test_ldif(void **state)
{
    (void)state;
    struct user u;
    user_init(&u, false);
    char *file = path_join(u.home, "jdoe.ldif"), *removal = path_join(u.home, "jdoe-remove.ldif");
    desk_page(&u, "Make a secret for a user");
    see(&u, "Who shall get a secret?");
    type(&u, "jdoe<Enter>");
    give_cert(&u, false);
    go_to(&u, "Into an LDIF file");
    type(&u, "<Space>");
    see_not(&u, "StartTLS");
    tab_to(&u, "File");
    term_paste(u.t, file);
    type(&u, "<Enter>");
    see(&u, "say where users are");
    type(&u, "ou=people,dc=example,dc=com<Enter>");
    see(&u, "The token is made.");
    expect_calm(&u);
    char *secret = read_out(&u);
    assert_int_equal(strlen(secret), 29);
    char *ldif = read_text(file), *token = strstr(ldif, "\nshrTok: ");
    assert_true(strncmp(ldif, "dn: uid=jdoe,ou=people,dc=example,dc=com\n", 41) == 0);
    assert_non_null(token);
    token += 9;
    token[strcspn(token, "\n")] = '\0';
    char *alone = path_join(u.home, "alone");
    struct err err = ERR_INIT;
    assert_true(file_write(alone, bytes_of_str(token), 0600, &err));
    assert_true(opens_to(alone, NULL, secret));
    assert_false(opens_to(alone, OAEP, secret));
    tab_to(&u, "[ Hand-out for the user ]");
    type(&u, "<Enter>");
    see(&u, "Your user ID is jdoe.");
    see_not(&u, secret);
    expect_calm(&u);
    type(&u, "<Esc>");
    tab_to(&u, "[ Write the removal ]");
    type(&u, "<Enter>");
    see(&u, "The removal is written to");
    char *undone = read_text(removal);
    assert_string_equal(undone, "dn: uid=jdoe,ou=people,dc=example,dc=com\nchangetype: modify\ndelete: shrTok\n-\n");
    leave(&u);
    free(undone);
    free(ldif);
    free(secret);
    free(alone);
    free(file);
    free(removal);
    user_release(&u);
}

/* ---- a directory ---- */

/* Its ldap:// URL; NULL when slapd is not installed. One that is there and does not serve is a failure. */
static char *start_slapd(pid_t *pid)
{
    const char *top = getenv("top_builddir");
    char *program = path_join(top && *top ? top : ".", "tests/harness/testslapd"), *folder = path_join(W.dir, "slapd"),
         *ready = path_join(W.dir, "slapd.ready"), *url = NULL;
    int status = 0;
    *pid = spawn((const char *const[]){program, folder, ready, NULL});
    for (int i = 0; i < 3000 && !file_exists(ready) && waitpid(*pid, &status, WNOHANG) == 0; i++) {
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    if (file_exists(ready)) {
        url = read_text(ready);
        url[strcspn(url, "\n")] = '\0';
    } else {
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 77);
    }
    free(program);
    free(folder);
    free(ready);
    return url;
}

/* The user's description of the CA names the directory. */
static void name_directory(struct user *u, const char *url)
{
    char *path = path_join(u->home, ".config/cmc-wizard/ca.d/example.json"), *json = read_text(path), *at = strstr(json, "\"base-dn\"");
    struct err err = ERR_INIT;
    assert_non_null(at);
    char *all = xasprintf("%.*s\"directory\":\"%s\",%s", (int)(at - json), json, url, at);
    assert_true(file_write(path, bytes_of_str(all), 0600, &err));
    free(all);
    free(json);
    free(path);
}

static void look_for(struct user *u, const char *prefix)
{
    tab_to(u, "User ID");
    type(u, prefix);
    tab_to(u, "[ Look in the directory ]");
    type(u, "<Enter>");
}

static void list_says(struct user *u, const char *prefix, const char *row)
{
    look_for(u, prefix);
    see(u, "Which user is it?");
    see(u, row);
    expect_calm(u);
}

/* From the last page. */
static void back_to_user(struct user *u)
{
    static const char *const pages[] = {"Where does the token go?", "Which certificate protects", "Who shall get a secret?"};
    for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
        type(u, "<Esc>");
        see(u, pages[i]);
    }
}

static void test_directory(void **state)
{
    (void)state;
    struct user u;
    pid_t slapd = -1;
    char *url = start_slapd(&slapd);
    if (!url) {
        skip();
    }
    user_init(&u, true);
    name_directory(&u, url);
    desk_page(&u, "Make a secret for a user");
    see(&u, "Who shall get a secret?");
    see(&u, "Practice CA");
    expect_calm(&u);
    look_for(&u, "zz");
    see(&u, "Nobody found");
    type(&u, "<Esc>");
    list_says(&u, "<BS><BS>", "asmith   A Smith   has none");
    see(&u, "it may hide tokens");
    type(&u, "<Esc>");
    list_says(&u, "Jan", "jdoe     Jane Doe  has none");
    see(&u, "uid=jdoe,ou=people,dc=example,dc=com");
    type(&u, "<Enter>");
    see(&u, "Who shall get a secret?");
    type(&u, "<Enter>"); /* the cursor is behind the user */
    give_cert(&u, false);
    see(&u, url);
    tab_to(&u, "You are");
    type(&u, "cn=admin,dc=example,dc=com<Tab>Secret.123<Enter>");
    see(&u, "Stored in the entry uid=jdoe,ou=people,dc=example,dc=com.");
    see_not(&u, "Secret.123");
    back_to_user(&u);
    list_says(&u, "", "jdoe     Jane Doe  has a token");
    type(&u, "<Enter>");
    see(&u, "Who shall get a secret?");
    type(&u, "<Enter>");
    see(&u, "Which certificate protects");
    type(&u, "<Enter>");
    see(&u, "Where does the token go?");
    type(&u, "<Enter>");
    see(&u, "The token is made.");
    tab_to(&u, "[ Remove the token ]");
    type(&u, "<Enter>");
    see(&u, "The token is removed: the secret no longer works.");
    see_not(&u, "Remove the token when");
    see_not(&u, "[ Read the secret out ]");
    back_to_user(&u);
    list_says(&u, "", "jdoe     Jane Doe  has none");
    see_not(&u, "it may hide tokens"); /* read with a login now */
    type(&u, "<Esc>");
    see(&u, "Who shall get a secret?");
    list_says(&u, "", "jdoe     Jane Doe  has none");
    leave(&u); /* from the list, too */
    kill(slapd, SIGTERM);
    waitpid(slapd, NULL, 0);
    free(url);
    user_release(&u);
}

/* What the helpdesk wrote down of its CA. */
static void describe_directory(const struct user *u)
{
    struct err err = ERR_INIT;
    char *folder = path_join(u->home, ".config/cmc-wizard/ca.d"), *file = path_join(folder, "site.json");
    static const char json[] = "{\"version\":1,\"name\":\"site\",\"host\":\"ca.example.com\",\"chain\":\"x\",\"fingerprint\":\"00\","
                               "\"version-of-ca\":\"11.3\",\"directory\":\"ldaps://dir.example.com\",\"base-dn\":"
                               "\"ou=users,dc=example,dc=com\"}";
    assert_true(dir_create(folder, 0700, &err) && file_write(file, bytes_of_str(json), 0644, &err));
    free(file);
    free(folder);
}

/* The text is for the version and the directory that were asked for. */
static void test_admin(void **state)
{
    (void)state;
    struct user u;
    user_init(&u, false);
    desk_page(&u, "Prepare a CA for shared secrets");
    see(&u, "Which CA is to be prepared?");
    see(&u, "11.10");
    page_is(&u, "admin");
    expect_calm(&u);
    type(&u, "<BS><BS><BS><BS><BS>9.1<Enter>");
    see(&u, "✗");
    type(&u, "<BS><BS><BS>10.8<Tab>https://dir.example.org<Enter>");
    see(&u, "The address of the directory is not right.");
    type(&u, "<C-u>ldap://dir.example.org<Tab>ou=staff,dc=example,dc=org<Tab>pki-ca<Enter>");
    see(&u, "For version 10.8.");
    see(&u, "--version 10.8");
    page_is(&u, "admin-text");
    expect_calm(&u);
    page_to(&u, "ldapconn.secureConn=false");
    page_to(&u, "systemctl restart");
    see(&u, "pki-ca");
    type(&u, "<Esc>");
    see(&u, "Which CA is to be prepared?");
    leave(&u);
    describe_directory(&u);
    desk_page(&u, "Prepare a CA for shared secrets");
    see(&u, "ldaps://dir.example.com");
    see(&u, "ou=users,dc=example,dc=com");
    type(&u, "<Enter>");
    see(&u, "For version 11.3.");
    page_to(&u, "ldapconn.secureConn=true");
    type(&u, "<Esc>");
    see(&u, "Which CA is to be prepared?");
    leave(&u);
    user_release(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_file), cmocka_unit_test(test_ldif), cmocka_unit_test(test_directory),
                                       cmocka_unit_test(test_admin)};
    return shell("command -v openssl > /dev/null") ? cmocka_run_group_tests(tests, setup_all, teardown_all) : 77;
}
