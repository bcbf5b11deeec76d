/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "net/tunnel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/i18n.h"

static bool folder_make(struct tunnel *tunnel)
{
    /* sun_path is short: long TMPDIRs are passed over. */
    const char *const bases[] = {getenv("XDG_RUNTIME_DIR"), getenv("TMPDIR"), "/tmp"};
    for (size_t i = 0; i < ARRAY_LEN(bases); i++) {
        if (!bases[i] || bases[i][0] != '/' || strlen(bases[i]) > sizeof(tunnel->folder) - 16) {
            continue;
        }
        snprintf(tunnel->folder, sizeof(tunnel->folder), "%s/cmcw-XXXXXX", bases[i]);
        if (mkdtemp(tunnel->folder)) { /* 0700 */
            return true;
        }
    }
    tunnel->folder[0] = '\0';
    return false;
}

char *tunnel_path(const struct tunnel *tunnel)
{
    return xasprintf("%s/s", tunnel->folder);
}

/* The path is only needed until libcurl has connected; its name stays remembered. */
static void listener_remove(struct tunnel *tunnel)
{
    if (tunnel->listener < 0) {
        return;
    }
    char *path = tunnel_path(tunnel);
    unlink(path);
    rmdir(tunnel->folder);
    free(path);
    close(tunnel->listener);
    tunnel->listener = -1;
}

bool tunnel_open(struct tunnel *tunnel, struct tls *tls, struct err *err)
{
    tunnel->tls = tls;
    tunnel->pair = -1;
    tunnel->listener = -1;
    tunnel->up.start = tunnel->up.end = tunnel->down.start = tunnel->down.end = 0;
    tunnel->pair_eof = tunnel->tls_eof = tunnel->shut = tunnel->tls_blocked = false;
    if (!folder_make(tunnel)) {
        return err_fail_errno(err, ERR_NET_SETUP, "%s", _("No private folder for a socket could be made."));
    }
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/s", tunnel->folder);
    tunnel->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (tunnel->listener < 0 || bind(tunnel->listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(tunnel->listener, 1) != 0) {
        err_fail_errno(err, ERR_NET_SETUP, "%s", _("A private socket could not be made."));
        if (tunnel->listener < 0) {
            rmdir(tunnel->folder);
        }
        listener_remove(tunnel);
        return false;
    }
    return true;
}

static bool accept_once(struct tunnel *tunnel)
{
    if (tunnel->listener < 0) {
        return false;
    }
    int fd = accept4(tunnel->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        return false;
    }
    struct ucred peer;
    socklen_t len = sizeof(peer);
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0 || peer.pid != getpid()) {
        close(fd);
        return false;
    }
    tunnel->pair = fd;
    listener_remove(tunnel);
    return true;
}

static size_t lane_room(struct tunnel_lane *lane)
{
    if (lane->start == lane->end) {
        lane->start = lane->end = 0;
    }
    return sizeof(lane->data) - lane->end;
}

static bool pair_read(struct tunnel *tunnel)
{
    size_t room = lane_room(&tunnel->up);
    if (tunnel->pair_eof || room == 0) {
        return false;
    }
    ssize_t n = read(tunnel->pair, tunnel->up.data + tunnel->up.end, room);
    if (n > 0) {
        tunnel->up.end += (size_t)n;
        return true;
    }
    if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        tunnel->pair_eof = true;
    }
    return false;
}

static bool tls_flush(struct tunnel *tunnel)
{
    struct tunnel_lane *lane = &tunnel->up;
    tunnel->tls_blocked = false;
    if (tunnel->tls->failure || tunnel->tls_eof) {
        lane->start = lane->end; /* nobody takes it any more */
    }
    if (lane->start == lane->end) {
        return false;
    }
    ssize_t n = tls_write(tunnel->tls, lane->data + lane->start, lane->end - lane->start);
    if (n > 0) {
        lane->start += (size_t)n;
        tunnel->sent += (size_t)n;
        return true;
    }
    tunnel->tls_blocked = n == -1;
    tunnel->tls_eof = tunnel->tls_eof || n == -2;
    return false;
}

