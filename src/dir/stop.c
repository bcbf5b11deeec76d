/* SPDX-License-Identifier: Apache-2.0 */
/* Ending a call of libldap from another thread: it waits for a socket, so the socket is shut down under it. */
#include "config.h"

#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/when.h"
#include "dir/internal.h"

#define SLICE_MS 50

struct dir_stop {
    pthread_mutex_t lock;
    bool wanted;
    int fd; /* libldap's; -1 = none is open */
};

struct dir_stop *dir_stop_new(void)
{
    struct dir_stop *stop = xcalloc(1, sizeof *stop);
    pthread_mutex_init(&stop->lock, NULL);
    stop->fd = -1;
    return stop;
}

void dir_stop_free(struct dir_stop *stop)
{
    if (stop) {
        pthread_mutex_destroy(&stop->lock);
        free(stop);
    }
}

void dir_stop_now(struct dir_stop *stop)
{
    pthread_mutex_lock(&stop->lock);
    stop->wanted = true;
    if (stop->fd >= 0) {
        shutdown(stop->fd, SHUT_RDWR);
    }
    pthread_mutex_unlock(&stop->lock);
}

static bool is_wanted(struct dir_stop *stop)
{
    pthread_mutex_lock(&stop->lock);
    bool wanted = stop->wanted;
    pthread_mutex_unlock(&stop->lock);
    return wanted;
}

static void keep_socket(struct dir_stop *stop, int fd)
{
    pthread_mutex_lock(&stop->lock);
    stop->fd = fd;
    pthread_mutex_unlock(&stop->lock);
}

/* libldap calls it as soon as the socket is connected, before TLS. */
static int opened(LDAP *ld, Sockbuf *sb, LDAPURLDesc *url, struct sockaddr *address, struct ldap_conncb *watch)
{
    int fd = -1;
    (void)ld;
    (void)url;
    (void)address;
    ber_sockbuf_ctrl(sb, LBER_SB_OPT_GET_FD, &fd);
    keep_socket(watch->lc_arg, fd);
    return is_wanted(watch->lc_arg) ? -1 : 0;
}

static void closed(LDAP *ld, Sockbuf *sb, struct ldap_conncb *watch)
{
    (void)ld;
    (void)sb;
    keep_socket(watch->lc_arg, -1);
}

bool dir_stop_watch(struct dir *dir)
{
    dir->watch = (struct ldap_conncb){.lc_add = opened, .lc_del = closed, .lc_arg = dir->stop};
    return !dir->stop || ldap_set_option(dir->ld, LDAP_OPT_CONNECT_CB, &dir->watch) == LDAP_OPT_SUCCESS;
}

/* The socket gets connected within the time, and nobody wants to stop. */
static bool connects(int fd, int timeout_ms, struct dir_stop *stop)
{
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    int problem = -1;
    socklen_t len = sizeof problem;
    int64_t until = when_monotonic_ms() + timeout_ms;
    int ready = 0;
    while (ready == 0 && when_monotonic_ms() < until && !(stop && is_wanted(stop))) {
        ready = poll(&wait, 1, SLICE_MS);
    }
    return ready == 1 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &len) == 0 && problem == 0;
}

bool dir_reachable(const char *host, int port, int timeout_ms, struct dir_stop *stop)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *all = NULL;
    char service[16];
    bool good = false;
    snprintf(service, sizeof service, "%d", port);
    if (getaddrinfo(host, service, &hints, &all) != 0) {
        return false;
    }
    for (struct addrinfo *a = all; a && !good; a = a->ai_next) {
        int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd >= 0) {
            good = connect(fd, a->ai_addr, a->ai_addrlen) == 0 || connects(fd, timeout_ms, stop);
            close(fd);
        }
    }
    freeaddrinfo(all);
    return good;
}
