/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collect/collect.h"
#include "http/server.h"

#define RECEIVE_BUFFER (64 * 1024 * 1024)

/* As root past the system's limit (net.core.rmem_max), else up to it. */
static void enlarge_buffer(int fd)
{
	int size = RECEIVE_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static int bind_one(const struct addrinfo *info)
{
	int fd = socket(info->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, info->ai_protocol);
	int off = 0, r;

	if (fd < 0)
		return -errno;
	if (info->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	enlarge_buffer(fd);
	if (bind(fd, info->ai_addr, info->ai_addrlen) == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

int collect_bind_udp(const char *address, struct err *ret_err)
{
	return http_open_address(address, SOCK_DGRAM, bind_one, ret_err);
}