static bool tls_fill(struct tunnel *tunnel)
{
    struct tunnel_lane *lane = &tunnel->down;
    size_t room = lane_room(lane);
    if (tunnel->tls_eof || room == 0) {
        return false;
    }
    ssize_t n = tls_read(tunnel->tls, lane->data + lane->end, room);
    if (n > 0) {
        lane->end += (size_t)n;
        tunnel->received += (size_t)n;
        return true;
    }
    tunnel->tls_eof = n == 0 || n == -2;
    return tunnel->tls_eof;
}

static bool pair_flush(struct tunnel *tunnel)
{
    struct tunnel_lane *lane = &tunnel->down;
    if (lane->start < lane->end && !tunnel->pair_eof) {
        ssize_t n = send(tunnel->pair, lane->data + lane->start, lane->end - lane->start, MSG_NOSIGNAL);
        if (n > 0) {
            lane->start += (size_t)n;
            return true;
        }
        if (n < 0 && errno != EAGAIN && errno != EINTR) {
            tunnel->pair_eof = true;
        }
    }
    if (tunnel->tls_eof && lane->start == lane->end && !tunnel->shut) {
        shutdown(tunnel->pair, SHUT_WR); /* libcurl sees the end of the answer */
        tunnel->shut = true;
        return true;
    }
    return false;
}

bool tunnel_pump(struct tunnel *tunnel)
{
    bool any = accept_once(tunnel);
    if (tunnel->pair < 0) {
        return any;
    }
    bool moved;
    int rounds = 0;
    do {
        moved = pair_read(tunnel);
        moved |= tls_flush(tunnel);
        moved |= tls_fill(tunnel);
        moved |= pair_flush(tunnel);
        any |= moved;
    } while (moved && ++rounds < 64); /* a flood must not keep us here */
    return any;
}

unsigned tunnel_fds(const struct tunnel *tunnel, struct pollfd fds[2])
{
    unsigned n = 0;
    if (tunnel->listener >= 0) {
        fds[n++] = (struct pollfd){.fd = tunnel->listener, .events = POLLIN};
    }
    if (tunnel->pair < 0 || tunnel->shut) {
        return n;
    }
    bool down_waits = tunnel->down.start < tunnel->down.end;
    bool up_room = tunnel->up.end < sizeof(tunnel->up.data) || tunnel->up.start == tunnel->up.end;
    bool down_room = tunnel->down.end < sizeof(tunnel->down.data) || !down_waits;
    short pair = (short)((up_room && !tunnel->pair_eof ? POLLIN : 0) | (down_waits ? POLLOUT : 0));
    short tcp = (short)((down_room ? POLLIN : 0) | (tunnel->tls_blocked ? POLLOUT : 0));
    if (!tunnel->pair_eof) {
        fds[n++] = (struct pollfd){.fd = tunnel->pair, .events = pair};
    }
    if (!tunnel->tls_eof && n < 2) {
        fds[n++] = (struct pollfd){.fd = tunnel->tls->sock, .events = tcp};
    }
    return n;
}

bool tunnel_idle_ok(struct tunnel *tunnel)
{
    if (tunnel->pair < 0 || tunnel->pair_eof || tunnel->tls_eof || tunnel->tls->failure) {
        return false;
    }
    tunnel_pump(tunnel); /* takes notice of a close, post-handshake messages, and octets that nobody asked for */
    return !tunnel->pair_eof && !tunnel->tls_eof && !tunnel->tls->failure && tunnel->up.start == tunnel->up.end &&
           tunnel->down.start == tunnel->down.end;
}

void tunnel_close(struct tunnel *tunnel)
{
    if (tunnel->folder[0]) {
        listener_remove(tunnel);
        tunnel->folder[0] = '\0';
    }
    if (tunnel->pair >= 0) {
        close(tunnel->pair);
    }
    tunnel->pair = tunnel->listener = -1;
    tunnel->tls = NULL;
    /* What passed through may have been a secret. */
    explicit_bzero(&tunnel->up, sizeof(tunnel->up));
    explicit_bzero(&tunnel->down, sizeof(tunnel->down));
}
