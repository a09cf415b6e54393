/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/server.h"

#define BACKLOG 512

static int listen_unix(const char *path, struct err *ret_err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd, r;

	if (strlen(path) >= sizeof(address.sun_path))
		return err_set(ret_err, -ENAMETOOLONG, 0, 0,
			       "%s: a socket path has at most %zu bytes; use a shorter data folder", path,
			       sizeof(address.sun_path) - 1);
	strcpy(address.sun_path, path);
	unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    chmod(path, 0660) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	r = -errno;
	if (fd >= 0)
		close(fd);
	return err_set(ret_err, r, 0, 0, "cannot listen on %s: %s", path, err_text(r));
}

static int split_address(const char *address, char *host, size_t host_size, const char **ret_port)
{
	const char *colon = strrchr(address, ':');
	size_t len;

	if (!colon || !colon[1])
		return ERR_SYNTAX;
	len = (size_t)(colon - address);
	if (len >= 2 && address[0] == '[' && address[len - 1] == ']') {
		address++;
		len -= 2;
	}
	if (len >= host_size)
		return ERR_SYNTAX;
	memcpy(host, address, len);
	host[len] = 0;
	*ret_port = colon + 1;
	return 0;
}

static int listen_on(const struct addrinfo *info)
{
	int fd = socket(info->ai_family, info->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, info->ai_protocol);
	int on = 1, off = 0, r;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (info->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

int http_open_address(const char *address, int socket_type, int (*open_one)(const struct addrinfo *info),
		      struct err *ret_err)
{
	struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = socket_type}, *list;
	char host[256];
	const char *port;
	int r = ERR_UNKNOWN;

	if (split_address(address, host, sizeof(host), &port) < 0)
		return err_set(ret_err, ERR_SYNTAX, 0, 0, "%s: write an address as host:port", address);
	if (!host[0])
		hints.ai_family = AF_INET6;
	if (getaddrinfo(host[0] ? host : NULL, port, &hints, &list) != 0)
		return err_set(ret_err, ERR_UNKNOWN, 0, 0, "%s: no such address", address);
	for (const struct addrinfo *info = list; info && r < 0; info = info->ai_next)
		r = open_one(info);
	freeaddrinfo(list);
	return r < 0 ? err_set(ret_err, r, 0, 0, "cannot listen on %s%s: %s",
			       socket_type == SOCK_DGRAM ? "UDP " : "", address, err_text(r))
		     : r;
}

int http_listen(const char *address, struct err *ret_err)
{
	if (strncmp(address, "unix:", 5) == 0)
		return listen_unix(address + 5, ret_err);
	return http_open_address(address, SOCK_STREAM, listen_on, ret_err);
}
