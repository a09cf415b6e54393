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
	struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_DGRAM}, *list;
	char host[256];
	const char *port;
	int r = ERR_UNKNOWN;

	if (http_split_address(address, host, sizeof(host), &port) < 0)
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "%s: write an address as host:port", address);
	if (!host[0])
		hints.ai_family = AF_INET6;
	if (getaddrinfo(host[0] ? host : NULL, port, &hints, &list) != 0)
		return err_set(ret_err, ERR_UNKNOWN, 0, 0, "%s: no such address", address);
	for (const struct addrinfo *info = list; info && r < 0; info = info->ai_next)
		r = bind_one(info);
	freeaddrinfo(list);
	return r < 0 ? err_set(ret_err, r, 0, 0, "cannot listen on UDP %s: %s", address, err_text(r)) : r;
}
