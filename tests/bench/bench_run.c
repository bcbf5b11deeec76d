/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_run PROGRAM ARGUMENT...: runs it with its output thrown away and prints CPU seconds, peak KiB and exit code. A
 * process inherits the peak of whoever forks it, and an interpreter's is larger than that of our tools; this one's is
 * small.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    pid_t pid = argc > 1 ? fork() : -1;
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        for (int fd = 0; fd <= 2; fd++) {
            dup2(null, fd);
        }
        execv(argv[1], argv + 1);
        _exit(127);
    }
    int status = 0;
    struct rusage used;
    if (pid < 0 || wait4(pid, &status, 0, &used) != pid) {
        perror("bench_run");
        return 1;
    }
    printf("%.6f %ld %d\n", seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss,
           WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 0;
}
