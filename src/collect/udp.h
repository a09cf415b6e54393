/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_UDP_H
#define COLLECT_UDP_H
/* What listeners over UDP have in common. */
#include <linux/sock_diag.h>
#include <stdint.h>
#include <sys/socket.h>

/* Datagrams the socket dropped for want of buffer space since the last time: SK_MEMINFO_DROPS of
   sock_diag(7), a counter that wraps. */
static inline uint32_t udp_new_drops(int fd, uint32_t *seen)
{
	uint32_t info[SK_MEMINFO_VARS] = {0}, fresh;
	socklen_t size = sizeof(info);

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &size) < 0)
		return 0;
	fresh = info[SK_MEMINFO_DROPS] - *seen;
	*seen = info[SK_MEMINFO_DROPS];
	return fresh;
}

#endif
